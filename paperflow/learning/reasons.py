"""Why a link is likely, in words: alike texts that have it, and the nodes on the way to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from paperflow.learning.evidence import nearest
from paperflow.learning.graph import Ints, LinkGraph

MOST = 3  # names that one reason lists


@dataclass(frozen=True)
class Words:
    """What the three kinds of reasons are called; their number and names follow."""

    alike: str
    between: str
    beside: str = "concepts and authors in common"


CITATION = Words("cited by the most similar papers", "on a path between them")
READING = Words(
    "cited by the papers most similar to yours", "of yours that cite it, or that it cites"
)
CONCEPTS = Words("stated with the most similar names", "stated with both")


def reasons(
    graph: LinkGraph, source: int, targets: Ints, words: Words
) -> Iterator[tuple[str, ...]]:
    """Yield for each target [T] what speaks for a link from `source`, the strongest first."""
    near = nearest(graph, np.array([source]))
    alike = near.indices[np.argsort(-near.data, kind="stable")].tolist()
    for target in targets.tolist():
        also = [row for row in alike if graph.out[row, target]]
        found = [
            _told(graph, words.alike, also),
            _told(graph, words.between, _between(graph.around, source, target)),
            _told(graph, words.beside, _between(graph.beside, source, target)),
        ]
        cosine = float(graph.features[source] @ graph.features[target])
        found += [f"similar text, cosine {cosine:.2f}"] * (cosine > 0)
        yield tuple(filter(None, found))


def _told(graph: LinkGraph, words: str, rows: list[int]) -> str:
    if not rows:
        return ""
    names = "; ".join(graph.labels[row] for row in rows[:MOST])
    return f"{words} ({len(rows)}): {names}" + ("; …" if len(rows) > MOST else "")


def _between(around: csr_array, source: int, target: int) -> list[int]:
    """Return what is next to both, the most telling first: that with fewest neighbours."""
    bounds = around.indptr
    first, second = (around.indices[bounds[row] : bounds[row + 1]] for row in (source, target))
    shared = np.intersect1d(first, second)
    return [int(row) for row in shared[np.lexsort((shared, np.diff(bounds)[shared]))]]
