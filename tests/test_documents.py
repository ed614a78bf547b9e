"""The document model: what it promises of spans, cells, passages, and its form as JSON."""

import dataclasses

from paperflow.documents import (
    FIRST_ORDINAL,
    Block,
    Document,
    Equation,
    Figure,
    Link,
    Reference,
    Section,
    Table,
    problems_of,
)
from paperflow.records import Paper

ROWS = (("Model", "F1"), ("GT", ".91"))
DOCUMENT = Document(
    paper=Paper(title="On Bridges", authors=("Euler, L.",), year=1736, sources=("pdf",)),
    blocks=(
        Block(kind="heading", text="Method", section=0, page=1),
        Block(kind="heading", text="Walks", section=1, page=1, region=(1.0, 2.0, 3.0, 4.0)),
        Block(kind="paragraph", text="We follow [1].", section=1, page=2),
        Block(kind="table", text="Model\tF1\nGT\t.91", section=1, page=2),
        Block(kind="caption", text="Figure 1: A town.", section=1, page=2),
        Block(kind="equation", text="a = b", section=1, page=2),
        Block(kind="reference", text="[1] L. Euler. Bridges.", section=1, page=3),
    ),
    sections=(
        Section(title="Method", level=1, block=0, number="1"),
        Section(title="Walks", level=2, block=1, number="1.1", parent=0),
    ),
    figures=(Figure(label="1", block=4, page=2),),
    tables=(Table(label="1", body=3, rows=ROWS, header_rows=1),),
    equations=(Equation(label="1", block=5, latex="a=b"),),
    references=(Reference(label="1", block=6, work=Paper(title="Bridges", year=1735)),),
    links=(Link(kind="reference", block=2, start=10, end=13, targets=(0,)),),
    pages=3,
    remarks=("page 2 holds a picture only",),
)


def test_the_sample_points_at_nothing_wrong():
    assert problems_of(DOCUMENT) == []


def test_json_keeps_everything():
    assert Document.from_json(DOCUMENT.to_json()) == DOCUMENT
    assert Document.from_json(DOCUMENT.to_json()).to_json() == DOCUMENT.to_json()


def test_blocks_stand_in_the_text_where_their_spans_say():
    spans = DOCUMENT.block_spans()
    assert len(spans) == len(DOCUMENT.blocks)
    for (start, end), block in zip(spans, DOCUMENT.blocks, strict=True):
        assert DOCUMENT.text[start:end] == block.text


def test_a_cell_stands_in_its_block_where_its_span_says():
    text = DOCUMENT.blocks[3].text
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            start, end = DOCUMENT.tables[0].cell_span(row, column)
            assert text[start:end] == cell


def test_passages_follow_the_record_s_and_know_their_place():
    passages = DOCUMENT.passages("p")
    assert [p.ordinal for p in passages] == list(range(FIRST_ORDINAL, FIRST_ORDINAL + 7))
    assert passages[2].section == "Method / Walks"
    assert (passages[2].page, passages[2].kind) == (2, "paragraph")
    assert len({p.id for p in passages}) == 7


def test_citations_are_the_links_to_references():
    other = dataclasses.replace(DOCUMENT.links[0], kind="figure")
    both = dataclasses.replace(DOCUMENT, links=(*DOCUMENT.links, other))
    assert list(both.citations()) == list(DOCUMENT.links)


def test_what_points_at_nothing_is_found():
    for change in (
        {"links": (Link(kind="reference", block=2, start=10, end=99),)},
        {"links": (Link(kind="figure", block=2, start=0, end=2, targets=(1,)),)},
        {"sections": (Section(title="A", level=1, block=99),)},
        {"tables": (Table(label="1", body=3, rows=(("Model",),)),)},
        {"blocks": (Block(kind="paragraph", text=" "),)},
    ):
        assert problems_of(dataclasses.replace(DOCUMENT, **change))
