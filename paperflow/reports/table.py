"""CSV after RFC 4180, safe to open in a spreadsheet.

A cell that a spreadsheet would run as a formula gets an apostrophe in front; a reader
takes one apostrophe away where `GUARDED` matches, and has the cell as it was.
"""

import csv
import json
import re
from collections.abc import Sequence
from typing import Any, TextIO

from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.records_json import writable
from paperflow.reports.text import clean

COLUMNS = (
    "citation_key",
    "id",
    "title",
    "authors",
    "author_count",
    "year",
    "date",
    "venue",
    "kind",
    "doi",
    "arxiv_id",
    "primary_class",
    "url",
    "pdf_url",
    "volume",
    "issue",
    "pages",
    "publisher",
    "language",
    "keywords",
    "references",
    "citation_count",
    "sources",
    "extra",
    "abstract",
)

_RUNS = "[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]"  # the last four are full-width = + - @
_FORMULA = re.compile(f"'*{_RUNS}")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
GUARDED = re.compile(f"''*{_RUNS}")


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write a header and one row a paper, sorted by citation key; open `out` with newline=""."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for key, paper in keyed(papers):
        writer.writerow(row(paper, key))


def row(paper: Paper, key: str) -> list[str]:
    """Return the paper's cells in the order of COLUMNS."""
    values = {"citation_key": key, **paper.as_dict()}
    return [guard(_cell(values.get(column))) for column in COLUMNS]


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet runs; numbers stay numbers."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    """Undo `guard`."""
    return cell[1:] if GUARDED.match(cell) else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return clean("; ".join(value))
    if isinstance(value, dict):
        return json.dumps(writable(value), ensure_ascii=False, sort_keys=True)
    return clean(str(value))
