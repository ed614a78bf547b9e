"""The front of a paper: title, authors, and where the abstract begins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from paperflow.readers.pdf.headings import ABSTRACT, NUMBERED
from paperflow.readers.pdf.layout import CAPTION, CELL_GAP, Row
from paperflow.readers.pdf.words import Vocabulary
from paperflow.readers.people import names_in

_STAMP = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\s*\[")
_DOI = re.compile(r"(?:doi\.org/|\bdoi:?\s*)(10\.\d{4,9}/[^\s,;]+[^\s,;.])", re.IGNORECASE)
_BANNER = re.compile(
    r"published as|under review|preprint|proceedings of|^arxiv|^journal of|accepted (?:to|at"
    r"|for)|^vol\.|^doi|https?:|^©|^copyright|^\d",
    re.IGNORECASE,
)
_TITLE_BLOCK = 260  # points below the title in which the authors stand
_INTRODUCTION = re.compile(r"(?:(?:1|I)\.?\s+)?introduction\b", re.IGNORECASE)


@dataclass
class Front:
    """What stands before the text; `rest` is the number of the first chunk that does not."""

    title: str = ""
    title_page_rows: list[Row] = field(default_factory=list)
    authors: tuple[str, ...] = ()
    rest: int = 0


def read_front(chunks: Sequence[Sequence[Row]], size: float, words: Vocabulary) -> Front:
    """Return title and authors, from the first page's chunks before abstract or introduction."""
    first = chunks[0][0].line.page if chunks else 1
    end = next(
        (n for n, chunk in enumerate(chunks) if _begins(chunk) or chunk[0].line.page > first + 1), 0
    )
    head = [row for chunk in chunks[:end] if not _is_float(chunk) for row in chunk]
    if not head:
        return Front()
    rows = _title_rows([row for row in head if not _BANNER.search(row.line.text)], size)
    after = [
        row
        for row in head
        if rows
        and rows[-1].line.y - _TITLE_BLOCK < row.line.y < rows[-1].line.y
        and row.line.page == rows[0].line.page
    ]
    title = words.text([row.line for row in rows])
    people = names_in(_cells(after))
    return Front(title, rows, people, end)


def _begins(chunk: Sequence[Row]) -> bool:
    text = " ".join(row.line.text for row in chunk[:2])
    numbered = NUMBERED.match(text)
    return bool(
        ABSTRACT.match(text)
        or _INTRODUCTION.match(text)
        or (numbered and numbered["number"] == "1" and len(text) < 60)
    )


def _is_float(chunk: Sequence[Row]) -> bool:
    """Tell a caption, or the rows of a table, that stand above the title or beside it."""
    several = sum(len(row.line.cells(CELL_GAP)) > 2 for row in chunk)
    return bool(CAPTION.match(chunk[0].line.text)) or (len(chunk) > 2 and several == len(chunk))


def _title_rows(rows: Sequence[Row], size: float) -> list[Row]:
    """Return the lines in the largest letters, else the first bold ones."""
    words = [row for row in rows if sum(char.isalpha() for char in row.line.text) > 2]
    largest = max((row.line.largest for row in words), default=0.0)
    chosen = (
        [row for row in words if row.line.largest > largest - 0.8] if largest > size + 0.8 else []
    )
    parted = [row for before, row in pairwise(rows) if before in chosen and before.line.broken]
    chosen = [row for row in rows if row in chosen or row in parted]
    if not chosen:
        chosen = [row for row in words if row.line.bold][:4] or list(words[:1])
    start = rows.index(chosen[0])
    kept = [row for row in chosen if rows.index(row) < start + 8]
    return [
        row
        for n, row in enumerate(kept)
        if n == 0 or kept[n - 1].line.y - row.line.y < 3 * row.line.size
    ]


def _cells(rows: Sequence[Row]) -> list[str]:
    return [" ".join(word.text for word in cell) for row in rows for cell in row.line.cells(1.5)]


def arxiv_of(text: str) -> str:
    """Return the arXiv id that is stamped on a page."""
    found = _STAMP.search(text)
    return found[1] if found else ""


def doi_of(text: str) -> str:
    """Return the DOI that a first page prints of its own paper."""
    found = _DOI.search(text)
    return found[1] if found else ""
