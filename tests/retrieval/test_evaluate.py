"""Metrics against values worked out by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.retrieval.evaluate import bootstrap, ndcg, recall, reciprocal_rank


def test_ndcg_equals_the_value_worked_out_by_hand() -> None:
    ranked, relevant = ["a", "x", "b", "y"], {"a", "b", "c"}
    found = 1 + 1 / math.log2(4)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(ranked, relevant, 10) == pytest.approx(found / ideal)
    assert ndcg(ranked, relevant, 1) == 1.0
    assert ndcg(["x", "y"], relevant, 10) == 0.0


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30), st.integers(1, 12))
@settings(deadline=None)
def test_ndcg_equals_scikit_learns(grades: list[int], k: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    names = [f"d{number:02d}" for number in range(len(grades))]
    scores = np.arange(len(grades), 0, -1)[None]
    expected = metrics.ndcg_score(np.array(grades)[None], scores, k=k) if any(grades) else 0.0
    relevant = dict(zip(names, map(float, grades), strict=True))
    assert ndcg(names, relevant, k) == pytest.approx(expected)


def test_recall_is_the_share_of_what_was_wanted() -> None:
    assert recall(["a", "x", "b"], {"a", "b", "c"}, 2) == pytest.approx(1 / 3)
    assert recall(["a", "x", "b"], {"a", "b", "c"}, 3) == pytest.approx(2 / 3)
    assert recall(["a"], {"a": 1.0, "b": 0.0}, 1) == 1.0
    assert recall(["a"], set(), 1) == 0.0


def test_reciprocal_rank_is_that_of_the_first_hit() -> None:
    assert reciprocal_rank(["x", "y", "a", "b"], {"a", "b"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "y", "a"], {"a"}, k=2) == 0.0
    assert reciprocal_rank([], {"a"}) == 0.0


def test_a_document_named_twice_counts_once() -> None:
    assert ndcg(["a", "a", "b"], {"a", "b"}, 2) == 1.0
    assert recall(["a", "a", "b"], {"a", "b"}, 2) == 1.0


def test_the_bootstrap_interval_holds_the_mean_and_is_reproducible() -> None:
    values = [0.0, 1.0] * 50
    first, second = bootstrap(values), bootstrap(values)
    assert first == second
    assert first.mean == 0.5
    # The standard error is .05, so the 95 % interval is about .5 +- .098.
    assert first.low == pytest.approx(0.402, abs=0.015)
    assert first.high == pytest.approx(0.598, abs=0.015)


def test_equal_values_have_no_spread() -> None:
    interval = bootstrap([0.25] * 8)
    assert (interval.low, interval.mean, interval.high) == (0.25, 0.25, 0.25)
