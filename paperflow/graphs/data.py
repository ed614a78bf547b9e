"""Graphs and hypergraphs as arrays: what models, exporters, and questions share.

Row i of every `node_…` array speaks of the same node, row e of every `edge_…`
array of the same edge. Text stands in object arrays, everything else in small
integers, so that the topology alone can be mapped, copied, or given to a kernel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import (
    ArrayRecord,
    Int32,
    Int64,
    Objects,
    Roles,
    check_range,
    pointers,
)
from paperflow.graphs.rows import Edge, Merge, Node, Statement
from paperflow.records import Participant


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GraphData(ArrayRecord):
    """A directed multigraph with typed nodes [N] and typed edges [E].

    `node_type` and `edge_type` index the sorted `…_type_names`; years are
    NOT_STATED where none is known. An edge that names no node raises ValueError.
    """

    node_ids: Objects
    node_keys: Objects
    node_labels: Objects
    node_type: Int32
    node_year: Int32
    node_papers: Int32
    node_in_library: NDArray[np.bool_]
    node_properties: Objects
    node_evidence: Objects
    edge_ids: Objects
    edge_index: Int64
    edge_type: Int32
    edge_year: Int32
    edge_papers: Int32
    edge_properties: Objects
    edge_evidence: Objects
    node_type_names: tuple[str, ...] = ()
    edge_type_names: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()

    def __post_init__(self) -> None:
        if self.edge_index.shape != (2, len(self.edge_ids)):
            raise ValueError("edge_index must be [2, number of edges]")
        check_range(self.edge_index, self.num_nodes, "edge_index")
        check_range(self.node_type, len(self.node_type_names), "node_type")
        check_range(self.edge_type, len(self.edge_type_names), "edge_type")

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes, N."""
        return len(self.node_ids)

    @property
    def num_edges(self) -> int:
        """Return the number of edges, E."""
        return len(self.edge_ids)

    def node(self, row: int) -> Node:
        """Return the node at `row`."""
        return Node(
            id=self.node_ids[row],
            type=self.node_type_names[self.node_type[row]],
            label=self.node_labels[row],
            key=self.node_keys[row],
            year=int(self.node_year[row]),
            papers=int(self.node_papers[row]),
            in_library=bool(self.node_in_library[row]),
            properties=self.node_properties[row],
            evidence=self.node_evidence[row],
        )

    def edge(self, row: int) -> Edge:
        """Return the edge at `row`."""
        return Edge(
            id=self.edge_ids[row],
            type=self.edge_type_names[self.edge_type[row]],
            source=self.node_ids[self.edge_index[0, row]],
            target=self.node_ids[self.edge_index[1, row]],
            year=int(self.edge_year[row]),
            papers=int(self.edge_papers[row]),
            properties=self.edge_properties[row],
            evidence=self.edge_evidence[row],
        )

    def nodes(self) -> Iterator[Node]:
        """Yield every node, in the order of rows."""
        return map(self.node, range(self.num_nodes))

    def edges(self) -> Iterator[Edge]:
        """Yield every edge, in the order of rows."""
        return map(self.edge, range(self.num_edges))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incidence(ArrayRecord):
    """Which node [N] takes part in which hyperedge [E], as CSR in both directions.

    `edge_nodes[edge_pointers[e]:edge_pointers[e + 1]]` are the nodes of hyperedge
    e, ascending and without repeats; `node_…` is the same the other way round.
    """

    edge_pointers: Int64
    edge_nodes: Int32
    node_pointers: Int64
    node_edges: Int32

    @classmethod
    def from_pairs(cls, edges: Int64, nodes: Int64, num_edges: int, num_nodes: int) -> Self:
        """Index the pairs (edge, node) [I], which must be distinct and ascending."""
        by_node = np.argsort(nodes, kind="stable")
        return cls(
            edge_pointers=pointers(edges, num_edges),
            edge_nodes=nodes.astype(np.int32),
            node_pointers=pointers(nodes, num_nodes),
            node_edges=edges[by_node].astype(np.int32),
        )

    @property
    def nbytes(self) -> int:
        """Return the size of the arrays in bytes."""
        both = self.edge_pointers.nbytes + self.node_pointers.nbytes
        return both + self.edge_nodes.nbytes + self.node_edges.nbytes

    @property
    def sizes(self) -> Int64:
        """Return the number of nodes in each hyperedge [E]."""
        return np.diff(self.edge_pointers)

    @property
    def degrees(self) -> Int64:
        """Return the number of hyperedges at each node [N]."""
        return np.diff(self.node_pointers)

    def members(self, edge: int) -> Int32:
        """Return the nodes of a hyperedge, ascending."""
        return self.edge_nodes[self.edge_pointers[edge] : self.edge_pointers[edge + 1]]

    def memberships(self, node: int) -> Int32:
        """Return the hyperedges of a node, ascending."""
        return self.node_edges[self.node_pointers[node] : self.node_pointers[node + 1]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HypergraphData(ArrayRecord):
    """Statements [E] over the nodes that take part in them [N], never expanded into pairs.

    `roles` [I] stands beside `incidence.edge_nodes`: bit k is set where the node
    takes the role `role_names[k]`. `edge_relation` indexes `relation_names`.
    """

    node_ids: Objects
    node_keys: Objects
    node_labels: Objects
    node_type: Int32
    edge_ids: Objects
    edge_relation: Int32
    edge_year: Int32
    edge_evidence: Objects
    incidence: Incidence
    roles: Roles
    node_type_names: tuple[str, ...] = ()
    relation_names: tuple[str, ...] = ()
    role_names: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()

    def __post_init__(self) -> None:
        check_range(self.incidence.edge_nodes, self.num_nodes, "edge_nodes")
        check_range(self.incidence.node_edges, self.num_hyperedges, "node_edges")
        check_range(self.node_type, len(self.node_type_names), "node_type")
        check_range(self.edge_relation, len(self.relation_names), "edge_relation")

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes, N."""
        return len(self.node_ids)

    @property
    def num_hyperedges(self) -> int:
        """Return the number of hyperedges, E."""
        return len(self.edge_ids)

    @property
    def hyperedge_index(self) -> Int64:
        """Return the pairs (node, hyperedge) [2, I], as hypergraph convolutions take them."""
        edges = np.repeat(np.arange(self.num_hyperedges), self.incidence.sizes)
        return np.stack([self.incidence.edge_nodes.astype(np.int64), edges])

    def role_set(self, entry: int) -> tuple[str, ...]:
        """Return the roles at one entry of `roles`, in the order of `role_names`."""
        bits = int(self.roles[entry])
        return tuple(name for k, name in enumerate(self.role_names) if bits >> k & 1)

    def node(self, row: int) -> Node:
        """Return the node at `row`."""
        return Node(
            id=self.node_ids[row],
            type=self.node_type_names[self.node_type[row]],
            label=self.node_labels[row],
            key=self.node_keys[row],
        )

    def statement(self, row: int) -> Statement:
        """Return the hyperedge at `row`; participants by node, then by role."""
        start, end = self.incidence.edge_pointers[row : row + 2]
        participants = (
            Participant(entity_id=self.node_ids[self.incidence.edge_nodes[entry]], role=role)
            for entry in range(start, end)
            for role in self.role_set(entry) or ("",)
        )
        return Statement(
            id=self.edge_ids[row],
            relation=self.relation_names[self.edge_relation[row]],
            participants=tuple(participants),
            year=int(self.edge_year[row]),
            evidence=self.edge_evidence[row],
        )

    def nodes(self) -> Iterator[Node]:
        """Yield every node, in the order of rows."""
        return map(self.node, range(self.num_nodes))

    def statements(self) -> Iterator[Statement]:
        """Yield every hyperedge, in the order of rows."""
        return map(self.statement, range(self.num_hyperedges))
