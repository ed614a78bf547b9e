"""Results from tables: each number with its method, data set, metric, split, and its cells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from paperflow.documents import Table
from paperflow.extract.measured import (
    Named,
    direction_of,
    may_be,
    metric_in,
    named_in,
    plain,
    split_of,
    value_in,
)

MOST_CELLS = 400  # of one table
_MOST_LETTERS = 60  # of a method's name
_DATASETS = re.compile(r"\b(?:data ?sets?|corpus|corpora|benchmarks?|data)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One value with what it measures; empty where the table does not tell.

    `method` and `dataset` are as printed; their cells, where they have any, are evidence.
    """

    value: str
    cell: Cell
    method: str
    method_cell: Cell | None
    metric: str
    metric_cell: Cell | None
    dataset: str
    dataset_cell: Cell | None
    split: str
    better: str


def measurements(table: Table, caption: str, own: Mapping[str, Named]) -> list[Measurement]:
    """Return the values of a table that tell their metric, and a method or data set.

    `own` are the paper's terms by key.
    """
    grid = _Grid.of(table, caption, own)
    found = (grid.measured(row, column, value) for row, column, value in grid.values())
    told = [
        item
        for item in found
        if item.metric and (item.method or item.dataset) and may_be(item.metric, item.value)
    ]
    return told[:MOST_CELLS]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table's headings: of each column (its cells from above), and of each row."""

    rows: Sequence[Sequence[str]]
    header_rows: int
    header_columns: int
    caption: str
    own: Mapping[str, Named]

    @classmethod
    def of(cls, table: Table, caption: str, own: Mapping[str, Named]) -> "_Grid":
        rows = table.rows
        heads = table.header_rows or _leading(rows)
        columns = list(zip(*rows[heads:], strict=False))
        return cls(rows, heads, max(1, _leading(columns)), caption, own)

    def values(self) -> Iterator[tuple[int, int, str]]:
        for row in range(self.header_rows, len(self.rows)):
            for column in range(self.header_columns, len(self.rows[row])):
                if value := value_in(self.rows[row][column]):
                    yield row, column, value

    def measured(self, row: int, column: int, value: str) -> Measurement:
        over, left = self._over(row, column), self._left(row, column)
        metric, metric_cell = self._metric([*over, *left])
        dataset, dataset_cell = self._dataset([*over, *left])
        method, method_cell = self._method(left, over, (metric_cell, dataset_cell))
        heads = [self._text(cell) for cell in (*over, *left)]
        return Measurement(
            value=value,
            cell=Cell(row, column),
            method=method,
            method_cell=method_cell,
            metric=metric,
            metric_cell=metric_cell,
            dataset=dataset,
            dataset_cell=dataset_cell,
            split=split_of(*heads, self.caption),
            better=direction_of(metric, *heads),
        )

    def _over(self, row: int, column: int) -> list[Cell]:
        """Return the headings of a column, nearest first; an empty one is its left neighbour's."""
        found = []
        for above in range(self.header_rows - 1, -1, -1):
            at = column
            while at >= self.header_columns and not self.rows[above][at].strip():
                at -= 1
            if self.rows[above][at].strip():
                found.append(Cell(above, at))
        return found

    def _left(self, row: int, column: int) -> list[Cell]:
        """Return the headings of a row; an empty one is the one above's."""
        found = []
        for at in range(self.header_columns):
            above = row
            while above > self.header_rows and not self.rows[above][at].strip():
                above -= 1
            if self.rows[above][at].strip():
                found.append(Cell(above, at))
        return found

    def _text(self, cell: Cell) -> str:
        return self.rows[cell.row][cell.column]

    def _metric(self, cells: Sequence[Cell]) -> tuple[str, Cell | None]:
        for cell in cells:
            if metric := metric_in(self._text(cell)):
                return metric, cell
        return metric_in(self.caption), None

    def _dataset(self, cells: Sequence[Cell]) -> tuple[str, Cell | None]:
        for cell in cells:
            if dataset := self._named(self._text(cell), "dataset"):
                return dataset, cell
            if self._rows_are(cell, _DATASETS):
                return plain(self._text(cell)), cell
        return self._named(self.caption, "dataset"), None

    def _rows_are(self, cell: Cell, kind: re.Pattern[str]) -> bool:
        """Tell whether the heading over a row's heading says so: "Dataset", "Model"."""
        inside = cell.row >= self.header_rows
        return inside and any(
            kind.search(row[cell.column]) for row in self.rows[: self.header_rows]
        )

    def _named(self, text: str, type: str) -> str:
        return next((item.label for item in named_in(text, self.own) if item.type == type), "")

    def _method(
        self, left: Sequence[Cell], over: Sequence[Cell], taken: Sequence[Cell | None]
    ) -> tuple[str, Cell | None]:
        """Return what a row, else a column, names that is neither metric nor data set."""
        for cell in (*left, *over):
            name = plain(self._text(cell))
            if cell not in taken and 1 < len(name) <= _MOST_LETTERS and name[:1].isalpha():
                return name, cell
        return self._named(self.caption, "method"), None


def _leading(lines: Sequence[Sequence[str]]) -> int:
    """Return how many of the first lines hold no value."""
    count = 0
    for line in lines:
        if any(value_in(cell) for cell in line):
            break
        count += 1
    return count if count < len(lines) else 0
