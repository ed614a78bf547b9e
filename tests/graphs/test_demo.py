"""The demo library, from its records to graphs, files, and other libraries' objects."""

import dataclasses
import io
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import jsonschema
import pytest

from paperflow.extract import ENTITY_TYPES, VERSION, analyse
from paperflow.extract.layout import PARTS
from paperflow.graphs import graphml, hif, node_link
from paperflow.graphs.citation import citation_graph
from paperflow.graphs.convert import GRAPH_EXPORTERS, from_hypernetx, to_hypernetx
from paperflow.graphs.find import find_node
from paperflow.graphs.hetero import from_hetero, to_hetero
from paperflow.graphs.hypergraph import hypergraph
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.neighbourhood import neighbourhood
from paperflow.graphs.selection import CONCEPT_LIKE, EVERYTHING, Selection
from paperflow.graphs.stats import graph_stats, hypergraph_stats
from paperflow.records import Paper
from paperflow.store import open_store
from tests.graphs.test_formats import SCHEMA

DEMO = Path(__file__).parents[2] / "data" / "demo" / "papers.jsonl"
READERS = {"graphml": graphml.read, "json": node_link.read, "hif": hif.read}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return the demo library, analysed."""
    path = tmp_path_factory.mktemp("demo") / "store.sqlite"
    with open_store(path) as opened:
        lines = DEMO.read_text(encoding="utf-8").splitlines()
        opened.papers.add([Paper.from_dict(json.loads(line)) for line in lines])
        for paper, fingerprint in list(opened.facts.pending(VERSION)):
            opened.facts.put(paper.id, fingerprint, *analyse(paper))
        yield opened


@pytest.fixture(scope="module")
def graph(store):
    return knowledge_graph(store)


@pytest.fixture(scope="module")
def statements(store):
    return hypergraph(store)


def test_the_graph_has_every_paper_and_every_kind_of_node(store, graph):
    stats = graph_stats(graph)
    assert stats["in_library"] == store.papers.count() == 74
    assert set(stats["node_types"]) == set(ENTITY_TYPES) - {*PARTS, "experiment"}
    counts = store.facts.counts()
    assert stats["nodes"] == counts["entities"] - len(graph.merges)


def test_every_node_edge_and_statement_is_quoted_from_its_passage(store, graph, statements):
    texts = {passage.id: passage.text for passage in store.facts.passages()}
    rows = [*graph.nodes(), *graph.edges()]
    assert all(row.evidence for row in rows)
    quotes = [item for row in rows for item in row.evidence]
    quotes += [item.evidence for item in statements.statements()]
    assert all(texts[item.passage_id][item.start : item.end] == item.quote for item in quotes)


def test_library_papers_are_called_by_their_titles(store, graph):
    titles = {" ".join(paper.title.split()) for paper in store.papers.all()}
    assert {node.label for node in graph.nodes() if node.in_library} == titles


def test_statements_join_concepts_of_the_graph(graph, statements):
    assert set(statements.node_ids) <= set(graph.node_ids)
    assert set(statements.node_type_names) <= CONCEPT_LIKE
    assert hypergraph_stats(statements)["size"]["min"] >= 2
    assert statements.num_hyperedges > 100


def test_citations_are_those_of_the_graph(store, graph):
    citations = citation_graph(store)
    cites = [edge.id for edge in graph.edges() if edge.type == "cites"]
    assert sorted(citations.edge_ids) == sorted(cites)
    assert all(edge.evidence for edge in citations.edges())


@pytest.mark.parametrize("name", sorted(READERS))
def test_each_file_of_the_library_reads_back_the_same(store, graph, statements, name):
    out = io.StringIO()
    GRAPH_EXPORTERS.load(name)(store, out, EVERYTHING)
    expected = statements if name == "hif" else graph
    assert READERS[name](io.StringIO(out.getvalue())) == expected
    if name == "hif":
        jsonschema.validate(json.loads(out.getvalue()), SCHEMA)


def test_every_exporter_has_a_reader_here():
    assert set(READERS) == set(GRAPH_EXPORTERS.names())


def test_a_selection_makes_a_smaller_file(store):
    sizes = []
    for selection in (EVERYTHING, Selection(types=("paper", "method"), min_document_frequency=3)):
        out = io.StringIO()
        node_link_export = GRAPH_EXPORTERS.load("json")
        node_link_export(store, out, selection)
        sizes.append(len(json.loads(out.getvalue())["nodes"]))
    assert 74 < sizes[1] < sizes[0] / 2


def test_the_whole_graph_goes_through_pyg(graph):
    pytest.importorskip("torch_geometric")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        data = to_hetero(graph)
        assert data.validate()
    assert from_hetero(data) == graph


def test_the_whole_hypergraph_goes_through_hypernetx(statements):
    pytest.importorskip("hypernetx")
    made = to_hypernetx(statements)
    assert made.shape == (statements.num_nodes, statements.num_hyperedges)
    assert from_hypernetx(made) == dataclasses.replace(statements, merges=())


def test_a_well_known_concept_shows_its_surroundings(graph):
    part = neighbourhood(graph, find_node(graph, "graph transformer").row, max_nodes=9)
    text = part.as_text()
    assert len(part.graph.node_ids) == 9
    assert part.left_out >= 1
    assert "A Generalization of Transformer Networks to Graphs —proposes→ graph transformer" in text
    assert "“" in text
    assert find_node(graph, "GT").row == find_node(graph, "graph transformer").row


PROGRAM = """
import sys
from paperflow.graphs.convert import GRAPH_EXPORTERS
from paperflow.graphs.selection import EVERYTHING
from paperflow.store import open_store
store = open_store(sys.argv[1])
for name in GRAPH_EXPORTERS.names():
    GRAPH_EXPORTERS.load(name)(store, sys.stdout, EVERYTHING)
"""


def test_two_processes_write_the_same_bytes(store):
    written = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(store.database.path)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        )
        written.append(done.stdout)
    assert written[0] == written[1]
    assert len(written[0]) > 100_000
