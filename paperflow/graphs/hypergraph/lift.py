"""Lifts: the sets of s nodes that at least two hyperedges share.

Two hyperedges share at least s nodes exactly when they share a set of s nodes, and sets that
stand in one hyperedge only connect nothing. What is left is small: searches in it answer every
question about the s-graph, which is never built.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from paperflow.graphs.arrays import Int32, Int64
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Mask, Sharing

MOST_SUBSETS = 1000  # a hyperedge with more is compared with its neighbours instead


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """Shared sets of s nodes: `sets` [K, s], ascending in each, and who has them.

    From row `first_link` on, a set stands for one pair of hyperedges, of which one is too large
    to list its subsets: the pair shares these nodes, and maybe more.
    """

    s: int
    sets: Int32
    incidence: Incidence
    first_link: int

    @property
    def nbytes(self) -> int:
        """Return the size of the arrays in bytes."""
        return self.sets.nbytes + self.incidence.nbytes

    def allowed(self, node_ok: Mask, incidence: Incidence) -> Mask:
        """Return which sets [K] still stand for s shared nodes when only some nodes count."""
        out: Mask = np.asarray(node_ok[self.sets].all(axis=1))
        for row in range(self.first_link, len(self.sets)):
            left, right = self.incidence.memberships(row).tolist()
            shared = np.intersect1d(incidence.members(left), incidence.members(right))
            out[row] = node_ok[shared].sum() >= self.s
        return out


def node_lift(incidence: Incidence) -> Lift:
    """Return the lift for s = 1: the nodes themselves; nothing is copied."""
    nodes = np.arange(len(incidence.node_pointers) - 1, dtype=np.int32)[:, None]
    return Lift(1, nodes, incidence, len(nodes))


def next_lift(lift: Lift, incidence: Incidence, *, every: bool = False) -> Lift:
    """Return the lift for s + 1; with `every`, large hyperedges are no exception."""
    s, sizes = lift.s + 1, incidence.sizes
    large = None if every else _are_large(sizes, s)
    rows = np.zeros(len(sizes), np.int64) if large is None else np.where(large, 0, sizes)
    bound = _subsets(sizes if large is None else rows, s)
    own = lift.first_link
    parent, added, pointers, edges = backend().lifted(
        lift.incidence, np.ascontiguousarray(lift.sets[:own, -1]), incidence, large, bound
    )
    sets = np.column_stack([lift.sets[parent], added])
    links, pairs = _links(incidence, large, s)
    pointers = np.concatenate([pointers, pointers[-1] + 2 * np.arange(1, len(pairs) + 1)])
    edges = np.concatenate([edges, pairs.ravel()])
    made = _incidence(pointers, edges, len(sizes))
    return Lift(s, np.ascontiguousarray(np.concatenate([sets, links])), made, len(sets))


def _are_large(sizes: Int64, s: int) -> Mask | None:
    """Return which hyperedges [E] have too many subsets of up to s nodes, None for none."""
    size = 0
    while max(comb(size + 1, k) for k in range(s + 1)) <= MOST_SUBSETS:
        size += 1
    large = sizes > size
    return large if large.any() else None


def _subsets(sizes: Int64, s: int) -> int:
    """Return how many subsets of s nodes hyperedges of these sizes have together."""
    counts = np.bincount(sizes)
    return sum(int(count) * comb(size, s) for size, count in enumerate(counts))


def _links(incidence: Incidence, large: Mask | None, s: int) -> tuple[Int32, Int32]:
    """Return the smallest s shared nodes [n, s] of each pair [n, 2] with a large hyperedge."""
    sharing = Sharing(incidence)
    pairs = [
        (min(edge, other), max(edge, other))
        for edge in ([] if large is None else np.flatnonzero(large).tolist())
        for other in backend().overlaps(sharing, edge, s)[0].tolist()
    ]
    pairs = sorted(set(pairs))
    sets = [
        np.intersect1d(incidence.members(left), incidence.members(right))[:s]
        for left, right in pairs
    ]
    return (
        np.array(sets, np.int32).reshape(-1, s),
        np.array(pairs, np.int32).reshape(-1, 2),
    )


def _incidence(pointers: Int64, edges: Int32, num_edges: int) -> Incidence:
    edge_pointers, edge_sets = backend().transposed(pointers, edges, num_edges)
    return Incidence(
        edge_pointers=edge_pointers, edge_nodes=edge_sets, node_pointers=pointers, node_edges=edges
    )
