"""The exponent as a least-squares line gives it: customary, biased, and reported for comparison."""

from dataclasses import dataclass

import numpy as np

from paperflow.errors import BadInput
from paperflow.graphs.powerlaw.sample import Sample

METHOD = "least squares on the log-log histogram"


@dataclass(frozen=True, slots=True)
class Line:
    """The slope, without its sign, and how much of the counts' variance it explains."""

    exponent: float
    r_squared: float
    smallest: float


def least_squares_line(sample: Sample, *, smallest: float = 2) -> Line:
    """Fit a line to log count over log value, one point a value of at least `smallest`.

    Every value weighs the same, so the many values that were seen once flatten the
    line: Clauset, Shalizi, Newman (2009), appendix A, say why not to do so.
    """
    tail = sample.tail(smallest)
    if len(tail.values) < 2:
        raise BadInput(f"fewer than two different values are at least {smallest:g}")
    x, y = np.log(tail.values), np.log(tail.counts)
    slope, height = np.polyfit(x, y, 1)
    total = float(((y - y.mean()) ** 2).sum())
    left = float(((y - slope * x - height) ** 2).sum())
    return Line(float(-slope), 1 - left / total if total else 1.0, smallest)
