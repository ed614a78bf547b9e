"""GraphML, node-link JSON, and HIF: written, read back, and read by other programs."""

import io
import json
from pathlib import Path

import jsonschema
import networkx
import pytest
from hypothesis import given

from paperflow.errors import PaperflowError, UnreadableFile
from paperflow.graphs import graphml, hif, node_link
from paperflow.graphs.build import graph_from, hypergraph_from
from paperflow.graphs.convert import from_networkx
from paperflow.graphs.rows import Edge, Node, Statement
from paperflow.records import Evidence, Participant
from tests.graphs.strategies import FEW, graphs, hypergraphs

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((Path(__file__).parent / "hif_schema.json").read_text(encoding="utf-8"))
PLACE = Evidence(
    passage_id="p:1", paper_id="arxiv:1706.03762", start=4, end=16, quote="A & B <say>\x01 «so»"
)
NODES = [
    Node("m:1", "method", "LargeGT", "largegt", 2023, 2, False, {"acronym": "LGT"}, (PLACE,)),
    Node("p:1", "paper", "Large\x0bgraphs\r\n_x0041_", "arxiv:1", 2023, 1, True),
]
EDGES = [Edge("e:1", "proposes", "p:1", "m:1", 2023, 1, {}, (PLACE,))]
SMALL = graph_from(NODES, EDGES)
STATED = hypergraph_from(
    NODES,
    [
        Statement(
            "s:1",
            "propose",
            (
                Participant(entity_id="p:1", role="subject"),
                Participant(entity_id="m:1", role="object"),
            ),
            2023,
            PLACE,
        ),
        Statement("s:2", "be", ()),
    ],
)
# Fields that HIF has no place for.
STATED_NODES = [Node(n.id, n.type, n.label, n.key) for n in NODES]


def written(write, graph):
    out = io.StringIO()
    write(graph, out)
    return out.getvalue()


def through(module, graph):
    text = written(module.write, graph)
    text.encode()
    return module.read(io.StringIO(text))


@FEW
@given(graphs())
def test_a_graph_comes_back_from_node_link_json(graph):
    assert through(node_link, graph) == graph


@FEW
@given(graphs())
def test_a_graph_comes_back_from_graphml(graph):
    assert through(graphml, graph) == graph


@FEW
@given(hypergraphs())
def test_a_hypergraph_comes_back_from_hif(graph):
    assert through(hif, graph) == graph


@FEW
@given(hypergraphs())
def test_what_hif_writes_is_what_the_standard_allows(graph):
    jsonschema.validate(json.loads(written(hif.write, graph)), SCHEMA)


@FEW
@given(graphs())
def test_networkx_reads_our_json_as_the_same_graph(graph):
    read = networkx.node_link_graph(json.loads(written(node_link.write, graph)), edges="edges")
    assert isinstance(read, networkx.MultiDiGraph)
    assert from_networkx(read) == graph


@FEW
@given(graphs())
def test_networkx_reads_our_graphml_with_types(graph):
    text = written(graphml.write, graph)
    read = networkx.parse_graphml(text, force_multigraph=True, edge_key_type=str)
    assert (read.number_of_nodes(), read.number_of_edges()) == (graph.num_nodes, graph.num_edges)
    for _, values in read.nodes(data=True):
        assert type(values["papers"]) is int
        assert type(values["in_library"]) is bool
        assert type(values.get("year", 0)) is int
        assert isinstance(values["label"], str)


@pytest.mark.parametrize(
    ("name", "write", "graph"),
    [
        ("small.graphml", graphml.write, SMALL),
        ("small.json", node_link.write, SMALL),
        ("small.hif.json", hif.write, STATED),
    ],
)
def test_a_file_looks_as_it_did(name, write, graph):
    text = written(write, graph)
    assert text == (GOLDEN / name).read_bytes().decode(), name


def test_the_golden_hif_reads_back_with_roles_quotes_and_an_empty_statement():
    with (GOLDEN / "small.hif.json").open(encoding="utf-8") as source:
        graph = hif.read(source)
    assert graph == STATED
    assert list(graph.nodes()) == STATED_NODES
    assert [part.role for part in graph.statement(0).participants] == ["object", "subject"]
    assert graph.statement(0).evidence == PLACE
    assert graph.statement(1).participants == ()


def test_json_of_another_tool_is_read():
    foreign = networkx.path_graph(3)
    foreign.add_node("alone", weight=2)
    for edges in ("edges", "links"):
        values = networkx.node_link_data(foreign, edges=edges)
        graph = node_link.read(io.StringIO(json.dumps(values)))
        assert graph.node_ids.tolist() == ["0", "1", "2", "alone"]
        assert graph.edge_index.tolist() == [[0, 1], [1, 2]]


def test_parallel_edges_without_ids_get_their_own():
    foreign = networkx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "a")])
    text = "\n".join(networkx.generate_graphml(foreign))
    for graph in (from_networkx(foreign), graphml.read(io.StringIO(text))):
        assert graph.edge_index.tolist() == [[0, 0, 1], [1, 1, 0]]
        assert len(set(graph.edge_ids)) == 3


