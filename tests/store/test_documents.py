"""Full texts in the store: kept with their record, analysed again when they change."""

from dataclasses import replace

from paperflow.documents import Block, Document
from paperflow.extract import VERSION
from paperflow.pipeline import analyze_papers
from paperflow.records import Paper

PAPER = Paper(title="Bridges of a Town", year=1736)
DOCUMENT = Document(
    paper=PAPER, blocks=(Block(kind="paragraph", text="We propose a walk over bridges.", page=4),)
)


def test_a_document_comes_back_as_it_was(store):
    store.papers.add([PAPER])
    store.documents.put_many([DOCUMENT])
    (paper_id,) = store.papers.ids()
    assert store.documents.get(paper_id) == DOCUMENT
    assert store.documents.count() == 1
    assert store.documents.get("nobody") is None


def test_a_document_follows_its_record_when_papers_merge(store):
    store.papers.add([PAPER])
    store.documents.put_many([DOCUMENT])
    store.papers.add([replace(PAPER, doi="10.1/bridges")])
    (paper_id,) = store.papers.ids()
    assert paper_id.startswith("doi:")
    assert store.documents.get(paper_id) == DOCUMENT


def test_the_longest_text_of_a_paper_counts(store):
    other = replace(DOCUMENT, paper=replace(PAPER, sources=("html",)))
    long = replace(other, blocks=(*other.blocks, Block(kind="paragraph", text="More.")))
    store.papers.add([PAPER, long.paper])
    store.documents.put_many([DOCUMENT, long])
    (paper_id,) = store.papers.ids()
    assert store.documents.get(paper_id) == long
    assert store.documents.count() == 1


def test_a_new_text_is_analysed_and_its_passages_have_pages(store):
    store.papers.add([PAPER])
    assert analyze_papers(store, workers=1).done == 1
    store.documents.put_many([DOCUMENT])
    assert store.facts.pending_count(VERSION) == 1
    assert analyze_papers(store, workers=1).done == 1
    assert store.facts.pending_count(VERSION) == 0
    assert [p.page for p in store.facts.passages() if p.text.startswith("We propose")] == [4]
    assert not list(store.checks.problems())


def test_headings_and_references_answer_no_question(store):
    kinds = ("heading", "reference", "paragraph")
    blocks = tuple(Block(kind=kind, text=f"A {kind} on zebras.") for kind in kinds)
    store.papers.add([PAPER])
    store.documents.put_many([replace(DOCUMENT, blocks=blocks)])
    analyze_papers(store, workers=1)
    found = [passage.kind for passage, _ in store.search.passages(["zebras"], 9)]
    assert found == ["paragraph"]
    store.checks.repair()
    assert not list(store.checks.problems())
