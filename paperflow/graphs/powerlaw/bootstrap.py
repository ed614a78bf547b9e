"""How sure a fit is: a goodness-of-fit p value and an interval, by repeated drawing.

Source: Clauset, Shalizi, Newman (2009), section 4.1 and appendix D.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import zeta

from paperflow.graphs.powerlaw.fit import PowerLawFit, fit_power_law
from paperflow.graphs.powerlaw.sample import Floats, Sample

_TABLE = 1 << 14  # whole numbers above xmin that are drawn exactly; the rest by the continuous law


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the exponent of a like sample lies in `level` of all cases."""

    low: float
    high: float
    level: float


def goodness_of_fit(sample: Sample, fit: PowerLawFit, *, repeats: int, seed: int = 0) -> float:
    """Return the share of samples drawn from the fit that fit their own law worse.

    A drawn sample has the law's tail and the body of the data; the law is refitted
    with its cut-off. Below 0.1 the power law is ruled out. The share is known to
    about 1 / (2 sqrt(repeats)).
    """
    chance = np.random.default_rng(seed)
    worse = 0
    for _ in range(repeats):
        drawn = _semi_parametric(sample, fit, chance)
        worse += len(drawn.values) > 1 and fit_power_law(drawn).ks >= fit.ks
    return worse / repeats


def exponent_interval(
    sample: Sample, *, repeats: int, seed: int = 0, level: float = 0.95
) -> Interval:
    """Return the exponent's percentile interval over resamples, each with its own cut-off."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(repeats):
        drawn = _resampled(sample, sample.size, chance)
        if len(drawn.values) > 1:
            found.append(fit_power_law(drawn).exponent)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def draw(fit: PowerLawFit, size: int, chance: np.random.Generator) -> Floats:
    """Return random numbers from the law [size]."""
    uniform = 1 - chance.random(size)  # in (0, 1]: the chance of a number at least as large
    if not fit.discrete:
        return _continuous(uniform, fit.xmin, fit.exponent)
    numbers = fit.xmin + np.arange(_TABLE + 1.0)
    above = zeta(fit.exponent, numbers) / zeta(fit.exponent, fit.xmin)  # descending from 1
    rows = np.searchsorted(-above, -uniform, side="right") - 1
    far = np.round(_continuous(uniform / above[-1], numbers[-1] - 0.5, fit.exponent))
    return np.where(rows == _TABLE, np.maximum(far, numbers[-1]), numbers[rows])


def _continuous(uniform: Floats, xmin: float, exponent: float) -> Floats:
    found: Floats = xmin * uniform ** (-1 / (exponent - 1))
    return np.minimum(found, 1e300)


def _semi_parametric(sample: Sample, fit: PowerLawFit, chance: np.random.Generator) -> Sample:
    """Draw as many numbers as the sample has: from its body, or else from the law."""
    in_tail = int(chance.binomial(fit.size, fit.tail / fit.size))
    first = int(np.searchsorted(sample.values, fit.xmin))
    body = replace(sample, values=sample.values[:first], counts=sample.counts[:first])
    body = _resampled(body, fit.size - in_tail, chance) if first else body
    values, counts = np.unique(draw(fit, in_tail, chance), return_counts=True)
    return Sample(
        np.concatenate((body.values, values)),
        np.concatenate((body.counts, counts)),
        sample.discrete,
    )


def _resampled(sample: Sample, size: int, chance: np.random.Generator) -> Sample:
    counts = chance.multinomial(size, sample.counts / sample.counts.sum())
    seen = counts > 0
    return Sample(sample.values[seen], counts[seen], sample.discrete)
