"""The protocol of benchmarks/review.py: figures by hand, and nothing learned from test papers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_bench import figures
from review_bench.protocol import Table, abstracts, folds, predict, train_texts
from review_bench.rated import Rated
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from paperflow.records import Paper

ratings = st.lists(st.integers(1, 5), min_size=4, max_size=20)


@given(ratings)
def test_ranks_are_scipy_s(values):
    assert np.array_equal(figures.ranks(np.array(values, float)), rankdata(values))


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=4, max_size=20))
def test_area_and_balanced_accuracy_are_scikit_learn_s(pairs):
    guess = np.array([float(value) for value, _ in pairs])
    accepted = np.array([flag for _, flag in pairs])
    if accepted.any() and not accepted.all():
        assert figures.area(guess, accepted) == pytest.approx(roc_auc_score(accepted, guess))
        chosen = guess > 3
        expected = balanced_accuracy_score(accepted, chosen)
        assert figures.balanced(chosen, accepted) == pytest.approx(expected)


def test_correlations_and_error():
    guess, target = np.array([1.0, 2.0, 2.0, 5.0]), np.array([1.0, 3.0, 2.0, 4.0])
    assert figures.spearman(guess, target) == pytest.approx(spearmanr(guess, target)[0])
    assert figures.pearson(np.ones(4), target) == 0
    assert figures.absolute_error(guess, target) == 0.5
    low, high = figures.interval(figures.pearson, guess, target, rounds=100)
    assert low <= figures.pearson(guess, target) <= high <= 1


def test_a_reviewer_is_held_against_the_others():
    drawn, others = figures.one_human([(1.0, 3.0, 5.0), (2.0, 2.0)], seed=0)
    assert others[0] == (9 - drawn[0]) / 2
    assert (drawn[1], others[1]) == (2, 2)


def made(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(80, 6))
    target = features[:, 2] * 2 + rng.normal(size=80) * 0.5
    return Table(tuple("abcdef"), features, target, target > 0)


def test_folds_leave_every_paper_out_once():
    parts = list(folds(np.arange(23), 5, seed=1))
    assert sorted(np.concatenate([test for _, test in parts]).tolist()) == list(range(23))
    assert all(not set(train) & set(test) for train, test in parts)


def test_the_model_finds_the_feature_that_counts():
    table = made(0)
    model = train_texts(table, np.arange(60))
    assert model.names[0] == "c"
    guess = predict(model, table, np.arange(60, 80))
    assert figures.pearson(guess, table.target[60:]) > 0.9


def test_nothing_is_learned_from_papers_that_are_left_out():
    table, rows = made(0), np.arange(60)
    other = Table(table.names, table.features.copy(), table.target.copy(), table.accepted)
    other.features[60:], other.target[60:] = 1e3, -1e3
    first, second = train_texts(table, rows), train_texts(other, rows)
    assert first.names == second.names
    assert np.array_equal(first.weights, second.weights)


def test_ratings_of_abstracts_are_taken_from_their_year_s_mean():
    papers = [
        Rated(Paper(title="A", abstract="B."), year, (rating,), accepted=True)
        for year, rating in ((2017, 4.0), (2017, 6.0), (2018, 8.0))
    ]
    table = abstracts(papers, np.zeros((3, 2)))
    assert table.target.tolist() == [-1.0, 1.0, 0.0]
