"""Why a link is likely, in words: alike texts that have it, and the nodes on the way to it."""

import numpy as np

from paperflow.learning.evidence import nearest
from paperflow.learning.graph import Ints, LinkGraph

MOST = 3  # names that one reason lists


def reasons(graph: LinkGraph, source: int, targets: Ints, *, verb: str) -> list[tuple[str, ...]]:
    """Return for each target [T] what speaks for a link from `source`.

    `verb` says what a link is: "cite".
    """
    near = nearest(graph, np.array([source]))
    order = np.argsort(-near.data, kind="stable")
    alike = near.indices[order]
    return [tuple(_told(graph, source, int(target), alike, verb)) for target in targets]


def _told(graph: LinkGraph, source: int, target: int, alike: Ints, verb: str) -> list[str]:
    found = []
    also = [row for row in alike.tolist() if graph.out[row, target]]
    if also:
        found.append(
            f"{len(also)} of the {len(alike)} most similar texts {verb} it: {_named(graph, also)}"
        )
    between = _between(graph, source, target)
    if between:
        found.append(f"{len(between)} works are linked to both: {_named(graph, between)}")
    cosine = float(graph.features[source] @ graph.features[target])
    if cosine > 0:
        found.append(f"similar text, cosine {cosine:.2f}")
    return found


def _between(graph: LinkGraph, source: int, target: int) -> list[int]:
    """Return what is linked to both, the most telling first: that with fewest links."""
    around = graph.around
    shared = np.intersect1d(_neighbours(graph, source), _neighbours(graph, target))
    degree = np.diff(around.indptr)[shared]
    return [int(row) for row in shared[np.lexsort((shared, degree))]]


def _neighbours(graph: LinkGraph, row: int) -> Ints:
    around = graph.around
    return np.asarray(around.indices[around.indptr[row] : around.indptr[row + 1]])


def _named(graph: LinkGraph, rows: list[int]) -> str:
    names = "; ".join(graph.labels[row] for row in rows[:MOST])
    return f"{names}; …" if len(rows) > MOST else names
