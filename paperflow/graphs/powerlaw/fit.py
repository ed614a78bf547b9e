"""A power law's exponent by maximum likelihood, and where it begins by the KS distance.

Source: Clauset, Shalizi, Newman, Power-law distributions in empirical data,
SIAM Review 51 (2009), sections 3.1 to 3.3.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import zeta

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int64
from paperflow.graphs.powerlaw.sample import Floats, Sample

CUTOFFS = 500  # values tried as xmin; of more, this many evenly spaced ones
STEEPEST = 20.0  # exponents above this are not told apart
_GOLDEN = (sqrt(5) - 1) / 2
_STEPS = 52  # of golden section: 19 * 0.618^52 < 3e-10


@dataclass(frozen=True, slots=True)
class PowerLawFit:
    """p(x) ~ x^-exponent for x >= xmin.

    `ks` is the largest distance between the tail's distribution and the law's, `tail`
    how many of the `size` numbers are at least xmin.
    """

    exponent: float
    xmin: float
    ks: float
    tail: int
    size: int
    discrete: bool

    @property
    def standard_error(self) -> float:
        """Return the deviation of the exponent for a given xmin (equation 3.2)."""
        return (self.exponent - 1) / sqrt(self.tail)


def fit_power_law(sample: Sample, *, xmin: float | None = None) -> PowerLawFit:
    """Return the law that fits the tail best; without `xmin`, from where it fits best.

    Of several cut-offs that fit equally, the smallest counts. Raise BadInput where fewer
    than two different values are at least `xmin`.
    """
    rows = _cutoffs(sample) if xmin is None else _row_of(sample, xmin)
    exponents = _exponents(sample, rows)
    distances = [
        _distance(sample.from_row(row), exponent)
        for row, exponent in zip(rows, exponents, strict=True)
    ]
    best = int(np.argmin(distances))
    tail = sample.from_row(rows[best])
    return PowerLawFit(
        exponent=float(exponents[best]),
        xmin=float(tail.values[0]),
        ks=distances[best],
        tail=tail.size,
        size=sample.size,
        discrete=sample.discrete,
    )


def survival(tail: Sample, exponent: float) -> Floats:
    """Return P(X >= x) of the law for each value of a tail [m] that begins at xmin."""
    x = tail.values
    if tail.discrete:
        found: Floats = zeta(exponent, x) / zeta(exponent, x[0])
        return found
    scaled: Floats = (x / x[0]) ** (1 - exponent)
    return scaled


def _cutoffs(sample: Sample) -> Int64:
    """Return the rows that may be xmin: all that leave two different values."""
    last = len(sample.values) - 1
    return np.unique(np.linspace(0, last - 1, min(CUTOFFS, last)).astype(np.int64))


def _row_of(sample: Sample, xmin: float) -> Int64:
    row = int(np.searchsorted(sample.values, xmin))
    if row > len(sample.values) - 2:
        raise BadInput(f"fewer than two different values are at least {xmin:g}")
    return np.array([row])


def _exponents(sample: Sample, rows: Int64) -> Floats:
    """Return the exponent of greatest likelihood of the tail from each row on [R]."""
    logs = np.log(sample.values)
    sizes = np.cumsum(sample.counts[::-1])[::-1][rows]
    means = np.cumsum((sample.counts * logs)[::-1])[::-1][rows] / sizes
    if not sample.discrete:
        found: Floats = np.minimum(1 + 1 / (means - logs[rows]), STEEPEST)
        return found
    return _zeta_exponents(sample.values[rows], means)


def _zeta_exponents(xmin: Floats, mean_logs: Floats) -> Floats:
    """Minimize exponent * mean log x + log zeta(exponent, xmin), convex, all rows at once."""

    def loss(exponent: Floats) -> Floats:
        out: Floats = exponent * mean_logs + np.log(zeta(exponent, xmin))
        return out

    low, high = np.full(len(xmin), 1 + 1e-6), np.full(len(xmin), STEEPEST)
    for _ in range(_STEPS):
        width = _GOLDEN * (high - low)
        left, right = high - width, low + width
        falls = loss(left) > loss(right)
        low, high = np.where(falls, left, low), np.where(falls, high, right)
    middle: Floats = (low + high) / 2
    return middle


def _distance(tail: Sample, exponent: float) -> float:
    """Return the KS distance: at each value, and just below it, where the steps are."""
    seen_below = (np.cumsum(tail.counts) - tail.counts) / tail.size
    seen_with = np.cumsum(tail.counts) / tail.size
    below = 1 - survival(tail, exponent)
    upto = below + _mass(tail, exponent)
    return float(max(np.abs(seen_below - below).max(), np.abs(seen_with - upto).max()))


def _mass(tail: Sample, exponent: float) -> Floats:
    """Return P(X = x) of the law for each value of a tail; 0 for measures."""
    if not tail.discrete:
        return np.zeros(len(tail.values))
    mass: Floats = tail.values**-exponent / zeta(exponent, tail.values[0])
    return mass
