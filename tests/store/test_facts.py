"""Facts: kept paper by paper, with evidence, nothing dangling."""

import dataclasses

import pytest

from paperflow.extract.gather import Gathering
from paperflow.records import Facts, Paper, Passage, quote
from tests.store.conftest import analysed


def test_what_was_put_comes_back(filled):
    for paper in filled.papers.all():
        text = next(filled.facts.passages(paper.id)).text
        passages, facts = analysed(paper, text)
        assert list(filled.facts.passages(paper.id)) == passages
        assert list(filled.facts.relations(papers=[paper.id])) == list(facts.relations)
        assert list(filled.facts.hyperedges(papers=[paper.id])) == list(facts.hyperedges)
        found = list(filled.facts.entities(papers=[paper.id]))
        assert found == sorted(facts.entities, key=lambda entity: entity.id)


def test_an_entity_of_two_papers_is_one_node_with_the_evidence_of_both(filled):
    (shared,) = [e for e in filled.facts.entities() if len(e.evidence) > 1]
    assert shared.label == "graph"
    assert len({item.paper_id for item in shared.evidence}) == 2
    assert filled.facts.counts()["entities"] == 3


def test_a_cited_work_goes_by_its_title_where_any_paper_tells_it(store):
    names = {"First": ("DOI:10.1/x",), "Second": ("doi:10.1/x", "A Theory of Rivers")}
    for title, labels in names.items():
        store.papers.add([Paper(title=title)])
        id = store.papers.find(title)
        passage = Passage(id=f"p:{id}", paper_id=id, ordinal=0, section="record", text="[1]")
        gathering = Gathering()
        for label in labels:
            gathering.entity("paper", "doi:10.1/x", label, [quote(passage, 0, 3)])
        store.facts.put(id, "x", [passage], gathering.facts())
    (work,) = store.facts.entities("paper")
    assert work.label == "A Theory of Rivers"
    assert {label for _, _, label, _ in store.facts.mentions()} == {"DOI:10.1/x", work.label}


def test_all_walks_are_sorted_by_id(filled):
    for walk in (filled.facts.entities(), filled.facts.relations(), filled.facts.hyperedges()):
        ids = [item.id for item in walk]
        assert ids == sorted(ids)


def test_an_analysed_paper_is_pending_again_only_when_it_or_the_version_changes(filled):
    assert filled.facts.pending_count("1") == 0
    assert filled.facts.pending_count("2") == 2
    filled.papers.add([Paper(title="Large graphs", abstract="Now with an abstract.")])
    assert [paper.title for paper, _ in filled.facts.pending("1")] == ["Large graphs"]


def test_replacing_an_analysis_forgets_what_only_it_said(filled):
    paper = next(filled.papers.all())
    filled.facts.put(paper.id, "x", *analysed(paper, "GraphGPS extends message passing."))
    labels = {entity.label for entity in filled.facts.entities()}
    assert "GraphGPS" in labels
    assert len(labels) == 4
    assert not list(filled.checks.problems())


def test_a_removed_paper_takes_its_facts_with_it(store):
    store.papers.add([Paper(title="Large graphs")])
    paper = next(store.papers.all())
    store.facts.put(paper.id, "x", *analysed(paper))
    store.papers.add([Paper(title="Large graphs", doi="10.1000/a")])
    assert store.papers.ids() == ["doi:10.1000/a"]
    assert list(store.facts.passages()) == []
    assert list(store.facts.entities()) == []
    assert not list(store.checks.problems())


def test_a_quote_that_its_passage_does_not_hold_is_refused(store):
    store.papers.add([Paper(title="Large graphs")])
    paper = next(store.papers.all())
    passages, facts = analysed(paper)
    wrong = dataclasses.replace(facts.entities[0].evidence[0], quote="LargeXX")
    entity = dataclasses.replace(facts.entities[0], evidence=(wrong,))
    with pytest.raises(ValueError, match="does not say 'LargeXX'"):
        store.facts.put(paper.id, "x", passages, Facts(entities=(entity,)))
    bare = dataclasses.replace(facts.entities[0], evidence=())
    with pytest.raises(ValueError, match="no evidence"):
        store.facts.put(paper.id, "x", passages, Facts(entities=(bare,)))
    assert store.facts.counts()["passages"] == 0


def test_an_edge_to_nowhere_is_refused_by_the_database_and_nothing_is_written(store):
    store.papers.add([Paper(title="Large graphs")])
    paper = next(store.papers.all())
    passages, facts = analysed(paper)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.facts.put(paper.id, "x", passages, dataclasses.replace(facts, entities=()))
    assert store.facts.counts()["passages"] == 0


def test_checks_find_what_was_tampered_with_and_repair_forgets_it(filled):
    filled.database.execute("update passages set text = 'Something else.' where ordinal = 0")
    found = list(filled.checks.problems())
    assert any("quote that is not in its passage" in problem for problem in found)
    filled.checks.repair()
    assert not list(filled.checks.problems())
    assert filled.facts.pending_count("1") == filled.papers.count() == 2


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        ("update entity_evidence set stop = 9999", "a span that leaves its passage"),
        ("update relation_evidence set quote = 'no'", "a quote that is not in its passage"),
        ("delete from entity_evidence", "an entity of a paper that does not quote it"),
        ("delete from relation_evidence", "a relation of a paper that does not quote it"),
        ("delete from relation_evidence", "a relation without evidence"),
        ("delete from participants where position > 0", "fewer than two participants"),
        ("update hyperedges set paper_id = (select max(id) from papers)", "another paper says"),
    ],
)
def test_checks_find_every_way_in_which_a_fact_can_lack_its_proof(filled, tampering, problem):
    assert not list(filled.checks.problems())
    filled.database.execute(tampering)
    assert any(problem in found for found in filled.checks.problems())


def test_mentions_are_told_without_evidence(filled):
    papers = {paper.id: paper.title for paper in filled.papers.all()}
    told = {(type, label, papers[paper]) for _, type, label, paper in filled.facts.mentions()}
    assert {("method", "LargeGT", "Large graphs"), ("method", "TANGNN", "Small graphs")} <= told
    assert list(filled.facts.mentions()) == sorted(
        filled.facts.mentions(), key=lambda row: (row[0], row[3])
    )
