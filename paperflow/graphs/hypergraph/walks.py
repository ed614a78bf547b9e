"""Components and distances in the s-graphs of hyperedges and of nodes."""

from collections.abc import Iterable

import numpy as np

from paperflow.graphs.arrays import Int32, check_range
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Sharing
from paperflow.graphs.hypergraph.topology import Hypergraph


def edge_components(h: Hypergraph, s: int = 1) -> Int32:
    """Return the smallest hyperedge of each one's component [E], -1 below s nodes.

    Hyperedges are joined where they share at least s nodes.
    """
    labels: Int32 = backend().components(h.sharing(s))
    return labels


def node_components(h: Hypergraph, s: int = 1) -> Int32:
    """Return the smallest node of each one's component [N], -1 below s hyperedges.

    Nodes are joined where they stand together in at least s hyperedges.
    """
    labels: Int32 = backend().components(h.node_sharing(s))
    return labels


def edge_distances(
    h: Hypergraph, sources: Iterable[int], s: int = 1, *, most: int | None = None
) -> Int32:
    """Return the steps from the nearest of the hyperedges `sources` [E], -1 beyond `most`."""
    return _distances(h.sharing(s), sources, most)


def node_distances(
    h: Hypergraph, sources: Iterable[int], s: int = 1, *, most: int | None = None
) -> Int32:
    """Return the steps from the nearest of the nodes `sources` [N], -1 beyond `most`."""
    return _distances(h.node_sharing(s), sources, most)


def _distances(g: Sharing, sources: Iterable[int], most: int | None) -> Int32:
    rows = np.fromiter(sources, np.int32)
    check_range(rows, g.num_edges, "a source")
    steps: Int32 = backend().distances(g, rows, g.num_edges if most is None else most)
    return steps
