"""Statements of the store as growing arrays: the one way into a topology, for many and for few."""

from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64
from paperflow.store.statements import StatementRow

Rows = Callable[[str], int | None]


class Table:
    """Numbers for names, in the order in which they are first met, after those known before."""

    def __init__(self, known: Rows, first: int) -> None:
        self._known, self._first = known, first
        self.place: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Return the number of a name, a new one if need be."""
        if (found := self.place.get(name)) is None:
            known = self._known(name)
            found = self._first + len(self.place) if known is None else known
            if known is None:
                self.place[name] = found
        return found

    @property
    def new(self) -> list[str]:
        """Return the names that were not known, in their order."""
        return list(self.place)


class Interned:
    """Statements as arrays: rows of hyperedges over nodes, and a code for each of either."""

    def __init__(
        self, nodes: Table, papers: Table, relations: Table, types: Table, kept: Mapping[str, str]
    ) -> None:
        self.nodes, self.papers, self.relations, self.types = nodes, papers, relations, types
        self._kept = kept
        self.edge_ids: list[str] = []
        self._pointers, self._members = array("q", [0]), array("i")
        self._codes = {name: array("i") for name in ("year", "relation", "paper", "type")}

    def add(self, rows: Iterable[StatementRow], year_of: Callable[[str], int]) -> None:
        """Add statements, streaming; a node joined into another is that other one."""
        for row in rows:
            self.edge_ids.append(row.id)
            self._codes["year"].append(year_of(row.paper_id))
            self._codes["relation"].append(self.relations.number(row.relation))
            self._codes["paper"].append(self.papers.number(row.paper_id))
            for entity, type in row.members:
                before = len(self.nodes.place)
                self._members.append(self.nodes.number(self._kept.get(entity, entity)))
                if len(self.nodes.place) > before:
                    self._codes["type"].append(self.types.number(type))
            self._pointers.append(len(self._members))

    def codes(self, name: str) -> Int32:
        """Return the years, relations, or papers of statements [e], or the types of new nodes."""
        return _array(self._codes[name], np.int32)

    def rows(self) -> tuple[Int64, Int32]:
        """Return the statements as rows over nodes, as they were said."""
        return _array(self._pointers, np.int64), _array(self._members, np.int32)


def _array(values: "array[Any]", kind: Any) -> NDArray[Any]:
    return np.array(values, dtype=kind)
