"""Analysis of a whole library: resumable, incremental, the same on any number of processes."""

import json
from collections import Counter
from io import StringIO

import pytest

from paperflow import analysis
from paperflow.answers.statements import Filter, mapped_statements
from paperflow.errors import NotReady, UnknownName
from paperflow.extract import ENTITY_TYPES, RELATION_TYPES
from paperflow.extract.layout import PARTS
from paperflow.graphs.selection import Selection
from paperflow.pipeline import analyze_papers
from paperflow.records import Paper
from paperflow.reports.html import render
from paperflow.workspace import find_workspace


def facts_of(store):
    return (
        list(store.facts.passages()),
        list(store.facts.entities()),
        list(store.facts.relations()),
        list(store.facts.hyperedges()),
    )


def test_every_quote_of_the_whole_library_is_what_its_passage_says(demo):
    texts = {passage.id: passage.text for passage in demo.store.facts.passages()}
    evidence = [e for owner in demo.store.facts.entities() for e in owner.evidence]
    evidence += [e for owner in demo.store.facts.relations() for e in owner.evidence]
    evidence += [edge.evidence for edge in demo.store.facts.hyperedges()]
    assert len(evidence) > 2000
    for item in evidence:
        assert texts[item.passage_id][item.start : item.end] == item.quote
    assert not list(demo.store.checks.problems())


def test_nothing_dangles_and_nothing_is_without_evidence(demo):
    entities = {entity.id for entity in demo.store.facts.entities()}
    for relation in demo.store.facts.relations():
        assert relation.evidence
        assert {relation.source, relation.target} <= entities
    for edge in demo.store.facts.hyperedges():
        assert {part.entity_id for part in edge.participants} <= entities


def test_every_declared_type_is_found_in_the_bundled_corpus(demo):
    nodes = {entity.type for entity in demo.store.facts.entities()}
    edges = {relation.type for relation in demo.store.facts.relations()}
    # The bundled corpus has no full texts.
    assert nodes == set(ENTITY_TYPES) - {*PARTS, "experiment"}
    assert edges == set(RELATION_TYPES) - {f"has_{part}" for part in PARTS}


def test_two_processes_find_what_one_finds(demo, tmp_path):
    other = find_workspace(tmp_path, create=True)
    papers = list(demo.store.papers.all())
    copies = [
        Paper(title=f"{paper.title} ({n})", abstract=paper.abstract, year=paper.year)
        for n in range(5)
        for paper in papers
    ]
    other.store.papers.add(copies)
    assert analyze_papers(other.store, workers=2).done == len(copies)
    parallel = facts_of(other.store)
    other.store.checks.repair()
    assert analyze_papers(other.store, workers=1).done == len(copies)
    assert facts_of(other.store) == parallel


def test_only_what_is_new_or_changed_is_analysed(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="Graph transformers", abstract="We use attention.")])
    assert analysis.analyze(workspace).done == 1
    assert analysis.analyze(workspace).done == 0
    workspace.store.papers.add([Paper(title="Deep sets", abstract="We use pooling.")])
    assert analysis.to_analyze(workspace) == 1
    assert analysis.analyze(workspace).done == 1


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title=f"Graph network {n}") for n in range(200)])

    def stop(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze_papers(workspace.store, workers=1, progress=stop)
    left = analysis.to_analyze(workspace)
    assert 0 < left < 200
    assert analysis.analyze(workspace).done == left
    assert not list(workspace.store.checks.problems())


def test_a_paper_that_trips_the_extractors_is_named_and_stops_nothing(tmp_path, monkeypatch):
    from paperflow import pipeline

    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="Fine"), Paper(title="Bad")])
    real = pipeline.analyse

    def trip(paper, document, **options):
        if paper.title == "Bad":
            raise RuntimeError("tripped")
        return real(paper, document, **options)

    monkeypatch.setattr(pipeline, "analyse", trip)
    summary = analyze_papers(workspace.store, workers=1)
    assert summary.done == 1
    assert [failure.reason for failure in summary.failures] == ["RuntimeError: tripped"]


