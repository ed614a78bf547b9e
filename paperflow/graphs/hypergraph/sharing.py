"""Which hyperedges share something, as rows in both directions: what every search walks on."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64
from paperflow.graphs.data import Incidence

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sharing:
    """Hyperedges [E] and keys [K], with the masks of those that count; None means all do.

    Two hyperedges share at least s nodes exactly when they share a key: for s = 1 a key is a
    node, for larger s a set of a lift.
    """

    incidence: Incidence
    edge_ok: Mask | None = None
    key_ok: Mask | None = None
    spare: list["PathScratch"] = field(default_factory=list)  # of searches that have ended

    @property
    def num_edges(self) -> int:
        """Return the number of hyperedges, E."""
        return len(self.incidence.edge_pointers) - 1

    @property
    def num_keys(self) -> int:
        """Return the number of keys, K."""
        return len(self.incidence.node_pointers) - 1

    @cached_property
    def edges(self) -> Int64:
        """Return the hyperedges that count, ascending."""
        if self.edge_ok is None:
            return np.arange(self.num_edges)
        return np.flatnonzero(self.edge_ok)

    @cached_property
    def fields(self) -> tuple[int, ...]:
        """Return the struct Bipartite of kernels/cpp/hypergraph_rows.h."""
        inc = self.incidence
        rows = (inc.edge_pointers, inc.edge_nodes, inc.node_pointers, inc.node_edges)
        masks = (address(self.edge_ok), address(self.key_ok))
        return (*map(address, rows), self.num_edges, self.num_keys, *masks)

    def keys_of(self, edge: int) -> Int32:
        """Return the keys of a hyperedge that count, ascending."""
        keys = self.incidence.members(edge)
        return keys if self.key_ok is None else keys[self.key_ok[keys]]

    def edges_of(self, key: int) -> Int32:
        """Return the hyperedges of a key that count, ascending."""
        edges = self.incidence.memberships(key)
        return edges if self.edge_ok is None else edges[self.edge_ok[edges]]

    def take_scratch(self) -> "PathScratch":
        """Return work space of a search; give it back by appending it to `spare`."""
        try:
            return self.spare.pop()
        except IndexError:
            return PathScratch(self.num_edges + self.num_keys)


class PathScratch:
    """The struct PathScratch of kernels/cpp/hypergraph_paths.h, for one search at a time."""

    def __init__(self, vertices: int) -> None:
        marks = [np.zeros(vertices, np.uint32) for _ in range(2)]
        queues = [np.empty(vertices + 2, np.int32) for _ in range(4)]
        self.arrays = [*marks, *queues, np.zeros(2, np.uint32)]
        self.fields = tuple(map(address, self.arrays))


def address(array: Any) -> int:
    """Return where an array's data lies, 0 for none."""
    return 0 if array is None else int(array.ctypes.data)


def dual(incidence: Incidence) -> Incidence:
    """Return the same pairs with nodes as hyperedges and hyperedges as nodes; nothing is copied."""
    return Incidence(
        edge_pointers=incidence.node_pointers,
        edge_nodes=incidence.node_edges,
        node_pointers=incidence.edge_pointers,
        node_edges=incidence.edge_nodes,
    )
