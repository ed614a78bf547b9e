"""A list that is not ten times the same: maximal marginal relevance, and three views."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from paperflow.encoder import paper_text
from paperflow.retrieval.scores import Scored
from paperflow.retrieval.text import cosines

ON_TOPIC = 0.3  # relevance from which a paper may stand in a view
GEMS_BELOW = 20  # a hidden gem stands below this rank, in a short list below its top fifth
VIEW_SIZE = 5


def mmr(
    scores: Sequence[float], similarity: NDArray[np.floating], lam: float, limit: int | None = None
) -> list[int]:
    """Return row numbers in the order of maximal marginal relevance (Carbonell 1998).

    Each step takes the row with the largest lam * score - (1 - lam) * (similarity to the
    nearest row taken before); the earlier row wins a tie. `similarity` is [N, N].
    """
    gain = lam * np.asarray(scores, dtype=np.float64)
    nearest = np.zeros(len(scores))
    left = np.ones(len(scores), dtype=bool)
    order: list[int] = []
    for _ in range(len(scores) if limit is None else min(limit, len(scores))):
        value = np.where(left, gain - (1 - lam) * nearest, -np.inf)
        best = int(np.argmax(np.round(value, 9)))
        order.append(best)
        left[best] = False
        nearest = np.maximum(nearest, similarity[best])
    return order


def diversify(
    scored: Sequence[Scored],
    lam: float,
    limit: int | None = None,
    similarity: NDArray[np.floating] | None = None,
) -> list[Scored]:
    """Return the candidates in the order of MMR on their totals.

    `similarity` [N, N] goes with `scored`; by default it is the TF-IDF cosine of the texts.
    """
    ranked = sorted(range(len(scored)), key=lambda row: (-scored[row].total, scored[row].paper.id))
    items = [scored[row] for row in ranked]
    if similarity is None:
        near: NDArray[np.floating] = cosines([paper_text(item.paper) for item in items])
    else:
        near = similarity[np.ix_(ranked, ranked)]
    return [items[row] for row in mmr([item.total for item in items], near, lam, limit)]


def views(ranked: Sequence[Scored], size: int = VIEW_SIZE) -> dict[str, list[Scored]]:
    """Return the list from three sides; `ranked` is in its final order.

    overall      the first ones
    hidden_gems  novel and on the topic (novelty * relevance), though ranked low
    canonical    the most cited on the topic; none where nothing is known of citations
    """
    below = min(GEMS_BELOW, ceil(len(ranked) / 5))
    return {
        "overall": list(ranked[:size]),
        "hidden_gems": _top(ranked[below:], ("novelty", "relevance"), size),
        "canonical": _top(ranked, ("authority",), size),
    }


def _top(items: Sequence[Scored], parts: tuple[str, ...], size: int) -> list[Scored]:
    """Return the items on the topic with the largest product of `parts`, none where it is zero."""
    value = {item.paper.id: float(np.prod([item.values[part] for part in parts])) for item in items}
    worthy = [
        item for item in items if value[item.paper.id] > 0 and item.values["relevance"] >= ON_TOPIC
    ]
    return sorted(worthy, key=lambda item: (-value[item.paper.id], item.paper.id))[:size]
