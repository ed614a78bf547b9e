"""The lines under "References", split into entries, and each entry parsed."""

import itertools
import re
from collections.abc import Callable, Sequence

from paperflow.readers.pdf.layout import Row
from paperflow.readers.pdf.words import Vocabulary
from paperflow.readers.references import parse
from paperflow.records import Paper
from paperflow.store.identity import family_name

_BRACKETED = re.compile(r"\[(\d{1,3})\]")
_COUNTED = re.compile(r"\(?(\d{1,3})[.)](?=\s|$)")
_KEYED = re.compile(r"\[([A-Za-z][\w+*’'., -]{1,40}?\d{2,4}[a-z]?)\]")
_STARTS = re.compile(
    r"[A-Z\u00c0-\u00de][\w’'-]+(?:,|\s[A-Z]|\sand\s)|[A-Z]\.\s?(?:[A-Z]\.\s?)*[A-Z][a-z]"
)
_ENDS = re.compile(r"[.)\]]$|\d$")


def entries(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return label and lines of each entry, by the surest mark that the list has."""
    for pattern in (_BRACKETED, _COUNTED, _KEYED):
        starts = _numbered(rows, pattern) if pattern is not _KEYED else _matching(rows, pattern)
        if len(starts) > 1 or (len(starts) == 1 and starts[0][0] == 0 and len(rows) < 8):
            return _cut(rows, starts)
    return _cut(rows, [(n, "") for n in _unnumbered(rows)])


def _matching(rows: Sequence[Row], pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    found = ((n, pattern.match(row.line.text)) for n, row in enumerate(rows))
    return [(n, match[1]) for n, match in found if match]


def _numbered(rows: Sequence[Row], pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    """Return the lines that begin with the numbers in their order, none of them left out."""
    starts: list[tuple[int, str]] = []
    for number, label in _matching(rows, pattern):
        expected = int(starts[-1][1]) + 1 if starts else 1
        if int(label) == expected or (starts and expected < int(label) <= expected + 2):
            starts.append((number, label))
    return starts


def _unnumbered(rows: Sequence[Row]) -> list[int]:
    """Return where entries begin: by hanging indent, else by space, else by how they begin."""
    hanging = _by(rows, _hanging(rows))
    if 0.08 * len(rows) < len(hanging) < 0.95 * len(rows):
        return hanging
    usual = sorted(row.gap for row in rows if 0 < row.gap < 3 * row.line.size)
    least = usual[len(usual) // 4] if usual else 0.0
    spaced = _by(rows, lambda row, before: row.gap > 1.12 * least or _wrapped(row, before))
    if 0.12 * len(rows) < len(spaced) < 0.8 * len(rows):
        return spaced
    return _by(
        rows,
        lambda row, before: bool(_STARTS.match(row.line.text) and _ENDS.search(before.line.text)),
    )


def _by(rows: Sequence[Row], begins: Callable[[Row, Row], bool]) -> list[int]:
    pairs = itertools.pairwise(rows)
    return [0, *(n for n, (before, row) in enumerate(pairs, 1) if begins(row, before))]


def _hanging(rows: Sequence[Row]) -> Callable[[Row, Row], bool]:
    """Return what tells an entry's first line, which begins left of the others."""
    edges: dict[tuple[int, int], float] = {}
    for row in rows:
        place = (row.line.page, row.column)
        edges[place] = min(edges.get(place, row.line.x0), row.line.x0)
    indents = [row.line.x0 - edges[row.line.page, row.column] for row in rows]
    deep = sum(indent > 0.4 * row.line.size for indent, row in zip(indents, rows, strict=True))
    if deep < 0.2 * len(rows):
        return lambda row, before: True
    return lambda row, before: (
        row.line.x0 - edges[row.line.page, row.column] < 0.35 * row.line.size
        and not before.line.broken
        and not (row.gap == float("inf") and _goes_on(before, row))
    )


def _goes_on(before: Row, row: Row) -> bool:
    """Tell whether a line at the head of a column goes on with an entry that hangs nowhere."""
    return not _ENDS.search(before.line.text) and not _STARTS.match(row.line.text)


def _wrapped(row: Row, before: Row) -> bool:
    """Tell whether an entry begins at the head of a column."""
    moved = (before.line.page, before.column) != (row.line.page, row.column)
    return moved and bool(_ENDS.search(before.line.text)) and bool(_STARTS.match(row.line.text))


def _cut(rows: Sequence[Row], starts: Sequence[tuple[int, str]]) -> list[tuple[str, list[Row]]]:
    ends = [start for start, _ in starts[1:]] + [len(rows)]
    return [(label, list(rows[n:end])) for (n, label), end in zip(starts, ends, strict=True)]


def read_entry(label: str, rows: Sequence[Row], words: Vocabulary) -> tuple[str, str, Paper]:
    """Return an entry's label, its text as printed, and what it says."""
    text = words.text([row.line for row in rows])
    work = parse(text)
    return label or _called(work), text, work


def _called(work: Paper) -> str:
    """Return how the text would cite an entry without a number: "Ho et al., 2020"."""
    if not work.authors or work.year is None:
        return ""
    names = [name.rpartition(" ")[2] for name in work.authors]
    first = (
        names[0]
        if len(names) == 1
        else f"{names[0]} and {names[1]}"
        if len(names) == 2
        else f"{names[0]} et al."
    )
    return f"{first}, {work.year}{work.extra.get('year_letter', '')}" if family_name(first) else ""
