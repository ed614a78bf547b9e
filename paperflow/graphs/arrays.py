"""What the records of arrays share: types, comparison, range checks, CSR pointers."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Roles = NDArray[np.uint32]


class ArrayRecord:
    """Compare records of arrays by value."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        names = [item.name for item in dataclasses.fields(self)]  # type: ignore[arg-type]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    return bool(left == right)


def pointers(rows: Int64, size: int) -> Int64:
    """Return where each of `size` rows begins [size + 1], given one row number per entry."""
    counts = np.bincount(rows, minlength=size)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def check_range(values: NDArray[Any], size: int, name: str) -> None:
    """Raise ValueError where a value is no row of a table of `size` rows."""
    if values.size and (values.min() < 0 or values.max() >= size):
        raise ValueError(f"{name} points outside of the graph")
