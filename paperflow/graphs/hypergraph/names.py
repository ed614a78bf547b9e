"""The store's ids of rows: a mapped table, and what came since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int32

Bytes = NDArray[np.bytes_]


@dataclass(frozen=True)
class Names:
    """Ids by row, and rows by id; `table` [n] has a fixed width, `order` [n] sorts it."""

    table: Bytes
    order: Int32
    more: tuple[str, ...] = ()
    _place: Any = None  # rows of `more`, by id

    @classmethod
    def of(cls, ids: Iterable[str]) -> Self:
        """Return the names of rows 0, 1, ...; BadInput for an id that ends in a NUL character."""
        encoded = [id.encode("utf-8", "surrogatepass") for id in ids]
        if any(id.endswith(b"\0") for id in encoded):
            raise BadInput("an id that ends in a NUL character can't be kept")
        table = np.array(encoded, dtype=np.bytes_) if encoded else np.empty(0, "S1")
        return cls(table, np.argsort(table, kind="stable").astype(np.int32))

    def __len__(self) -> int:
        return len(self.table) + len(self.more)

    def __getitem__(self, row: int) -> str:
        if row >= len(self.table):
            return self.more[row - len(self.table)]
        return bytes(self.table[row]).decode("utf-8", "surrogatepass")

    def row(self, id: str) -> int | None:
        """Return the row of an id, None where there is none."""
        return self.places([id]).get(id)

    def places(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the rows of those ids that have one."""
        wanted = sorted(set(ids))
        later = self._place or {}
        found = {id: later[id] for id in wanted if id in later}
        encoded = np.array([id.encode("utf-8", "surrogatepass") for id in wanted], np.bytes_)
        if not len(self.table) or not wanted:
            return found
        place = np.searchsorted(self.table, encoded, sorter=self.order)
        rows = self.order[np.minimum(place, len(self.table) - 1)]
        same = self.table[rows] == encoded
        return found | {
            id: row for id, row, is_it in zip(wanted, rows.tolist(), same, strict=True) if is_it
        }

    def extended(self, ids: Iterable[str]) -> "Names":
        """Return the names with more rows at the end."""
        more = (*self.more, *ids)
        first = len(self.table)
        return replace(self, more=more, _place={id: first + i for i, id in enumerate(more)})
