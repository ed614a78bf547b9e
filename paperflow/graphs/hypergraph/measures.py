"""Who stands beside whom, and how often: overlaps, hubs, rich club, assortativity."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from paperflow.graphs.arrays import Int32, Int64, check_range
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Sharing
from paperflow.graphs.hypergraph.topology import Hypergraph


class Shares(NamedTuple):
    """Rows [n], ascending, and how much each shares [n]."""

    rows: Int32
    counts: Int32


class RichClub(NamedTuple):
    """The nodes of at least `degree`, and the hyperedges of two or more nodes that are all theirs.

    `coefficient` is those hyperedges over the pairs of nodes, nan below two nodes.
    """

    degree: int
    nodes: int
    hyperedges: int
    coefficient: float


def neighbours(h: Hypergraph, edge: int, s: int = 1) -> Shares:
    """Return the hyperedges that share at least s nodes with one, and how many they share."""
    return _overlaps(h.sharing(1), edge, s)


def co_occurrence(h: Hypergraph, node: int, least: int = 1) -> Shares:
    """Return the nodes that share at least `least` hyperedges with one, and how many."""
    return _overlaps(h.node_sharing(1), node, least)


def overlap_profile(h: Hypergraph, edge: int | None = None) -> Int64:
    """Return how many pairs of hyperedges share exactly i nodes, at i; 0 at 0.

    With `edge`, only the pairs with this one. The last entry is not 0, unless it is the only.
    """
    if edge is None:
        found: Int64 = backend().profile(h.sharing(1), int(h.sizes.max(initial=0)))
        return found[: np.flatnonzero(found).max(initial=0) + 1]
    return np.bincount(neighbours(h, edge).counts, minlength=1)


def hubs(h: Hypergraph, count: int) -> Int64:
    """Return the nodes of most hyperedges [count], ties by row; those without any are left out."""
    order = np.argsort(-h.degrees, kind="stable")[:count]
    return order[h.degrees[order] > 0]


def rich_club(h: Hypergraph, degrees: Sequence[int]) -> list[RichClub]:
    """Return the rich club at each of the `degrees`."""
    poorest = np.full(h.num_hyperedges, np.iinfo(np.int64).max)
    edges, nodes = pairs(h)
    np.minimum.at(poorest, edges, h.degrees[nodes])
    several = h.sizes > 1
    return [
        _club(degree, int((h.degrees >= degree).sum()), int((several & (poorest >= degree)).sum()))
        for degree in degrees
    ]


def assortativity(h: Hypergraph) -> float:
    """Return the Pearson correlation of the degrees of two nodes of a hyperedge, nan if constant.

    It is over all ordered pairs of different nodes of each hyperedge, as Newman (2002) takes
    it over both directions of each edge.
    """
    edges, nodes = pairs(h)
    sizes, degree = h.sizes, h.degrees[nodes].astype(np.float64)
    others = (sizes[edges] - 1).astype(np.float64)
    count = others.sum()
    if count == 0:
        return float("nan")
    mean = (others * degree).sum() / count
    centred = degree - mean
    inside = np.bincount(edges, centred)
    both = (inside**2).sum() - (centred**2).sum()
    variance = (others * centred**2).sum()
    return float(both / variance) if variance > 0 else float("nan")


def _overlaps(g: Sharing, row: int, least: int) -> Shares:
    check_range(np.array([row]), g.num_edges, "the row")
    if g.edge_ok is not None and not g.edge_ok[row]:
        return Shares(np.empty(0, np.int32), np.empty(0, np.int32))
    return Shares(*backend().overlaps(g, row, max(least, 1)))


def pairs(h: Hypergraph) -> tuple[Int64, Int32]:
    """Return the pairs (hyperedge, node) that count."""
    edges = np.repeat(np.arange(h.num_hyperedges), h.incidence.sizes)
    nodes = h.incidence.edge_nodes
    kept = np.ones(len(nodes), np.bool_)
    for ok, rows in ((h.edge_ok, edges), (h.node_ok, nodes)):
        if ok is not None:
            kept &= ok[rows]
    return edges[kept], nodes[kept]


def _club(degree: int, nodes: int, hyperedges: int) -> RichClub:
    most = nodes * (nodes - 1) / 2
    return RichClub(degree, nodes, hyperedges, hyperedges / most if most else float("nan"))
