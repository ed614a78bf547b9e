"""Other libraries get the same graph, and give it back."""

import io
import json
import subprocess
import sys

import pytest
from hypothesis import given

from paperflow.errors import BadInput, MissingExtra, UnknownName, UnreadableFile
from paperflow.graphs import hif
from paperflow.graphs.build import hypergraph_from
from paperflow.graphs.convert import (
    GRAPH_EXPORTERS,
    draw_with_hypernetx,
    from_hypernetx,
    from_networkx,
    to_hypernetx,
    to_networkx,
)
from paperflow.graphs.rows import NO_EVIDENCE, Node, Statement
from paperflow.records import Evidence, Participant
from tests.graphs.strategies import FEW, graphs, hypergraphs, pandas_ids

PLACE = Evidence(passage_id="p:1", paper_id="doi:10.1/x", start=0, end=3, quote="A b")
NODES = [Node(id, "method", id.upper(), id) for id in ("a", "b", "c")]


@pytest.fixture(scope="module")
def hypernetx():
    """Import it before hypothesis runs: it changes Python's recursion limit."""
    return pytest.importorskip("hypernetx")


def part(id, role="subject"):
    return Participant(entity_id=id, role=role)


STATED = hypergraph_from(
    NODES,
    [
        Statement(
            "s:1", "uses", (part("a"), part("b", "object"), part("a", "object")), 2020, PLACE
        ),
        Statement("s:2", "uses", (part("a"), part("b", "object"))),
        Statement("s:3", "be", (part("a", ""),)),
    ],
)


def as_hif(graph):
    out = io.StringIO()
    hif.write(graph, out)
    return json.loads(out.getvalue())


def incidences(graph):
    return {(item.id, part.entity_id) for item in graph.statements() for part in item.participants}


@FEW
@given(graphs())
def test_a_graph_comes_back_from_networkx(graph):
    out = to_networkx(graph)
    assert (out.number_of_nodes(), out.number_of_edges()) == (graph.num_nodes, graph.num_edges)
    assert from_networkx(out) == graph


def test_a_networkx_graph_whose_nodes_are_not_names_is_refused():
    import networkx

    with pytest.raises(UnreadableFile, match="node 1 can't be read"):
        from_networkx(networkx.Graph([((1, 2), (3, 4))]))


@FEW
@given(hypergraphs(pandas_ids))
def test_a_hypergraph_comes_back_from_hypernetx(hypernetx, graph):
    back = from_hypernetx(to_hypernetx(graph))
    assert back == hypergraph_from(graph.nodes(), graph.statements())


def test_a_part_goes_to_hypernetx_and_comes_back_with_its_properties(hypernetx):
    part_of_it = to_hypernetx(STATED, [1, 2])
    assert part_of_it.incidence_dict == {"s:2": ["a", "b"], "s:3": ["a"]}
    kept = [item for item in STATED.statements() if item.id != "s:1"]
    assert from_hypernetx(part_of_it) == hypergraph_from(NODES[:2], kept)


def test_hypernetx_draws_a_part_with_labels_the_same_twice(hypernetx):
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        draw_with_hypernetx(STATED, [0, 2], out)
    assert first.getvalue() == second.getvalue()
    for words in (">A<", ">B<", ">uses<", ">be<"):
        assert words in first.getvalue().decode()


def test_hypernetx_shows_roles_relation_and_quote(hypernetx):
    graph = to_hypernetx(STATED)
    assert graph.incidence_dict == {"s:1": ["a", "b"], "s:2": ["a", "b"], "s:3": ["a"]}
    assert graph.get_cell_properties("s:1", "a", "roles") == ["object", "subject"]
    assert graph.edges["s:1"].quote == "A b"
    assert graph.edges["s:1"].paper_id == "doi:10.1/x"
    assert graph.edges["s:2"].relation == "uses"
    assert graph.nodes["b"].label == "B"
    assert sorted(graph.nodes) == ["a", "b"]


def test_ids_that_hypernetx_would_mix_up_are_refused(hypernetx):
    with pytest.raises(BadInput, match="NUL"):
        to_hypernetx(hypergraph_from([Node("a\0b", "concept", "A")], []))


