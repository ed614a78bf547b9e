"""Coverage: what of a full text the graph links, what it does not, and why."""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from paperflow import analysis
from paperflow.cli import app
from paperflow.documents import Block, Document, Equation, Link
from paperflow.errors import UnknownName
from paperflow.extract import analyse
from paperflow.extract.layout import PARTS
from paperflow.graphs.coverage import ABSENT, BARE, UNTOLD, coverage_of, together
from paperflow.records import Paper
from paperflow.reports.html import render
from paperflow.workspace import find_workspace
from tests.extract.full_text import DOCUMENT, PAPER


def cover(document):
    """Return the coverage of a full text by what the extractors find in it."""
    facts = analyse(PAPER, document)[1]
    return coverage_of(document, PAPER.id, facts.entities, facts.relations)


def reasons(found):
    return {(part.kind, part.label[:12]): part.reason for part in found.missing}


def with_block(kind, text, section=2, **parts):
    """Return the made-up full text with one more block at its end, and with other parts."""
    block = Block(kind=kind, text=text, section=section, page=9)
    return dataclasses.replace(DOCUMENT, blocks=(*DOCUMENT.blocks, block), **parts)


def test_every_kind_of_part_is_counted_equations_and_references_too():
    found = cover(DOCUMENT)
    assert set(found.totals) == set(PARTS)
    assert found.totals["section"] == 5  # the list of references is no section of prose
    assert found.linked == {"section": 5, "figure": 1, "table": 1, "equation": 1, "reference": 1}
    assert found.share == pytest.approx(9 / 10)


def test_what_is_not_linked_is_listed_with_its_reason():
    (part,) = cover(DOCUMENT).missing
    assert part == ("reference", "[2] Unreadable scribble", 2, UNTOLD, 1)


def test_an_equation_that_no_sentence_is_about_is_not_linked():
    equations = (*DOCUMENT.equations, Equation(label="", block=len(DOCUMENT.blocks)))
    found = cover(with_block("equation", "b = c", section=5, equations=equations))
    assert reasons(found)["equation", "b = c"] == "no term is related to it"
    assert (found.linked["equation"], found.totals["equation"]) == (1, 2)


def test_a_reference_that_nothing_cites_is_not_linked():
    links = tuple(link for link in DOCUMENT.links if link.kind != "reference")
    found = cover(dataclasses.replace(DOCUMENT, links=links))
    assert reasons(found)["reference", "[1] T. Kipf "] == "no sentence cites it"


def test_a_section_without_anything_to_find_is_not_linked():
    said = dataclasses.replace(DOCUMENT.blocks[12], text="It was so.")
    blocks = (*DOCUMENT.blocks[:12], said, *DOCUMENT.blocks[13:])
    found = cover(dataclasses.replace(DOCUMENT, blocks=blocks))
    assert reasons(found)["section", "4 Limitation"] == "nothing was found in its text"
    assert (found.linked["section"], found.totals["section"]) == (4, 5)


def test_what_the_reader_did_not_find_counts_against_the_share():
    lost = Link(kind="figure", block=len(DOCUMENT.blocks), start=4, end=12)
    again = dataclasses.replace(lost, start=17, end=25)
    links = (*DOCUMENT.links, lost, again)
    found = cover(with_block("paragraph", "See Figure 7 and Figure 7.", links=links))
    assert reasons(found)["figure", "Figure 7"] == ABSENT
    assert (found.linked["figure"], found.totals["figure"]) == (1, 2)
    assert found.share < cover(DOCUMENT).share


@pytest.mark.parametrize(
    "document",
    [
        Document(paper=PAPER),
        Document(paper=PAPER, blocks=(Block(kind="paragraph", text="We use attention."),)),
    ],
)
def test_an_empty_text_covers_nothing(document):
    found = cover(document)
    assert found.share == 0.0
    assert [part.reason for part in found.missing] == [BARE]
    assert together([found, cover(DOCUMENT)])["text"] == (0, 1)


@pytest.fixture
def library(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([PAPER, Paper(title="Without a text")])
    workspace.store.documents.put_many([DOCUMENT])
    analysis.analyze(workspace)
    return workspace


def test_the_library_s_coverage_is_that_of_its_texts(library):
    found = analysis.coverage(library)
    assert {count.name: (count.value, count.of) for count in found.parts} == {
        "section": (5, 5), "figure": (1, 1), "table": (1, 1), "equation": (1, 1),
        "reference": (1, 2),
    }  # fmt: skip
    assert [(item.name, item.value, item.of) for item in found.papers] == [
        (library.store.papers.ids()[0], 9, 10)
    ]
    assert (len(found.gaps), found.left_out, found.unread) == (1, 0, 1)
    none_listed = analysis.coverage(library, most=0)
    assert (none_listed.gaps, none_listed.left_out) == ((), 1)


def test_a_paper_is_named_by_its_citation_key(library):
    (key,) = [key for key in library.citation_keys().values() if "foo" in key.lower()]
    assert analysis.coverage(library, key).unread == 0
    with pytest.raises(UnknownName, match="no paper 'nobody2020'"):
        analysis.coverage(library, "nobody2020")


def test_the_command_prints_shares_and_what_is_not_linked(library):
    arguments = ["graph", "coverage", "-w", str(library.folder)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "90%" in result.stdout
    assert "Unreadable scribble" in result.stdout
    assert "1 papers have no full text" in result.stderr
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert told["gaps"][0]["reason"] == UNTOLD


def test_the_report_has_a_section_on_coverage_where_there_is_a_text(library, demo):
    page = render(analysis.library_report(library))
    assert 'id="coverage"' in page
    assert "[2] Unreadable scribble" in page
    assert "By paper" in page
    assert "1 papers have no full text" in page
    assert 'id="coverage"' not in render(analysis.library_report(demo))
