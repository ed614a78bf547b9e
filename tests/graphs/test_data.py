"""Rows become arrays that hold the same and never dangle."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.errors import BadInput
from paperflow.graphs.build import graph_from, hypergraph_from, subgraph
from paperflow.graphs.data import Incidence
from paperflow.graphs.rows import Edge, Node, Statement
from paperflow.records import Participant
from tests.graphs.strategies import FEW, graph_rows, graphs, hypergraphs, statement_rows

A, B = Node("a", "concept", "A"), Node("b", "paper", "B")


@FEW
@given(graph_rows())
def test_a_graph_holds_exactly_its_rows(rows):
    nodes, edges = rows
    graph = graph_from(nodes, edges)
    assert list(graph.nodes()) == sorted(nodes, key=lambda node: node.id)
    assert sorted(graph.edges(), key=lambda edge: edge.id) == sorted(edges, key=lambda e: e.id)


@FEW
@given(graph_rows(), st.randoms())
def test_the_order_of_rows_does_not_matter_to_a_graph(rows, random):
    before = graph_from(*rows)
    for part in rows:
        random.shuffle(part)
    assert graph_from(*rows) == before


@FEW
@given(statement_rows(), st.randoms())
def test_the_order_of_rows_does_not_matter_to_a_hypergraph(rows, random):
    before = hypergraph_from(*rows)
    for part in rows:
        random.shuffle(part)
    assert hypergraph_from(*rows) == before


@FEW
@given(statement_rows())
def test_a_statement_keeps_every_role_of_every_participant(rows):
    nodes, statements = rows
    graph = hypergraph_from(nodes, statements)
    given_parts = {item.id: set(_parts(item)) for item in statements}
    assert {item.id: set(_parts(item)) for item in graph.statements()} == given_parts
    assert [len(set(_parts(item))) for item in graph.statements()] == [
        len(_parts(item)) for item in graph.statements()
    ]


def _parts(statement):
    """Return (node, role) pairs; a bare participation is implied by any role."""
    pairs = [(part.entity_id, part.role) for part in statement.participants]
    roles = {id for id, role in pairs if role}
    return [pair for pair in pairs if pair[1] or pair[0] not in roles]


@FEW
@given(hypergraphs())
def test_both_directions_of_the_incidence_agree_with_brute_force(graph):
    incidence = graph.incidence
    members = [incidence.members(edge).tolist() for edge in range(graph.num_hyperedges)]
    assert [graph.node_ids[members[row]].tolist() for row in range(len(members))] == [
        sorted({part.entity_id for part in item.participants}) for item in graph.statements()
    ]
    for node in range(graph.num_nodes):
        expected = [edge for edge, found in enumerate(members) if node in found]
        assert incidence.memberships(node).tolist() == expected
        assert incidence.degrees[node] == len(expected)
    assert incidence.sizes.tolist() == list(map(len, members))
    assert set(zip(*graph.hyperedge_index.tolist(), strict=True)) == {
        (node, edge) for edge, found in enumerate(members) for node in found
    }


def test_the_incidence_has_small_ids_and_wide_pointers():
    graph = hypergraph_from([A], [Statement("s", "is", (Participant(entity_id="a", role=""),))])
    incidence = graph.incidence
    assert incidence.edge_nodes.dtype == incidence.node_edges.dtype == np.int32
    assert incidence.edge_pointers.dtype == incidence.node_pointers.dtype == np.int64


def test_an_empty_incidence_has_a_pointer_for_each_end():
    none = np.array([], dtype=np.int64)
    incidence = Incidence.from_pairs(none, none, 2, 3)
    assert incidence.edge_pointers.tolist() == [0, 0, 0]
    assert incidence.degrees.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("nodes", "edges", "reason"),
    [
        ([A, A], [], "node id 'a' stands twice"),
        ([A], [Edge("e", "t", "a", "x")], "names no node: 'x'"),
        ([A, B], [Edge("e", "t", "a", "b"), Edge("e", "u", "b", "a")], "edge id 'e' stands twice"),
    ],
)
def test_rows_that_do_not_fit_are_refused(nodes, edges, reason):
    with pytest.raises(BadInput, match=reason):
        graph_from(nodes, edges)


def test_a_participant_that_is_no_node_is_refused():
    with pytest.raises(BadInput, match="names no node: 'x'"):
        hypergraph_from([A], [Statement("s", "is", (Participant(entity_id="x", role=""),))])


def test_more_roles_than_there_are_bits_are_refused():
    parts = tuple(Participant(entity_id="a", role=f"role {n}") for n in range(33))
    with pytest.raises(BadInput, match="33 different roles"):
        hypergraph_from([A], [Statement("s", "is", parts)])
    assert hypergraph_from([A], [Statement("s", "is", parts[:32])]).roles.tolist() == [2**32 - 1]


def test_arrays_that_point_outside_are_refused():
    graph = graph_from([A, B], [Edge("e", "t", "a", "b")])
    with pytest.raises(ValueError, match="edge_index points outside"):
        replace(graph, edge_index=np.array([[0], [2]]))
    with pytest.raises(ValueError, match="edge_index must be"):
        replace(graph, edge_index=np.array([[0, 1], [1, 0]]))
    with pytest.raises(ValueError, match="node_type points outside"):
        replace(graph, node_type_names=("concept",))


def test_graphs_that_differ_in_one_value_are_not_equal():
    graph = graph_from([A, B], [Edge("e", "t", "a", "b")])
    assert graph == graph_from([B, A], [Edge("e", "t", "a", "b")])
    assert graph != graph_from([A, B._replace(year=2001)], [Edge("e", "t", "a", "b")])
    assert graph != graph_from([A, B], [Edge("e", "t", "b", "a")])
    assert graph != "a graph"


@FEW
@given(graphs(), st.data())
def test_a_subgraph_has_the_chosen_nodes_and_the_edges_between_them(graph, data):
    rows = st.integers(0, graph.num_nodes - 1) if graph.num_nodes else st.nothing()
    chosen = data.draw(st.sets(rows) if graph.num_nodes else st.just(set()))
    part = subgraph(graph, chosen)
    names = {graph.node_ids[row] for row in chosen}
    assert {node.id for node in part.nodes()} == names
    assert list(part.edges()) == [e for e in graph.edges() if {e.source, e.target} <= names]
