"""Nodes are found by what people type."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.build import graph_from, hypergraph_from
from paperflow.graphs.find import find_node
from paperflow.graphs.rows import Node, Statement
from paperflow.records import Participant
from tests.graphs.strategies import FEW, graphs

GRAPH = graph_from(
    [
        Node("c:1", "concept", "Graph Transformer", "graph transformer", papers=2),
        Node("c:2", "concept", "attention", "attention", papers=9),
        Node("m:1", "method", "graph transformer", "gt", papers=7),
        Node("m:2", "method", "GraphGPS", "graphgps", papers=1),
        Node("p:1", "paper", "Attention", "arxiv:1706.03762", papers=1),
    ],
    [],
)


def label(found):
    return GRAPH.node(found.row).id, found.by


def test_an_id_and_a_key_are_found_whatever_their_case():
    assert label(find_node(GRAPH, "c:2")) == ("c:2", "key")
    assert label(find_node(GRAPH, " ARXIV:1706.03762 ")) == ("p:1", "key")
    assert label(find_node(GRAPH, "GT")) == ("m:1", "key")


def test_a_label_is_found_and_a_key_goes_before_it():
    assert label(find_node(GRAPH, "graphGPS")) == ("m:2", "key")
    found = find_node(GRAPH, "Attention")
    assert label(found) == ("c:2", "key")
    found = find_node(GRAPH, "Attention", types=["paper"])
    assert label(found) == ("p:1", "label")


def test_of_several_the_best_known_comes_first_and_the_rest_are_told():
    twice = graph_from(
        [*GRAPH.nodes(), Node("t:1", "task", "graph  Transformer", "x", papers=3)], []
    )
    found = find_node(twice, "GRAPH transformer", types=["method", "task"])
    assert found.by == "label"
    assert [twice.node_ids[row] for row in (found.row, *found.others)] == ["m:1", "t:1"]


def test_a_misspelt_name_is_found_by_its_spelling():
    assert label(find_node(GRAPH, "graph tranformer")) == ("m:1", "spelling")
    assert [GRAPH.node_ids[row] for row in find_node(GRAPH, "graph tranformer").others] == ["c:1"]


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="no node named 'graph transport'") as caught:
        find_node(GRAPH, "graph transport")
    assert "graph transformer" in caught.value.hint.casefold()
    with pytest.raises(UnknownName) as caught:
        find_node(GRAPH, "zzz")
    assert "paperflow graph hubs" in caught.value.hint


def test_in_a_hypergraph_the_node_with_most_statements_comes_first():
    nodes = [Node("a", "concept", "same", "1"), Node("b", "method", "same", "2")]
    stated = Statement("s", "is", (Participant(entity_id="b", role="subject"),))
    found = find_node(hypergraph_from(nodes, [stated]), "same")
    assert (found.row, found.others) == (1, (0,))


@FEW
@given(graphs(), st.data())
def test_every_node_is_found_by_its_own_id(graph, data):
    assume(graph.num_nodes)
    row = data.draw(st.integers(0, graph.num_nodes - 1))
    assume(graph.node_ids[row].split())
    found = find_node(graph, graph.node_ids[row])
    assert row in (found.row, *found.others)


@pytest.mark.parametrize("name", ["", "  ", "\t\n"])
def test_a_blank_name_finds_nothing(name):
    unnamed = graph_from([*GRAPH.nodes(), Node("x:1", "concept", "", "", papers=99)], [])
    with pytest.raises(BadInput, match="a name is needed") as caught:
        find_node(unnamed, name)
    assert caught.value.hint


def test_a_type_that_the_graph_does_not_have_is_answered_with_those_it_has():
    for name in ("attention", "zzz"):
        with pytest.raises(UnknownName, match="no nodes of type 'foo'") as caught:
            find_node(GRAPH, name, types=["method", "foo"])
        assert caught.value.hint == "known: concept, method, paper"
    with pytest.raises(UnknownName, match="no nodes of type 'foo'") as caught:
        find_node(graph_from([], []), "attention", types=["foo"])
    assert caught.value.hint == "the graph has no nodes"
