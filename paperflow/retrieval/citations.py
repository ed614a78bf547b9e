"""Search that follows citations: what the found papers cite, or are cited with, rises.

Personalised PageRank (Page et al., 1999; Haveliwala, 2002) over citations either way, begun at the
papers that words and vectors find, and blended with their relevance.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from paperflow.graphs.citation import citation_graph
from paperflow.retrieval.search import POOL, Hit
from paperflow.store import Store

Floats = NDArray[np.float64]

SEEDS = 10  # papers found that the walk begins at
RESTART = 0.3
WEIGHT = 0.4  # of the walk beside the relevance
_STEPS = 30  # .7 to the thirtieth is below what is shown


@dataclass(frozen=True, eq=False)
class Citations:
    """The library's papers and the works they cite, N in all; `matrix` [N, N] holds citations.

    It is symmetric: who cites and who is cited are neighbours. `own` [N] marks the library's.
    """

    ids: tuple[str, ...]
    matrix: csr_array
    own: NDArray[np.bool_]

    def without(self, paper_id: str) -> "Citations":
        """Return the graph without the citations of one paper."""
        kept = np.array([float(id != paper_id) for id in self.ids])
        mask = diags_array(kept)
        return replace(self, matrix=csr_array(mask @ self.matrix @ mask))

    def walk(self, start: Floats) -> Floats:
        """Return where a walk from `start` [N] that returns there with RESTART is found [N]."""
        degree = np.maximum(np.asarray(self.matrix.sum(axis=1)).ravel(), 1)
        step = csr_array(self.matrix @ diags_array(1 / degree))
        here = start
        for _ in range(_STEPS):
            here = RESTART * start + (1 - RESTART) * (step @ here)
        return here


def library_citations(store: Store) -> Citations:
    """Return the citations of a library."""
    graph = citation_graph(store, evidence=False)
    ends, size = graph.edge_index, graph.num_nodes
    both = np.concatenate([ends, ends[::-1]], axis=1)
    matrix = csr_array((np.ones(both.shape[1]), (both[0], both[1])), shape=(size, size))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return Citations(tuple(map(str, graph.node_keys)), matrix, graph.node_in_library)


def follow_citations(
    hits: Sequence[Hit],
    citations: Citations,
    *,
    limit: int = POOL,
    among: Collection[str] | None = None,
) -> list[Hit]:
    """Return hits with those that citations lead to, the most relevant first, equal ones by id.

    A relevance r becomes (1 - WEIGHT) r + WEIGHT w, with w the share of the walk at the paper, the
    largest of all being 1. A paper that only the walk finds has no lexical or dense score; it
    must be `among` those admitted, where they are given.
    """
    rows = {id: row for row, id in enumerate(citations.ids)}
    start = np.zeros(len(citations.ids))
    for hit in sorted(hits, key=lambda hit: (-hit.relevance, hit.paper_id))[:SEEDS]:
        if hit.paper_id in rows:
            start[rows[hit.paper_id]] = hit.relevance
    if not start.any():
        return list(hits)[:limit]
    here = citations.walk(start / start.sum()) * citations.own
    share = here / here.max()
    found = {hit.paper_id: hit for hit in hits}
    reached = np.argsort(-share, kind="stable")[:limit]
    for id in (citations.ids[row] for row in reached[share[reached] > 0].tolist()):
        if among is None or id in among:
            found.setdefault(id, Hit(id, 0.0, None, None))
    blended = [
        replace(hit, relevance=_blend(hit, share[rows[id]] if id in rows else 0.0))
        for id, hit in found.items()
    ]
    return sorted(blended, key=lambda hit: (-hit.relevance, hit.paper_id))[:limit]


def _blend(hit: Hit, share: float) -> float:
    return round((1 - WEIGHT) * hit.relevance + WEIGHT * float(share), 6)
