"""Rows and columns of a table, by how its words are aligned."""

import itertools
from collections.abc import Sequence

from paperflow.readers.pdf.glyphs import Word
from paperflow.readers.pdf.layout import CELL_GAP, Row

_MAX_COLUMNS = 40

_Cell = tuple[float, float, str]


def is_row(row: Row) -> bool:
    """Tell whether a line holds several cells."""
    return len(row.line.cells(CELL_GAP)) > 1


def cells_of(rows: Sequence[Row]) -> list[list[str]]:
    """Return the cells of a table's lines, each in its column; nothing where there are none."""
    lines = [[_cell(words) for words in row.line.cells(CELL_GAP)] for row in rows]
    columns = _columns(lines)
    if not 2 <= len(columns) <= _MAX_COLUMNS or len(lines) < 2:
        return []
    return [_placed(cells, columns) for cells in lines]


def _cell(words: Sequence[Word]) -> _Cell:
    return words[0].x0, words[-1].x1, " ".join(word.text for word in words)


def _columns(lines: Sequence[Sequence[_Cell]]) -> list[tuple[float, float]]:
    """Return the columns' edges: what the fullest rows agree on."""
    most = max((len(cells) for cells in lines), default=0)
    full = [cells for cells in lines if len(cells) >= max(2, most - (most > 4))]
    spans = sorted((left, right) for cells in full for left, right, _ in cells)
    columns: list[tuple[float, float]] = []
    for left, right in spans:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _placed(cells: Sequence[_Cell], columns: Sequence[tuple[float, float]]) -> list[str]:
    """Return a row with a place for each column; what stands between two goes to the nearest."""
    row = [""] * len(columns)
    for left, right, text in cells:
        number = min(range(len(columns)), key=lambda n: (_distance(columns[n], left, right), n))
        row[number] = f"{row[number]} {text}".strip()
    return row


def _distance(column: tuple[float, float], left: float, right: float) -> float:
    overlap = min(column[1], right) - max(column[0], left)
    return -overlap if overlap > 0 else abs((column[0] + column[1]) - (left + right)) / 2


def header_rows(rows: Sequence[Row]) -> int:
    """Return how many rows stand above the widest space near the top: a rule is drawn there."""
    gaps = [before.line.y - row.line.y for before, row in itertools.pairwise(rows)]
    if len(gaps) < 2:
        return 1
    widest = max(range(min(3, len(gaps))), key=lambda n: (gaps[n], -n))
    return widest + 1 if gaps[widest] > 1.15 * min(gaps) else 1
