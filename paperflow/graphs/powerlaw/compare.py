"""Which distribution the tail speaks for: the likelihood-ratio test of Vuong.

Source: Clauset, Shalizi, Newman (2009), section 5 and appendix C.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from paperflow.graphs.powerlaw.families import ALTERNATIVES, Fitted, power_law
from paperflow.graphs.powerlaw.fit import PowerLawFit
from paperflow.graphs.powerlaw.sample import Sample


@dataclass(frozen=True, slots=True)
class Comparison:
    """The power law against another distribution with `parameters`.

    `ratio` is the log of the likelihood ratio over its own deviation: above zero it
    favours the power law. `p` is the chance of one as far from zero where both are
    equally good; only a small p gives the sign a meaning.
    """

    ratio: float
    p: float
    parameters: Mapping[str, float]


def compare(sample: Sample, fit: PowerLawFit) -> dict[str, Comparison]:
    """Hold the law against every alternative, on the same tail."""
    tail = sample.tail(fit.xmin)
    law = power_law(tail)
    return {name: _vuong(tail, law, family(tail)) for name, family in ALTERNATIVES.items()}


def _vuong(tail: Sample, law: Fitted, other: Fitted) -> Comparison:
    differences = law.log_density - other.log_density
    total = float(tail.counts @ differences)
    mean = total / tail.size
    deviation = sqrt(float(tail.counts @ (differences - mean) ** 2))
    ratio = total / deviation if deviation > 1e-9 * np.sqrt(tail.size) else 0.0
    return Comparison(ratio, erfc(abs(ratio) / sqrt(2)), other.parameters)
