"""The wish in plain English, read into its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.retrieval.query import Intent, parse_intent, split_terms, terms
from paperflow.store import Filter, Store

AS_OF = "2025-06-01"

WISHES = [
    ("graph transformers since 2020", {"since": "2020"}),
    ("graph transformers after 2019", {"since": "2020"}),
    ("graph transformers before 2018", {"until": "2017"}),
    ("graph transformers until 2021-03", {"until": "2021-03"}),
    ("graph transformers, 2019-2022", {"since": "2019", "until": "2022"}),
    ("graph transformers between 2019 and 2022", {"since": "2019", "until": "2022"}),
    ("graph transformers (2019–2022)", {"since": "2019", "until": "2022"}),
    ("graph transformers from 2015 to 2018", {"since": "2015", "until": "2018"}),
    ("graph transformers in 2021", {"since": "2021", "until": "2021"}),
    ("graph transformers 2021 or later", {"since": "2021"}),
    ("graph transformers last 3 years", {"since": "2022"}),
    ("graph transformers in the past two decades", {"since": "2005"}),
    ("graph transformers at ICLR", {"venues": ("ICLR",)}),
    ("graph transformers at NeurIPS and ICML", {"venues": ("NeurIPS", "ICML")}),
    ("graph transformers, ICLR 2022", {"venues": ("ICLR",), "since": "2022", "until": "2022"}),
    ("NeurIPS papers about graph transformers", {"venues": ("NeurIPS",)}),
    (
        "graph transformers at the International Conference on Machine Learning",
        {"venues": ("ICML",)},
    ),
    ("graph transformers by Bresson", {"authors": ("Bresson",)}),
    (
        "papers by Laurens van der Maaten and Yoshua Bengio on graph transformers",
        {"authors": ("Laurens van der Maaten", "Yoshua Bengio")},
    ),
    ("Dwivedi et al. graph transformers", {"authors": ("Dwivedi",)}),
    ("graph transformers by V. P. Dwivedi", {"authors": ("V. P. Dwivedi",)}),
    ("graph transformers on arXiv", {"sources": ("arxiv",)}),
    (
        "graph transformers on arXiv and Semantic Scholar",
        {"sources": ("arxiv", "semantic_scholar")},
    ),
    ('author:"Xavier Bresson" graph transformers', {"authors": ("Xavier Bresson",)}),
    ("venue:Nature since:2021 graph transformers", {"venues": ("Nature",), "since": "2021"}),
    ("Can you find me papers about graph transformers?", {}),
    ("I am looking for research on graph transformers", {}),
    (
        "graph transformers by Bresson at ICLR since 2020",
        {"authors": ("Bresson",), "venues": ("ICLR",), "since": "2020"},
    ),
]


@pytest.mark.parametrize(("text", "parts"), WISHES, ids=[text for text, _ in WISHES])
def test_each_part_of_a_wish_is_found_and_leaves_the_topic(
    text: str, parts: dict[str, str | tuple[str, ...]]
) -> None:
    assert parse_intent(text, as_of=AS_OF) == Intent(topic="graph transformers").override(**parts)


@pytest.mark.parametrize(
    "topic",
    [
        "outcomes in ACL reconstruction",
        "image segmentation by Transformers",
        "learning in log domain",
        "COVID 2019 forecasting",
        "related work generation",
        "molecules explained by Shapley values",
        "ranking by GNN",
        "ImageNet 2012 pretraining",
        "attention",
    ],
)
def test_a_topic_that_only_resembles_a_filter_stays_whole(topic: str) -> None:
    assert parse_intent(topic, as_of=AS_OF) == Intent(topic=topic)


def test_a_relative_window_needs_a_date_to_count_from() -> None:
    intent = parse_intent("graph transformers last 3 years")
    assert (intent.since, intent.topic) == ("", "graph transformers last 3 years")


def test_a_wish_without_a_topic_has_an_empty_one() -> None:
    assert parse_intent("papers by Xavier Bresson since 2020").topic == ""
    assert parse_intent("papers").topic == "papers"


def test_what_is_given_overrides_what_was_read() -> None:
    intent = parse_intent("graph transformers at ICLR since 2020")
    changed = intent.override(since="2022", venues=(), until=None)
    assert changed == Intent(topic="graph transformers", since="2022")


def test_the_filter_knows_a_venue_by_all_its_names_and_an_author_in_every_form() -> None:
    where = parse_intent("pooling by Xavier Bresson at NeurIPS").filter()
    assert {"neurips", "nips", "advances in neural information processing systems"} <= {
        *where.venues
    }
    assert where.authors == ("Xavier Bresson", "Bresson, Xavier", "X. Bresson", "Bresson, X.")
    assert parse_intent("pooling on arXiv").filter() == Filter()


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_twice_alike(text: str) -> None:
    assert parse_intent(text, as_of=AS_OF) == parse_intent(text, as_of=AS_OF)


@given(st.text(alphabet="2019-, inby(),:\"'AaZz.", max_size=60))
def test_any_mixture_of_the_rules_own_signs_is_read(text: str) -> None:
    intent = parse_intent(text, as_of=AS_OF)
    assert intent.override() == intent


def test_terms_are_the_rarest_known_words_and_no_function_words(store: Store) -> None:
    store.papers.add(
        [Paper(title=f"Graph learning number {n}", abstract="graphs " * n) for n in range(6)]
        + [Paper(title="Clickbait in graphs"), Paper(title="Headlines, clickbait, graphs")]
    )
    assert terms(store, "papers on the graph of clickbait headlines and unicorns") == [
        "headlines",
        "clickbait",
        "graph",
    ]
    assert terms(store, "") == []


def test_words_of_asking_are_searched_when_nothing_else_is_left(store: Store) -> None:
    store.papers.add([Paper(title="A study of research papers")])
    assert terms(store, "research papers") == ["papers", "research"]


def test_rare_words_name_candidates_and_frequent_ones_only_rank_them() -> None:
    frequency = {"graph": 9_000, "clickbait": 3, "unicorn": 0, "news": 900, "model": 30_000}
    assert split_terms(frequency) == (["clickbait", "news", "graph"], ["model"])
    assert split_terms({"model": 30_000, "learning": 40_000, "deep": 50_000}) == (
        ["model", "learning"],
        ["deep"],
    )
    many = {f"word{number:02}": 1 for number in range(15)}
    assert [len(part) for part in split_terms(many)] == [10, 5]
    assert split_terms({}) == ([], [])
