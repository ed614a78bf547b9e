"""Metrics against scikit-learn, brute force, and worked examples."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from paperflow.graph_models import evaluate

# Few distinct values, so that ties are common.
SCORES = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=30)


@given(SCORES, SCORES)
def test_auc_and_average_precision_are_those_of_scikit_learn_also_with_ties(right, wrong):
    truth, told = [1] * len(right) + [0] * len(wrong), right + wrong
    assert evaluate.auc(right, wrong) == pytest.approx(roc_auc_score(truth, told))
    expected = average_precision_score(truth, told)
    assert evaluate.average_precision(right, wrong) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40))
def test_macro_f1_is_that_of_scikit_learn(pairs):
    truth, told = zip(*pairs, strict=True)
    expected = f1_score(truth, told, average="macro", labels=[0, 1, 2], zero_division=0)
    assert evaluate.macro_f1(truth, told, 3) == pytest.approx(expected)


def test_the_confusion_matrix_has_a_row_for_each_true_class():
    found = evaluate.confusion([0, 0, 1, 2], [0, 1, 1, 0], 3)
    assert found.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


@given(SCORES, st.randoms(use_true_random=False))
def test_a_rank_is_the_mean_over_all_orders_of_ties(scores, random):
    target = random.randrange(len(scores))
    hidden = [random.random() < 0.3 for _ in scores]
    rank = evaluate.tie_averaged_ranks(
        torch.tensor([scores]), torch.tensor([target]), torch.tensor([hidden])
    )
    rivals = [s for i, s in enumerate(scores) if i != target and not hidden[i]]
    best = 1 + sum(s > scores[target] for s in rivals)
    worst = best + sum(s == scores[target] for s in rivals)
    assert float(rank) == (best + worst) / 2


@pytest.mark.parametrize("constant", [0.0, float("nan")])
def test_a_model_that_says_nothing_ranks_in_the_middle(constant):
    scores = torch.full((1, 101), constant)
    assert float(evaluate.tie_averaged_ranks(scores, torch.tensor([5]))) == 51


def test_a_known_answer_does_not_push_the_target_down():
    scores = torch.tensor([[3.0, 2.0, 1.0]])
    hidden = torch.tensor([[True, False, False]])
    target = torch.tensor([1])
    assert float(evaluate.tie_averaged_ranks(scores, target)) == 2
    assert float(evaluate.tie_averaged_ranks(scores, target, hidden)) == 1


def test_ranking_gives_mean_reciprocal_rank_and_hits():
    found = evaluate.ranking(torch.tensor([1.0, 2.0, 4.0, 20.0]), at=(1, 10))
    assert found == {
        "mrr": pytest.approx((1 + 0.5 + 0.25 + 0.05) / 4),
        "hits@1": 0.25,
        "hits@10": 0.75,
    }


def test_hits_against_needs_a_score_above_the_kth_negative():
    assert evaluate.hits_against([5, 3, 1], [4, 3, 2], 2) == pytest.approx(1 / 3)
    assert evaluate.hits_against([0], [4, 3], 3) == 1


def test_the_ideal_gain_is_that_of_all_relevant_items_not_of_those_found():
    scores = torch.tensor([[0.9, 0.8, 0.1, 0.0]])
    found = evaluate.top_k(lambda _: scores, [[0, 3]], [[]], k=2)
    assert found.recall.tolist() == [0.5]
    assert found.ndcg[0] == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_items_that_were_seen_are_not_ranked_and_users_without_relevant_ones_are_left_out():
    scores = torch.tensor([[0.9, 0.8, 0.1], [0.9, 0.8, 0.1]])
    found = evaluate.top_k(lambda users: scores[users], [[1], []], [[0], []], k=1)
    assert found.recall.tolist() == [1.0]


@given(st.lists(st.integers(0, 3), min_size=3, max_size=12), st.integers(1, 15))
def test_the_best_items_are_those_of_a_stable_sort(values, k):
    scores = torch.tensor([values], dtype=torch.float32)
    relevant = [[len(values) - 1]]
    best = sorted(range(len(values)), key=lambda i: -values[i])[:k]
    found = evaluate.top_k(lambda _: scores, relevant, [[]], k=k)
    assert found.recall[0] == float(relevant[0][0] in best)


def test_the_paired_bootstrap_tells_a_sure_gain_from_none():
    truth = np.arange(200) % 2
    good, chance = truth.copy(), np.zeros(200, dtype=int)

    def sure(cases):
        return float((good == truth)[cases].mean()), float((chance == truth)[cases].mean())

    gain = evaluate.paired_bootstrap(sure, 200)
    assert gain.mean == 0.5
    assert gain.low > 0.4
    assert gain.p < 0.01
    assert evaluate.paired_bootstrap(lambda cases: (1.0, 1.0), 200).p == 1
