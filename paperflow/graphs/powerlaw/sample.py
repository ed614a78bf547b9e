"""Numbers counted by value: all that a fit needs of them, however many there are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int64

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Distinct positive values [m], ascending, and how often each was seen [m].

    `discrete` says that they are whole numbers, counts of something, and not measures.
    """

    values: Floats
    counts: Int64
    discrete: bool

    @property
    def size(self) -> int:
        """Return how many numbers were seen, n."""
        return int(self.counts.sum())

    def from_row(self, row: int) -> "Sample":
        """Return the values from a row on: a tail."""
        return Sample(self.values[row:], self.counts[row:], self.discrete)

    def tail(self, xmin: float) -> "Sample":
        """Return the values that are at least `xmin`."""
        return self.from_row(int(np.searchsorted(self.values, xmin)))


def sample_of(numbers: ArrayLike, *, discrete: bool | None = None) -> Sample:
    """Count the positive ones of `numbers`; discrete, unless told, where all of them are whole.

    Raise BadInput where fewer than two different ones are left, and for a number that
    is not finite.
    """
    array: NDArray[Any] = np.asarray(numbers, dtype=np.float64).ravel()
    if not np.isfinite(array).all():
        raise BadInput("a power law needs finite numbers")
    values, counts = np.unique(array[array > 0], return_counts=True)
    if len(values) < 2:
        raise BadInput("a power law needs at least two different positive numbers")
    whole = bool((values == np.floor(values)).all())
    if discrete and not whole:
        raise BadInput("a discrete power law needs whole numbers")
    return Sample(values, counts, whole if discrete is None else discrete)
