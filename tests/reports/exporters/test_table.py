"""CSV: RFC 4180, and safe to open in a spreadsheet."""

import csv
import json
from collections.abc import Sequence
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.table import COLUMNS, export, guard, unguard
from paperflow.reports.text import clean
from tests.reports.exporters.cases import PAPERS, libraries, texts


def table(papers: Sequence[Paper]) -> str:
    out = StringIO(newline="")
    export(papers, out)
    return out.getvalue()


def rows(papers: Sequence[Paper]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(table(papers), newline=""), strict=True))


@settings(max_examples=60)
@given(libraries)
def test_the_cells_are_read_back_as_they_were_but_for_the_guard(papers: list[Paper]) -> None:
    found = rows(papers)
    assert [row["citation_key"] for row in found] == [key for key, _ in keyed(papers)]
    for row, (_, paper) in zip(found, keyed(papers), strict=True):
        assert tuple(row) == COLUMNS
        assert unguard(row["title"]) == clean(paper.title)
        assert unguard(row["abstract"]) == clean(paper.abstract)
        assert unguard(row["authors"]) == clean("; ".join(paper.authors))
        assert row["year"] == ("" if paper.year is None else str(paper.year))
        extra = {clean(name): clean(value) for name, value in paper.extra.items()}
        assert json.loads(unguard(row["extra"]) or "{}").keys() == extra.keys()


@settings(max_examples=60)
@given(libraries)
def test_no_cell_is_a_formula(papers: list[Paper]) -> None:
    for row in rows(papers):
        for cell in row.values():
            assert not cell.startswith(tuple("=+-@\t\r")) or float(cell) is not None


@given(texts)
def test_the_guard_is_undone_exactly(text: str) -> None:
    for cell in (text, f"={text}", f"'={text}", f"''@{text}", f"'{text}"):
        assert unguard(guard(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-", "＝1", "'=1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    assert guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "-1", "+3.5", "-1e-5", "text", "'quoted'", "a=b"])
def test_numbers_and_words_are_left_alone(cell: str) -> None:
    assert guard(cell) == cell


def test_lines_end_in_crlf_and_no_mark_stands_before_the_header() -> None:
    text = table(PAPERS)
    assert text.startswith("citation_key,id,title,")
    assert text.count("\r\n") == text.count("\r") == len(PAPERS) + 1


def test_our_reader_gets_the_nasty_papers_back() -> None:
    found = list(read(BytesIO(table(PAPERS).encode()), kind="table"))
    for back, (_, paper) in zip(found, keyed(PAPERS), strict=True):
        assert isinstance(back, Paper)
        assert back.title == paper.title
        assert back.abstract == paper.abstract
        assert back.arxiv_id == paper.arxiv_id
        assert back.venue == paper.venue
        assert back.keywords == paper.keywords
