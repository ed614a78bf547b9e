"""Statements of the store as growing arrays: the one way into a topology, for many and for few."""

import itertools
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64
from paperflow.graphs.hypergraph.backend import backend
from paperflow.store.statements import StatementRow

SAMPLE = 4096  # labels that tell how the others are held
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


def numbered(labels: Iterable[Hashable], count: int) -> tuple[Int32, list[Any]]:
    """Return the number [count] of each label, and the labels in the order first met."""
    objects = np.fromiter(labels, object, count=count)
    if not _shared(objects[:SAMPLE].tolist()):
        return _looked_up(objects)
    # Told apart by address, most need no dictionary, whose memory is far for the processor.
    addresses = np.frombuffer(objects.tobytes(), np.intp).astype(np.int64, copy=False)
    numbers, first = backend().interned(addresses)
    equal, names = _looked_up(objects[first])
    return equal[numbers], names


def _shared(labels: list[Hashable]) -> bool:
    """Tell whether equal labels are mostly one object."""
    return len(set(map(id, labels))) < 1.1 * len(set(labels))


def _looked_up(objects: NDArray[Any]) -> tuple[Int32, list[Any]]:
    place: defaultdict[Hashable, int] = defaultdict(itertools.count().__next__)
    numbers = map(place.__getitem__, objects)
    return np.fromiter(numbers, np.int32, count=len(objects)), list(place)
