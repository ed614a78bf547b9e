"""Numbers about graphs agree with networkx and with counting by hand."""

import json

import networkx
import pytest
from hypothesis import given

from paperflow.graphs.build import graph_from, hypergraph_from
from paperflow.graphs.convert import to_networkx
from paperflow.graphs.rows import Edge, Node, Statement
from paperflow.graphs.stats import as_text, graph_stats, hypergraph_stats
from paperflow.records import Participant
from tests.graphs.strategies import FEW, graphs, hypergraphs

NODES = [Node(id, "concept" if id < "d" else "paper", id.upper()) for id in "abcd"]
GRAPH = graph_from(
    NODES,
    [
        Edge("1", "uses", "a", "b"),
        Edge("2", "uses", "d", "a"),
        Edge("3", "cites", "d", "a"),
    ],
)


def stated(id, members):
    return Statement(id, "is", tuple(Participant(entity_id=m, role="subject") for m in members))


HYPERGRAPH = hypergraph_from(
    NODES, [stated("1", "ab"), stated("2", "ba"), stated("3", "abc"), stated("4", "")]
)


def test_a_graph_is_counted_by_type():
    stats = graph_stats(GRAPH)
    assert (stats["nodes"], stats["edges"]) == (4, 3)
    assert stats["node_types"] == {"concept": 3, "paper": 1}
    assert stats["edge_types"] == {"cites": 1, "uses": 2}
    assert stats["density"] == pytest.approx(2 / 12)
    assert stats["degree"]["max"] == 3
    assert stats["components"] == {"count": 2, "largest": 3, "single_nodes": 1}
    assert [item["id"] for item in stats["top"]["concept"]] == ["a", "b", "c"]


def test_a_hypergraph_is_counted_by_size():
    stats = hypergraph_stats(HYPERGRAPH, top=1)
    assert (stats["nodes"], stats["hyperedges"], stats["incidences"]) == (4, 4, 7)
    assert stats["sizes"] == {"0": 1, "2": 2, "3": 1}
    assert stats["repeats"] == 1
    assert stats["components"] == {"count": 2, "largest": 3, "single_nodes": 1}
    assert stats["top"] == {
        "concept": [{"id": "a", "label": "A", "degree": 3}],
        "paper": [{"id": "d", "label": "D", "degree": 0}],
    }


def test_statistics_read_as_lines():
    lines = as_text(graph_stats(GRAPH)).splitlines()
    assert lines[:2] == ["nodes: 4", "edges: 3"]
    assert "  concept: A (3), B (1), C (0)" in lines
    nested = as_text({"graph": graph_stats(GRAPH)}).splitlines()
    assert nested == ["graph", *(f"  {line}" for line in lines)]


def test_only_the_most_frequent_of_many_relations_are_listed():
    statements = [stated(f"{n}", "ab")._replace(relation=f"r{n:02}") for n in range(20)]
    often = [stated(f"more {n}", "ab")._replace(relation="r19") for n in range(2)]
    stats = hypergraph_stats(hypergraph_from(NODES, [*statements, *often]))
    lines = as_text(stats).splitlines()
    first = lines.index("relations") + 1
    assert lines[first : first + 2] == ["  r19: 3", "  r00: 1"]
    assert "  5 others: 5" in lines
    assert len(stats["relations"]) == 20


@FEW
@given(graphs())
def test_a_graphs_numbers_agree_with_networkx(graph):
    stats = graph_stats(graph)
    other = to_networkx(graph)
    degrees = [degree for _, degree in other.degree()]
    simple = networkx.DiGraph(other)
    simple.remove_edges_from(list(networkx.selfloop_edges(simple)))
    assert stats["density"] == pytest.approx(networkx.density(simple))
    assert stats["degree"].get("max", 0) == max(degrees, default=0)
    assert stats["degree"].get("mean", 0) * len(degrees) == pytest.approx(sum(degrees), abs=1e-3)
    parts = list(networkx.weakly_connected_components(other))
    assert stats["components"]["count"] == len(parts)
    assert stats["components"]["largest"] == max(map(len, parts), default=0)
    json.dumps(stats)
    as_text(stats)


@FEW
@given(hypergraphs())
def test_a_hypergraphs_numbers_agree_with_brute_force(graph):
    stats = hypergraph_stats(graph)
    members = [
        frozenset(part.entity_id for part in item.participants) for item in graph.statements()
    ]
    assert stats["repeats"] == len(members) - len(set(members))
    assert sum(stats["sizes"].values()) == len(members)
    assert stats["incidences"] == sum(map(len, members))
    parts = networkx.Graph()
    parts.add_nodes_from(graph.node_ids)
    for found in members:
        networkx.add_path(parts, sorted(found))
    sizes = list(map(len, networkx.connected_components(parts)))
    assert stats["components"]["count"] == len(sizes)
    assert stats["components"]["largest"] == max(sizes, default=0)
    json.dumps(stats)
    as_text(stats)
