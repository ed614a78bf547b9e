"""What lies around a node, bounded and in a fixed order."""

import networkx
from hypothesis import assume, given
from hypothesis import strategies as st

from paperflow.graphs.build import graph_from
from paperflow.graphs.convert import to_networkx
from paperflow.graphs.neighbourhood import neighbourhood
from paperflow.graphs.rows import Edge, Node
from paperflow.records import Evidence
from tests.graphs.strategies import FEW, graphs

SAID = Evidence(passage_id="p", paper_id="arxiv:1", start=0, end=9, quote="A uses B.")
GRAPH = graph_from(
    [Node(id, "concept", id.upper(), papers=2) for id in "abcdef"],
    [
        Edge("1", "uses", "a", "b", papers=1, evidence=(SAID, SAID)),
        Edge("2", "uses", "c", "a", papers=3),
        Edge("3", "extends", "a", "d", papers=1),
        Edge("4", "uses", "a", "d", papers=1),
        Edge("5", "uses", "b", "e", papers=1),
    ],
)


def names(part):
    return part.graph.node_ids.tolist()


def test_neighbours_come_along_and_against_edges():
    part = neighbourhood(GRAPH, 0)
    assert names(part) == ["a", "b", "c", "d"]
    assert part.graph.edge_ids.tolist() == ["1", "3", "4", "2"]
    assert part.hops.tolist() == [0, 1, 1, 1]
    assert part.left_out == 0


def test_the_neighbours_that_most_papers_state_stay_when_room_is_short():
    part = neighbourhood(GRAPH, 0, max_nodes=3)
    assert names(part) == ["a", "c", "d"]
    assert part.left_out == 1
    assert names(neighbourhood(GRAPH, 0, max_nodes=2)) == ["a", "c"]
    assert names(neighbourhood(GRAPH, 0, max_nodes=1)) == ["a"]


def test_a_second_hop_goes_through_the_first():
    part = neighbourhood(GRAPH, 0, hops=2)
    assert names(part) == ["a", "b", "c", "d", "e"]
    assert part.hops.tolist() == [0, 1, 1, 1, 2]
    assert names(neighbourhood(GRAPH, 0, hops=0)) == ["a"]
    assert names(neighbourhood(GRAPH, 5, hops=9)) == ["f"]


def test_it_reads_with_its_quotes_nearest_first():
    assert neighbourhood(GRAPH, 0, hops=2, max_nodes=4).as_text().splitlines() == [
        "A (concept; named by 2 papers)",
        "  C —uses→ A",
        "  A —uses→ B",
        "      “A uses B.” (arxiv:1)",
        "  A —extends→ D",
        "  A —uses→ D",
        "  and 1 more nodes",
    ]
    assert neighbourhood(GRAPH, 0).as_text(quotes=2).count("“A uses B.”") == 2


def test_it_is_plain_data_with_evidence():
    values = neighbourhood(GRAPH, 0).as_dict()
    assert values["centre"] == "a"
    assert [(node["id"], node["hops"]) for node in values["nodes"]] == [
        ("a", 0), ("b", 1), ("c", 1), ("d", 1),
    ]  # fmt: skip
    assert values["edges"][0]["evidence"][0]["quote"] == "A uses B."


@FEW
@given(graphs(), st.data(), st.integers(0, 4), st.integers(1, 7))
def test_it_is_what_networkx_calls_an_ego_graph_cut_to_size(graph, data, hops, room):
    assume(graph.num_nodes)
    row = data.draw(st.integers(0, graph.num_nodes - 1))
    centre = graph.node_ids[row]
    ego = networkx.ego_graph(to_networkx(graph).to_undirected(), centre, radius=hops)
    whole = neighbourhood(graph, row, hops=hops, max_nodes=99)
    assert set(names(whole)) == set(ego)
    lengths = networkx.single_source_shortest_path_length(ego, centre)
    assert dict(zip(names(whole), whole.hops.tolist(), strict=True)) == lengths
    cut = neighbourhood(graph, row, hops=hops, max_nodes=room)
    assert len(names(cut)) == min(room, len(ego))
    assert set(names(cut)) <= set(ego)
    assert centre in names(cut)
