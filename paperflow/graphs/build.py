"""Rows to arrays: sorted, named, indexed, so that equal rows give equal arrays."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int32, Int64, Objects, Roles
from paperflow.graphs.data import GraphData, HypergraphData, Incidence
from paperflow.graphs.rows import Edge, Merge, Node, Statement

MAX_ROLES = 32  # one bit each


def graph_from(
    nodes: Iterable[Node], edges: Iterable[Edge], merges: Sequence[Merge] = ()
) -> GraphData:
    """Return the graph of these rows: nodes by id, edges by source, target, type, and id.

    Raise BadInput where an id stands twice or an edge names no node.
    """
    nodes = sorted(nodes, key=lambda node: node.id)
    rows = _rows_by_id([node.id for node in nodes], "node")
    edges = list(edges)
    _rows_by_id([edge.id for edge in edges], "edge")
    edges.sort(key=lambda edge: (*_ends(edge, rows), edge.type, edge.id))
    node_type, node_type_names = named([node.type for node in nodes])
    edge_type, edge_type_names = named([edge.type for edge in edges])
    return GraphData(
        node_ids=objects(node.id for node in nodes),
        node_keys=objects(node.key for node in nodes),
        node_labels=objects(node.label for node in nodes),
        node_type=node_type,
        node_year=_int32(node.year for node in nodes),
        node_papers=_int32(node.papers for node in nodes),
        node_in_library=np.fromiter((node.in_library for node in nodes), np.bool_),
        node_properties=objects(node.properties for node in nodes),
        node_evidence=objects(node.evidence for node in nodes),
        edge_ids=objects(edge.id for edge in edges),
        edge_index=_pairs(_ends(edge, rows) for edge in edges),
        edge_type=edge_type,
        edge_year=_int32(edge.year for edge in edges),
        edge_papers=_int32(edge.papers for edge in edges),
        edge_properties=objects(edge.properties for edge in edges),
        edge_evidence=objects(edge.evidence for edge in edges),
        node_type_names=node_type_names,
        edge_type_names=edge_type_names,
        merges=tuple(merges),
    )


def hypergraph_from(
    nodes: Iterable[Node], statements: Iterable[Statement], merges: Sequence[Merge] = ()
) -> HypergraphData:
    """Return the hypergraph of these rows: nodes by id, hyperedges by id.

    Raise BadInput where an id stands twice or a statement names no node.
    """
    nodes = sorted(nodes, key=lambda node: node.id)
    statements = sorted(statements, key=lambda statement: statement.id)
    rows = _rows_by_id([node.id for node in nodes], "node")
    _rows_by_id([statement.id for statement in statements], "hyperedge")
    role_names = _role_names(statements)
    pairs, roles = _incidences(statements, rows, role_names)
    node_type, node_type_names = named([node.type for node in nodes])
    relation, relation_names = named([statement.relation for statement in statements])
    return HypergraphData(
        node_ids=objects(node.id for node in nodes),
        node_keys=objects(node.key for node in nodes),
        node_labels=objects(node.label for node in nodes),
        node_type=node_type,
        edge_ids=objects(statement.id for statement in statements),
        edge_relation=relation,
        edge_year=_int32(statement.year for statement in statements),
        edge_evidence=objects(statement.evidence for statement in statements),
        incidence=Incidence.from_pairs(pairs[0], pairs[1], len(statements), len(nodes)),
        roles=roles,
        node_type_names=node_type_names,
        relation_names=relation_names,
        role_names=role_names,
        merges=tuple(merges),
    )


def objects(values: Iterable[Any]) -> Objects:
    """Return values as they are, one per row."""
    return np.fromiter(values, dtype=np.object_)


def named(values: Sequence[str]) -> tuple[Int32, tuple[str, ...]]:
    """Return each value as its place among the sorted distinct values, and those."""
    names = tuple(sorted(set(values)))
    place = {name: number for number, name in enumerate(names)}
    return _int32(place[value] for value in values), names


def _int32(values: Iterable[int]) -> Int32:
    return np.fromiter(values, np.int32)


def _pairs(values: Iterable[tuple[int, int]]) -> Int64:
    """Return the pairs as columns [2, n]."""
    flat = np.fromiter((number for pair in values for number in pair), np.int64)
    return np.ascontiguousarray(flat.reshape(-1, 2).T)


def _rows_by_id(ids: Sequence[str], what: str) -> dict[str, int]:
    rows: dict[str, int] = {}
    for row, id in enumerate(ids):
        if rows.setdefault(id, row) != row:
            raise BadInput(f"the {what} id {id!r} stands twice")
    return rows


def _ends(edge: Edge, rows: dict[str, int]) -> tuple[int, int]:
    try:
        return rows[edge.source], rows[edge.target]
    except KeyError as missing:
        raise BadInput(f"the edge {edge.id!r} names no node: {missing.args[0]!r}") from None


def _role_names(statements: Iterable[Statement]) -> tuple[str, ...]:
    found = {part.role for statement in statements for part in statement.participants}
    names = tuple(sorted(found - {""}))
    if len(names) > MAX_ROLES:
        raise BadInput(f"{len(names)} different roles, where {MAX_ROLES} are the most")
    return names


def _incidences(
    statements: Sequence[Statement], rows: dict[str, int], role_names: tuple[str, ...]
) -> tuple[Int64, Roles]:
    """Return the distinct pairs (hyperedge, node) [2, I], ascending, and their roles [I]."""
    bit = {"": 0} | {name: 1 << number for number, name in enumerate(role_names)}
    roles: dict[tuple[int, int], int] = {}
    for number, statement in enumerate(statements):
        for part in statement.participants:
            if part.entity_id not in rows:
                raise BadInput(f"{statement.id!r} names no node: {part.entity_id!r}")
            pair = number, rows[part.entity_id]
            roles[pair] = roles.get(pair, 0) | bit[part.role]
    pairs = sorted(roles)
    return _pairs(pairs), np.fromiter((roles[pair] for pair in pairs), np.uint32)


def subgraph(graph: GraphData, rows: Iterable[int]) -> GraphData:
    """Return the nodes at `rows` and every edge between two of them."""
    kept = np.zeros(graph.num_nodes, dtype=np.bool_)
    kept[np.fromiter(rows, np.int64)] = True
    edges: NDArray[np.int64] = np.flatnonzero(kept[graph.edge_index].all(axis=0))
    return graph_from(
        map(graph.node, np.flatnonzero(kept).tolist()),
        map(graph.edge, edges.tolist()),
        graph.merges,
    )


def subhypergraph(graph: HypergraphData, rows: Iterable[int]) -> HypergraphData:
    """Return the hyperedges at `rows` and the nodes that take part in them."""
    kept = [graph.statement(row) for row in rows]
    named = {part.entity_id for item in kept for part in item.participants}
    nodes = (node for node in graph.nodes() if node.id in named)
    return hypergraph_from(nodes, kept, graph.merges)