def test_undirected_graphml_is_read_as_it_stands():
    text = "\n".join(networkx.generate_graphml(networkx.path_graph(3)))
    assert graphml.read(io.StringIO(text)).edge_index.tolist() == [[0, 1], [1, 2]]


def test_hif_of_another_library_is_read_with_directions_as_roles():
    text = json.dumps(
        {
            "network-type": "directed",
            "incidences": [
                {"edge": 1, "node": 10, "direction": "tail", "weight": 2.5},
                {"edge": 1, "node": 11, "direction": "head"},
                {"edge": 2, "node": 10, "direction": "head"},
                {"edge": 2, "node": 10, "direction": "tail"},
            ],
            "nodes": [{"node": 12, "weight": 1, "attrs": {"label": "alone"}}],
        }
    )
    graph = hif.read(io.StringIO(text))
    assert graph.node_labels.tolist() == ["10", "11", "alone"]
    assert [graph.role_set(entry) for entry in range(3)] == [("tail",), ("head",), ("head", "tail")]
    assert graph.incidence.degrees.tolist() == [2, 1, 0]


INCIDENCE = {"edge": 1, "node": 1}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "needs a list of incidences"),
        ([], "an object is needed|a JSON object is needed"),
        ({"incidences": {}}, "must be a list"),
        ({"incidences": [], "network-type": "tree"}, "no network-type 'tree'"),
        ({"incidences": [], "metadata": []}, "'metadata' must be an object"),
        ({"incidences": [], "hypernodes": []}, "no member 'hypernodes'"),
        ({"incidences": [{"edge": 1}]}, "incidence 1 has no 'node'"),
        ({"incidences": [[1, 2]]}, "incidence 1 can't be read"),
        ({"incidences": [INCIDENCE | {"direction": "up"}]}, "no direction 'up'"),
        ({"incidences": [INCIDENCE | {"weight": "2"}]}, "'weight' must be a number"),
        ({"incidences": [INCIDENCE | {"attrs": [1]}]}, "'attrs' must be an object"),
        ({"incidences": [INCIDENCE, {"edge": 1.5, "node": 1}]}, "incidence 2 can't be read"),
        ({"incidences": [], "nodes": [{"attrs": {}}]}, "node 1 has no 'node'"),
        ({"incidences": [], "edges": [{"edge": 1, "attrs": {"year": "n.d."}}]}, "edge 1 can't"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused(values, reason):
    with pytest.raises(UnreadableFile, match=reason):
        hif.read(io.StringIO(json.dumps(values)))


@pytest.mark.parametrize("text", ["", "{", "null", '"a"', "[" * 100_000, '{"nodes": 1}'])
@pytest.mark.parametrize("read", [node_link.read, hif.read])
def test_what_is_not_such_json_is_refused(read, text):
    with pytest.raises(UnreadableFile):
        read(io.StringIO(text))


@pytest.mark.parametrize(
    "values",
    [
        {"nodes": [{"label": "no id"}]},
        {"nodes": [{"id": ["list"]}]},
        {"nodes": [{"id": "a", "year": "soon"}]},
        {"nodes": [{"id": "a", "evidence": [{"quote": "nowhere"}]}]},
        {"nodes": [{"id": "a"}], "edges": [{"source": "a"}]},
        {"nodes": [{"id": "a"}], "edges": [{"source": "a", "target": "b"}]},
        {"nodes": [{"id": "a"}, {"id": "a"}]},
        {"nodes": [], "graph": []},
        {"nodes": [], "graph": {"merges": [{"kept": "a"}]}},
    ],
)
def test_node_link_json_that_does_not_hold_together_is_refused(values):
    with pytest.raises(PaperflowError):
        node_link.read(io.StringIO(json.dumps(values)))


HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
KEYS = (
    '<key id="y" for="node" attr.name="year" attr.type="string"/>'
    '<key id="e" for="node" attr.name="evidence" attr.type="string"/>'
    '<key id="m" for="graph" attr.name="merges" attr.type="string"/>'
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not XML",
        "<graphml/>",
        f"{HEAD}<graph>",
        f'{HEAD}<graph><node id="a"><data key="z">1</data></node></graph></graphml>',
        f'{HEAD}{KEYS}<graph><node id="a"><data key="y">soon</data></node></graph></graphml>',
        f'{HEAD}{KEYS}<graph><node id="a"><data key="e">[</data></node></graph></graphml>',
        f'{HEAD}{KEYS}<graph><data key="m">{{</data></graph></graphml>',
    ],
)
def test_what_is_not_graphml_is_refused(text):
    with pytest.raises(UnreadableFile):
        graphml.read(io.StringIO(text))


def test_entities_of_a_hostile_graphml_file_are_not_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    text = (
        f'<!DOCTYPE graphml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{HEAD}'
        '<key id="l" for="node" attr.name="label" attr.type="string"/>'
        '<graph><node id="a"><data key="l">&x;</data></node></graph></graphml>'
    )
    with pytest.raises(UnreadableFile):
        graphml.read(io.StringIO(text))
