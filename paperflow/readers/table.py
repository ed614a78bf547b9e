"""CSV and TSV tables: a header row with names, one paper a row.

Names of columns are matched with tolerance (aliases.py); columns that are no field of a
paper go to `extra` under their own names. Authors are separated by ";". An apostrophe that
guards a spreadsheet against a formula, as our own export writes it, is taken off again;
a cell that begins with "=" is text like any other.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any

from paperflow.errors import UnreadableFile
from paperflow.readers import dates
from paperflow.readers.aliases import known, open_own, sort_out
from paperflow.readers.fields import BadRecord, assemble
from paperflow.readers.file import File, Reader
from paperflow.records import Failure, Paper

NAME = "table"
_DELIMITERS = "\t;,"
# What our own export writes before a cell that a spreadsheet would run.
_GUARD = re.compile("'(?='*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])")
_LONGEST_HEADER = 60  # characters; what is longer is prose


def _looks_like(head: str) -> bool:
    """Recognise a first line of short names, most of which we know, over rows like it."""
    line, _, rest = head.lstrip("\ufeff").partition("\n")
    names = next(csv.reader([line], delimiter=_delimiter(line)), [])
    short = all(len(name) <= _LONGEST_HEADER for name in names)
    stated, _ = sort_out((name, name) for name in names)
    alike = not rest.strip() or _delimiter(line) in rest.split("\n", 1)[0]
    if not short or "title" not in stated or len(names) < 2:
        return False
    return known(names) == len(names) or (alike and 2 * known(names) >= len(names))


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _read(file: File) -> Iterator[Paper | Failure]:
    lines = _Lines(file)
    first = next(lines, "").lstrip("\ufeff")
    header = [name.strip() for name in next(csv.reader([first], delimiter=_delimiter(first)))]
    if "title" not in sort_out((name, name) for name in header)[0]:
        raise UnreadableFile("its first row names no column for the title")
    rows = csv.reader(lines, delimiter=_delimiter(first), strict=True)
    while True:
        start = lines.count + 1
        try:
            row = next(rows, None)
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield _paper(header, row)
        except csv.Error as error:
            yield file.failure(f"row at line {start}", f"it is no CSV: {error}")
        except BadRecord as error:
            yield file.failure(f"row at line {start}", str(error))


class _Lines:
    """A file's lines with their ends, counted."""

    def __init__(self, file: File) -> None:
        self._lines = file.lines()
        self.count = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        return line.replace("\0", "") + "\n"


def _paper(header: list[str], row: list[str]) -> Paper:
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        raise BadRecord(f"it has {len(row)} cells under {len(header)} names")
    cells = [(name, _unguarded(cell)) for name, cell in zip(header, row, strict=False)]
    stated, extra = sort_out(cells)
    open_own(stated, extra)
    _complete_date(stated)
    return assemble(NAME, stated, extra)


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARD.match(cell) else cell.strip()


def _complete_date(stated: dict[str, Any]) -> None:
    """Let a year alone be the date, and take the year out of a date column called year."""
    year = str(stated.get("year", ""))
    if year and not dates.plausible(year) and dates.parse(year):
        stated.setdefault("date", dates.parse(year))
        del stated["year"]
    elif dates.plausible(year):
        stated.setdefault("date", year)


READER = Reader(suffixes=(".csv", ".tsv"), looks_like=_looks_like, read=_read)
