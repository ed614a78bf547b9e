"""Scores: their formulas, their ranges, the weights, MMR, and the views."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.errors import BadInput, UnknownName
from paperflow.records import Paper
from paperflow.retrieval.diversity import diversify, mmr, views
from paperflow.retrieval.scores import (
    MODES,
    PARTS,
    Library,
    Scored,
    authority,
    mode,
    novelty,
    parse_weights,
    recency,
    score,
    weights_of,
)
from paperflow.retrieval.search import Hit

LIBRARY = Library(earliest="2000", as_of="2020")
TEXTS = ("graph attention", "graph attention layers", "graph attention heads", "protein folding")


def paper(number: int, **fields: object) -> Paper:
    return Paper(title=f"Paper {number}", id=f"p{number:03}", **fields)  # type: ignore[arg-type]


def candidates() -> tuple[list[Hit], list[Paper]]:
    papers = [
        paper(n, abstract=text, year=2000 + 5 * n, citation_count=10**n)
        for n, text in enumerate(TEXTS)
    ]
    return [Hit(p.id, 0.9 - 0.2 * n, None, None) for n, p in enumerate(papers)], papers


def scored(number: int, total: float, **values: float) -> Scored:
    full = {**dict.fromkeys(PARTS, 0.5), **values}
    return Scored(paper(number), full, weights_of("balanced"), full, total)


# Weights


@pytest.mark.parametrize("name", MODES)
def test_the_weights_of_each_mode_sum_to_one(name: str) -> None:
    assert sum(mode(name).weights.values()) == pytest.approx(1)
    assert mode(name).weights["authority"] == 0.1
    assert set(mode(name).weights) == set(PARTS)


def test_the_modes_are_the_papers_with_lambdas() -> None:
    assert {name: item.mmr_lambda for name, item in MODES.items()} == {
        "stable": 0.8,
        "balanced": 0.65,
        "discovery": 0.5,
    }
    with pytest.raises(UnknownName, match="no mode named 'bold'"):
        mode("bold")


@given(
    st.dictionaries(st.sampled_from(PARTS), st.floats(0, 1e6), max_size=4),
    st.sampled_from([*MODES]),
)
def test_the_users_weights_are_made_to_sum_to_one(given_: dict[str, float], name: str) -> None:
    if sum({**mode(name).weights, **given_}.values()) == 0:
        return
    weights = weights_of(name, given_)
    assert sum(weights.values()) == pytest.approx(1)
    assert all(value >= 0 for value in weights.values())


def test_one_weight_alone_is_everything() -> None:
    only = dict.fromkeys(PARTS, 0.0) | {"novelty": 3.0}
    assert weights_of("stable", only) == dict.fromkeys(PARTS, 0.0) | {"novelty": 1.0}


@pytest.mark.parametrize(
    "bad",
    [
        {"relevanz": 1.0},
        {"recency": -0.1},
        {"recency": math.nan},
        {"recency": math.inf},
        dict.fromkeys(PARTS, 0.0),
        dict.fromkeys(PARTS, 1e308),
    ],
    ids=str,
)
def test_weights_that_mean_nothing_are_a_users_error(bad: dict[str, float]) -> None:
    with pytest.raises(BadInput) as caught:
        weights_of("balanced", bad)
    assert caught.value.hint


def test_weights_are_read_from_text() -> None:
    assert parse_weights("relevance=2, recency=0.5,") == {"relevance": 2.0, "recency": 0.5}
    assert parse_weights("") == {}
    for bad in ("relevance", "relevance=", "relevance=much"):
        with pytest.raises(BadInput, match="is no weight"):
            parse_weights(bad)


# Values


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2000", 0.0),
        ("2020", 1.0),
        ("2025", 1.0),
        ("1990", 0.0),
        ("2010", 0.5),
        ("2010-07-01", 0.5),
        ("2010-07", 0.502),
        ("", 0.0),
        ("XXXX-05", 0.0),
        ("2010-13", 0.0),
    ],
)
def test_recency_is_the_place_between_the_earliest_date_and_today(
    date: str, expected: float
) -> None:
    assert recency(paper(0, date=date), LIBRARY) == pytest.approx(expected, abs=1e-3)


def test_recency_is_known_only_against_known_dates() -> None:
    assert recency(paper(0, year=2020), Library()) == 0
    assert recency(paper(0, year=2020), Library(as_of="2020")) == 1
    assert recency(paper(0, year=2020), Library(earliest="2020", as_of="2020")) == 1
    assert recency(paper(0, year=2019), Library(earliest="2022", as_of="2020")) == 0


def test_authority_counts_citations_on_a_logarithmic_scale() -> None:
    assert authority(paper(0), LIBRARY) == 0
    assert authority(paper(0, citation_count=1000), LIBRARY) == 1
    assert authority(paper(0, citation_count=10**6), LIBRARY) == 1
    assert authority(paper(0, citation_count=30), LIBRARY) == pytest.approx(
        math.log(31) / math.log(1001)
    )


def test_authority_counts_the_librarys_own_citations() -> None:
    library = replace(LIBRARY, citations={"doi:10.1/x": 3, "arxiv:2001.00001": 20})
    assert authority(paper(0, doi="10.1/x"), library) == pytest.approx(math.log(4) / math.log(21))
    assert authority(paper(0, arxiv_id="2001.00001"), library) == 1
    few = replace(LIBRARY, citations={"doi:10.1/x": 1})
    assert authority(paper(0, doi="10.1/x"), few) == pytest.approx(math.log(2) / math.log(11))


def test_the_odd_one_out_is_the_most_novel() -> None:
    values = novelty([paper(n, abstract=text) for n, text in enumerate(TEXTS)])
    assert values.argmax() == 3
    assert (values.min(), values.max()) == (0, 1)


def test_too_few_words_are_not_taken_for_novelty() -> None:
    papers = [paper(0, abstract="graph attention"), paper(1), paper(2, abstract="graph layers")]
    assert novelty(papers)[1] == 0
    assert novelty([paper(0, abstract="same"), paper(1, abstract=" ")]).tolist() == [0, 0]
    assert novelty([]).tolist() == []


# Totals

PAPERS = st.builds(
    Paper,
    title=st.sampled_from(TEXTS),
    abstract=st.sampled_from(["", *TEXTS, "0 0", "!"]),
    date=st.sampled_from(["", "2001", "2010-05", "XXXX", "2019-02-30"]),
    citation_count=st.none() | st.integers(0, 10**7),
)


@given(st.lists(st.tuples(PAPERS, st.floats(0, 1)), max_size=12), st.sampled_from([*MODES]))
def test_every_value_is_in_range_and_the_shares_sum_to_one(
    drawn: list[tuple[Paper, float]], name: str
) -> None:
    papers = [replace(item, id=f"p{n:03}") for n, (item, _) in enumerate(drawn)]
    hits = [Hit(f"p{n:03}", value, None, None) for n, (_, value) in enumerate(drawn)]
    found = score(hits, papers, weights_of(name), LIBRARY)
    assert len(found) == len(drawn)
    for item in found:
        assert all(0 <= item.values[part] <= 1 for part in PARTS)
        assert 0 <= item.total <= 1 + 1e-6
        assert sum(item.shares.values()) == pytest.approx(1 if item.total > 0 else 0, abs=1e-4)
        expected = sum(item.weights[part] * item.values[part] for part in PARTS)
        assert item.total == pytest.approx(expected, abs=1e-6)


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_the_order_of_candidates_changes_nothing(first: list[int], second: list[int]) -> None:
    hits, papers = candidates()
    expected = score(hits, papers, weights_of("balanced"), LIBRARY)
    shuffled = score(
        [hits[n] for n in first], [papers[n] for n in second], weights_of("balanced"), LIBRARY
    )
    assert shuffled == expected
    assert diversify(shuffled[::-1], 0.5) == diversify(expected, 0.5)


def test_the_weights_decide_the_order() -> None:
    hits, papers = candidates()

    def first(**weights: float) -> str:
        every = dict.fromkeys(PARTS, 0.0) | weights
        return score(hits, papers, weights_of("stable", every), LIBRARY)[0].paper.id

    assert first(relevance=1) == "p000"
    assert first(recency=1) == "p003"
    assert first(novelty=1) == "p003"
    assert first(relevance=1, authority=2) == "p003"


def test_a_hit_whose_paper_is_gone_is_left_out() -> None:
    hits, papers = candidates()
    assert len(score(hits, papers[:2], weights_of("stable"), LIBRARY)) == 2


# Diversity


def test_mmr_takes_the_best_first_and_then_what_is_unlike_it() -> None:
    near = np.array([[1, 0.95, 0.1], [0.95, 1, 0.1], [0.1, 0.1, 1]])
    assert mmr([0.9, 0.85, 0.6], near, 0.5) == [0, 2, 1]
    assert mmr([0.9, 0.85, 0.6], near, 1.0) == [0, 1, 2]
    assert mmr([0.9, 0.85, 0.6], near, 0.5, limit=1) == [0]
    assert mmr([], np.zeros((0, 0)), 0.5) == []


@given(st.lists(st.floats(0, 1), max_size=10), st.floats(0, 1))
def test_mmr_is_a_permutation_and_ties_go_to_the_earlier(scores: list[float], lam: float) -> None:
    order = mmr(scores, np.zeros((len(scores), len(scores))), lam)
    assert sorted(order) == list(range(len(scores)))
    values = [round(lam * scores[row], 9) for row in order]
    assert values == sorted(values, reverse=True)


def test_papers_that_say_the_same_are_pulled_apart() -> None:
    hits, papers = candidates()
    ranked = score(hits, papers, weights_of("stable", {"novelty": 0.0}), Library())
    assert [item.paper.id for item in diversify(ranked, 1.0)] == ["p000", "p001", "p002", "p003"]
    assert diversify(ranked, 0.3)[1].paper.id == "p003"


def test_a_given_similarity_is_used() -> None:
    items = [scored(0, 0.5), scored(1, 0.9), scored(2, 0.8)]
    near = np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1.0]])
    assert [s.paper.id for s in diversify(items, 0.5, similarity=near)] == ["p001", "p000", "p002"]


def test_hidden_gems_stand_low_and_canonical_papers_are_cited() -> None:
    ranked = [scored(n, 1 - n / 40, novelty=n / 40, authority=(n % 5) / 5) for n in range(30)]
    sides = views(ranked)
    assert sides["overall"] == ranked[:5]
    assert {item.paper.id for item in sides["hidden_gems"]} == {f"p{n:03}" for n in range(25, 30)}
    assert all(item.values["authority"] == 0.8 for item in sides["canonical"])


def test_a_short_list_has_its_gems_below_the_top_fifth() -> None:
    ranked = [scored(n, 1 - n / 10, novelty=1.0) for n in range(10)]
    gems = {item.paper.id for item in views(ranked, size=20)["hidden_gems"]}
    assert gems == {f"p{n:03}" for n in range(2, 10)}


def test_a_view_of_nothing_is_empty() -> None:
    assert views([]) == {"overall": [], "hidden_gems": [], "canonical": []}
    assert views([scored(0, 0.5, authority=0.0)])["canonical"] == []
