"""How good a ranking is: nDCG, recall, reciprocal rank, and intervals over queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Relevant = Mapping[str, float] | Collection[str]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over queries with the ends of its bootstrap interval."""

    mean: float
    low: float
    high: float


def ndcg(ranked: Sequence[str], relevant: Relevant, k: int = 10) -> float:
    """Return the normalised discounted cumulative gain of the first `k` (Järvelin 2002).

    `relevant` names the relevant documents, with grades or all alike; the gain of a
    document is its grade (the linear form, as trec_eval has it), its discount log2(rank + 1).
    """
    grades = _grades(relevant)
    ideal = _dcg(sorted(grades.values(), reverse=True)[:k])
    found = _dcg([grades.get(name, 0.0) for name in _distinct(ranked)[:k]])
    return found / ideal if ideal > 0 else 0.0


def recall(ranked: Sequence[str], relevant: Relevant, k: int) -> float:
    """Return the share of the relevant documents that are among the first `k`."""
    wanted = {name for name, grade in _grades(relevant).items() if grade > 0}
    return len(wanted & set(_distinct(ranked)[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Relevant, k: int | None = None) -> float:
    """Return 1 / rank of the first relevant document, 0 when none is among the first `k`."""
    wanted = {name for name, grade in _grades(relevant).items() if grade > 0}
    hits = (rank for rank, name in enumerate(_distinct(ranked)[:k], 1) if name in wanted)
    return 1.0 / next(hits, np.inf)


def bootstrap(
    values: Sequence[float], *, rounds: int = 2000, level: float = 0.95, seed: int = 0
) -> Interval:
    """Return the mean of per-query `values` and its percentile bootstrap interval."""
    if not values:
        raise ValueError("no values")
    data = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(len(data), size=(rounds, len(data)))
    tail = (1 - level) / 2
    low, high = np.quantile(data[draws].mean(axis=1), [tail, 1 - tail])
    return Interval(float(data.mean()), float(low), float(high))


def _dcg(grades: Sequence[float]) -> float:
    return float(sum(grade / np.log2(rank + 1) for rank, grade in enumerate(grades, 1)))


def _grades(relevant: Relevant) -> dict[str, float]:
    if isinstance(relevant, Mapping):
        return dict(relevant)
    return dict.fromkeys(relevant, 1.0)


def _distinct(ranked: Sequence[str]) -> list[str]:
    """Return the names without repetitions: a document counts once, at its best rank."""
    return list(dict.fromkeys(ranked))