def test_a_hypernetx_hypergraph_made_by_hand_is_read(hypernetx):
    graph = from_hypernetx(hypernetx.Hypergraph({0: [1, 2], 1: [2]}))
    assert incidences(graph) == {("0", "1"), ("0", "2"), ("1", "2")}
    assert graph.edge_evidence.tolist() == [NO_EVIDENCE, NO_EVIDENCE]


@FEW
@given(hypergraphs(pandas_ids))
def test_hypernetx_reads_our_hif_as_the_same_hypergraph(hypernetx, graph):
    hypernetx_hif = hypernetx.hif
    with pytest.MonkeyPatch.context() as patch:
        # It fetches the schema anew on each call; the tests have no network.
        patch.setattr(hypernetx_hif.requests, "get", lambda url: Answer())
        if not len(graph.roles):
            return  # it can't read a file without incidences
        read = hypernetx_hif.from_hif(as_hif(graph))
    assert {(e, n) for e, members in read.incidence_dict.items() for n in members} == incidences(
        graph
    )
    assert from_hypernetx(read) == hypergraph_from(graph.nodes(), graph.statements())


class Answer:
    text = json.dumps({"type": "object", "required": ["incidences"]})


@FEW
@given(hypergraphs())
def test_xgi_reads_our_hif_as_the_same_hypergraph(graph):
    xgi = pytest.importorskip("xgi")
    read = xgi.from_hif_dict(as_hif(graph))
    pairs = {(edge, node) for edge in read.edges for node in read.edges.members(edge)}
    assert pairs == incidences(graph)
    assert set(read.nodes) == set(graph.node_ids)
    assert set(read.edges) == set(graph.edge_ids)
    assert all(read.nodes[node.id]["label"] == node.label for node in graph.nodes())
    assert all(read.edges[item.id]["relation"] == item.relation for item in graph.statements())


def test_hypergraphx_reads_our_hif_with_repeats_as_one(tmp_path):
    read_hif = pytest.importorskip("hypergraphx.readwrite.hif").read_hif
    path = tmp_path / "small.hif.json"
    path.write_text(json.dumps(as_hif(STATED)), encoding="utf-8")
    read = read_hif(str(path))
    assert read.num_nodes() == 3
    assert sorted(map(len, read.get_edges())) == [1, 2]


def test_what_hypergraphx_writes_as_hif_says_not_who_is_where_and_is_refused(tmp_path):
    hypergraphx = pytest.importorskip("hypergraphx")
    write_hif = pytest.importorskip("hypergraphx.readwrite.hif").write_hif
    path = tmp_path / "theirs.hif.json"
    write_hif(hypergraphx.Hypergraph([(1, 2), (2, 3, 4)]), str(path))
    assert not json.loads(path.read_text(encoding="utf-8"))["incidences"]
    with path.open(encoding="utf-8") as source, pytest.raises(UnreadableFile, match="'type'"):
        hif.read(source)


def test_we_read_the_hif_of_xgi():
    xgi = pytest.importorskip("xgi")
    values = xgi.to_hif_dict(xgi.Hypergraph([[1, 2], [2, 3, 4], [2]]))
    graph = hif.read(io.StringIO(json.dumps(values)))
    assert incidences(graph) == {
        (str(edge), str(node)) for edge, nodes in enumerate([[1, 2], [2, 3, 4], [2]])
        for node in nodes
    }  # fmt: skip


def test_a_missing_hypernetx_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypernetx", None)
    with pytest.raises(MissingExtra, match="HyperNetX is not installed") as caught:
        to_hypernetx(STATED)
    assert "hypergraph" in caught.value.hint


def test_every_graph_exporter_can_be_loaded():
    assert GRAPH_EXPORTERS.names() == ["graphml", "hif", "json"]
    assert all(callable(GRAPH_EXPORTERS.load(name)) for name in GRAPH_EXPORTERS.names())
    with pytest.raises(UnknownName, match="no graph exporter named 'graphm'"):
        GRAPH_EXPORTERS.load("graphm")


def test_the_modules_of_graphs_import_nothing_heavy():
    code = (
        "import sys; import paperflow.graphs.convert, paperflow.graphs.hetero, "
        "paperflow.graphs.stats, paperflow.graphs.graphml, paperflow.graphs.citation; "
        "heavy = {'torch', 'torch_geometric', 'hypernetx', 'pandas', 'networkx', 'scipy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
