"""The part of a hypergraph around some nodes, small enough to read, draw, or show to a model."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from paperflow.graphs.arrays import Int32, Int64, check_range
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.hypergraph.walks import edge_distances

MOST = 50
STEPS = 1


class Surroundings(NamedTuple):
    """Hyperedges [n] from near to far, and how many steps each is away [n].

    `left_out` counts those that were reached but did not fit.
    """

    edges: Int64
    steps: Int32
    left_out: int


def surroundings(
    h: Hypergraph, nodes: Iterable[int], *, s: int = 1, steps: int = STEPS, most: int = MOST
) -> Surroundings:
    """Return up to `most` hyperedges within `steps` of those that have any of the nodes.

    A step leads to a hyperedge that shares at least s nodes. At the same distance the latest
    years come first, ties by row.
    """
    rows = np.fromiter(nodes, np.int64)
    check_range(rows, h.num_nodes, "a node")
    own = [h.memberships(node) for node in rows.tolist()]
    sources = np.unique(np.concatenate([np.empty(0, np.int32), *own]))
    distance = edge_distances(h, sources.tolist(), s, most=steps)
    # What is too small for the s-graph is still said of the nodes.
    distance[sources] = 0
    reached = np.flatnonzero(distance >= 0)
    order = np.lexsort((reached, -h.edge_year[reached].astype(np.int64), distance[reached]))
    kept = reached[order[:most]]
    return Surroundings(kept, distance[kept], len(reached) - len(kept))
