"""Metrics of the tasks, with ties, filters, and ideals treated as the literature asks.

PyTorch Geometric's knowledge-graph test ranks tails only, without a filter, and breaks ties by
the order of sorting; KGAT's published NDCG takes its ideal over the hits alone. Neither is done
here: ranks are filtered, both-sided, and averaged over ties, and the ideal is that of
min(k, relevant) hits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Floats = NDArray[np.float64]


def tie_averaged_ranks(scores: Tensor, target: Tensor, hidden: Tensor | None = None) -> Tensor:
    """Return the rank [B] of `target` [B] in each row of `scores` [B, N], ties at their middle.

    `hidden` [B, N] marks other right answers, which are left out (Bordes et al., 2013). A rank
    is 1 + the better ones + half of the equal ones. A score that is no number counts as equal,
    so that a broken model gains nothing.
    """
    own = scores.gather(1, target[:, None])
    better, worse = scores > own, scores < own
    equal = ~(better | worse)
    rivals = torch.ones_like(better) if hidden is None else ~hidden
    rivals = rivals.scatter(1, target[:, None], False)
    return 1 + (better & rivals).sum(1) + 0.5 * (equal & rivals).sum(1)


def ranking(ranks: Tensor, at: Sequence[int] = (1, 3, 10)) -> dict[str, float]:
    """Return the mean reciprocal rank, and for each k in `at` the share of ranks up to k."""
    ranks = ranks.double()
    hits = {f"hits@{k}": float((ranks <= k).double().mean()) for k in at}
    return {"mrr": float((1 / ranks).mean()), **hits}


def hits_against(positive: ArrayLike, negative: ArrayLike, k: int) -> float:
    """Return the share of positive scores above the k-th best negative one (Hu et al., 2020)."""
    rivals = np.sort(np.asarray(negative))[::-1]
    if len(rivals) < k:
        return 1.0
    return float((np.asarray(positive) > rivals[k - 1]).mean())


def auc(positive: ArrayLike, negative: ArrayLike) -> float:
    """Return the chance that a positive scores above a negative, half a point for a tie."""
    above, below = np.asarray(positive, dtype=np.float64), np.sort(np.asarray(negative))
    less = np.searchsorted(below, above, side="left")
    up_to = np.searchsorted(below, above, side="right")
    return float((less + up_to).mean() / (2 * len(below)))


def average_precision(positive: ArrayLike, negative: ArrayLike) -> float:
    """Return the mean precision at the positives; equal scores share one threshold."""
    right, wrong = (np.sort(np.asarray(x, dtype=np.float64)) for x in (positive, negative))
    values, counts = np.unique(right, return_counts=True)
    true = len(right) - np.searchsorted(right, values, side="left")
    false = len(wrong) - np.searchsorted(wrong, values, side="left")
    return float((counts * true / (true + false)).sum() / len(right))


@dataclass(frozen=True)
class TopK:
    """Recall and NDCG of each user with at least one relevant item, both [U]."""

    recall: Floats
    ndcg: Floats


def top_k(
    score: Callable[[Tensor], Tensor],
    relevant: Sequence[Sequence[int]],
    seen: Sequence[Sequence[int]],
    k: int = 20,
    batch: int = 512,
) -> TopK:
    """Rank all items for each user and return recall@k and NDCG@k.

    `score` maps users [B] to scores [B, I]; `relevant` and `seen` list each user's items, of
    which the seen ones are not ranked. The ideal gain is that of min(k, relevant) hits.
    """
    users = [user for user, items in enumerate(relevant) if len(items)]
    recall, ndcg = np.zeros(len(users)), np.zeros(len(users))
    for start in range(0, len(users), batch):
        part = users[start : start + batch]
        best = _best(score(torch.tensor(part)), [seen[user] for user in part], k)
        for row, user in enumerate(part):
            hit = np.isin(best[row], np.asarray(relevant[user]))
            recall[start + row] = hit.sum() / len(relevant[user])
            ndcg[start + row] = hit @ _discounts(k) / _discounts(min(k, len(relevant[user]))).sum()
    return TopK(recall, ndcg)


def _best(scores: Tensor, seen: Sequence[Sequence[int]], k: int) -> NDArray[np.int64]:
    """Return the best k items of each row, -1 where there are no more; ties by item."""
    found = np.full((len(seen), k), -1)
    for row, (values, items) in enumerate(zip(scores.double().cpu().numpy(), seen, strict=True)):
        values = values.copy()
        values[list(items)] = -np.inf
        least = np.partition(values, -k)[-k] if k < len(values) else -np.inf
        near = np.flatnonzero((values >= least) & (values > -np.inf))
        best = near[np.argsort(-values[near], kind="stable")][:k]
        found[row, : len(best)] = best
    return found


def _discounts(k: int) -> Floats:
    return np.reciprocal(np.log2(np.arange(2, k + 2)))


def confusion(truth: ArrayLike, told: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Return how many of each true class (row) were told as each class (column)."""
    cells = np.asarray(truth, dtype=np.int64) * classes + np.asarray(told, dtype=np.int64)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def f1_scores(matrix: NDArray[np.int64]) -> Floats:
    """Return F1 of each class of a confusion matrix; 0 for a class never seen nor told."""
    right = np.diag(matrix)
    total = matrix.sum(0) + matrix.sum(1)
    found: Floats = 2.0 * right / np.maximum(total, 1)
    return found


def macro_f1(truth: ArrayLike, told: ArrayLike, classes: int) -> float:
    """Return the mean of the classes' F1."""
    return float(f1_scores(confusion(truth, told, classes)).mean())


@dataclass(frozen=True)
class Difference:
    """How much better one system is than another on the same cases, and how surely.

    `p` is the share of resamples in which it is not better (one-sided), as in Koehn (2004).
    """

    mean: float
    low: float
    high: float
    p: float


def paired_bootstrap(
    metric: Callable[[NDArray[np.int64]], tuple[float, float]],
    cases: int,
    rounds: int = 1000,
    seed: int = 0,
) -> Difference:
    """Compare two systems over resampled cases.

    `metric` returns both systems' scores on the cases it is given [n], some of them repeated.
    """
    draw = np.random.default_rng(seed)
    both = np.array([metric(draw.integers(cases, size=cases)) for _ in range(rounds)])
    ours, theirs = metric(np.arange(cases))
    gains = both[:, 0] - both[:, 1]
    low, high = np.quantile(gains, [0.025, 0.975])
    # One is added to both counts, so that no finite number of rounds claims certainty.
    p = (1 + int((gains <= 0).sum())) / (1 + rounds)
    return Difference(ours - theirs, float(low), float(high), p)