def test_status_counts_what_there_is(demo):
    found = analysis.library_status(demo)
    assert found["papers"] == 74
    assert found["passages"] == len(list(demo.store.facts.passages()))
    assert found["nodes"] == sum(found["node_types"].values())
    assert found["edges"] == sum(found["edge_types"].values())
    assert (found["to_analyze"], found["to_embed"]) == (0, 0)


def test_each_author_of_the_library_stands_once_under_all_names(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([
        Paper(title="On engines", authors=("Ada B. Lovelace", "Alan Turing")),
        Paper(title="On notes", authors=("A. B. Lovelace", "Turing, Alan", "The Wire Group")),
        Paper(title="On seas", authors=("Jan van den Berg", "Alan Turing")),
    ])  # fmt: skip
    found = analysis.library_authors(workspace)
    assert [(person.names, len(person.works)) for person in found] == [
        (("Turing, Alan",), 3),
        (("Lovelace, Ada B.", "Lovelace, A. B."), 2),
        (("van den Berg, Jan",), 1),
    ]


def test_the_doctor_finds_damage_and_repairs_what_is_derived(demo, tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="Graph transformers", abstract="We use attention.")])
    analysis.analyze(workspace)
    before = facts_of(workspace.store)
    assert analysis.examine(workspace)["problems"] == []
    workspace.store.database.execute("update passages set text = 'x' where section = 'abstract'")
    assert analysis.examine(workspace)["problems"]
    analysis.repair_derived(workspace)
    assert analysis.examine(workspace)["problems"] == []
    assert facts_of(workspace.store) == before


def test_the_doctor_finds_damaged_arrays_and_makes_them_again(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add(
        [Paper(title="BERT uses attention", abstract="We propose BERT, which uses attention.")]
    )
    analysis.analyze(workspace)
    mapped_statements(workspace, Filter())
    assert analysis.examine(workspace)["problems"] == []
    file = next(workspace.hypergraph_files.glob("*/edge_nodes.npy"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert "not as they were written" in analysis.examine(workspace)["problems"][0]
    analysis.repair_derived(workspace)
    assert analysis.examine(workspace)["problems"] == []


def test_the_graph_can_be_asked_for_a_node_by_a_name_a_person_types(demo):
    found, notes = analysis.around(demo, "Graph Transformers", hops=1, most=10)
    text = found.as_text()
    assert "this is the nearest" in notes[0]
    assert analysis.around(demo, "graph transformer", hops=1, most=10)[1] == []
    assert text.startswith("graph transformer (method")
    assert "“" in text
    with pytest.raises(UnknownName, match="no node named"):
        analysis.around(demo, "qqq zzz", hops=1, most=10)


def test_an_unanalysed_library_says_what_to_do(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    with pytest.raises(NotReady, match="empty"):
        analysis.graph_statistics(workspace, Selection())
    workspace.store.papers.add([Paper(title="One")])
    with pytest.raises(NotReady, match="not analysed"):
        analysis.graph_statistics(workspace, Selection())


@pytest.mark.parametrize("format", ["graphml", "json", "hif"])
def test_graphs_are_exported_in_every_format(demo, format):
    out = StringIO()
    analysis.export_graph(demo, format, out, Selection())
    assert "graph transformer" in out.getvalue()
    if format != "graphml":
        json.loads(out.getvalue())


def test_a_report_on_the_library_lists_papers_graph_and_timeline(demo):
    report = analysis.library_report(demo, title="My library")
    assert len(report.papers) == 74
    assert sum(period.count for period in report.timeline) == 74
    kinds = Counter(node.type for node in report.graph.nodes)
    assert kinds["paper"] >= 74
    assert kinds["method"] > 10
    page = render(report)
    assert "My library" in page
    assert page == render(analysis.library_report(demo, title="My library"))
