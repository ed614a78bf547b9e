"""Distributions of a tail: the power law, and what could be mistaken for it.

Each is a density (or, for whole numbers, a mass) over all x >= xmin, the tail's
smallest value, fitted to the tail by maximum likelihood. Source: Clauset, Shalizi,
Newman (2009), table 2.1; the log-normal of whole numbers has the mass that the
continuous one has between x - 1/2 and x + 1/2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_ndtr, zeta

from paperflow.graphs.powerlaw.fit import fit_power_law
from paperflow.graphs.powerlaw.sample import Floats, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A distribution's parameters, and the log of its density at each value of the tail [m]."""

    parameters: Mapping[str, float]
    log_density: Floats


def power_law(tail: Sample) -> Fitted:
    """Fit x^-exponent."""
    x, exponent = tail.values, fit_power_law(tail, xmin=float(tail.values[0])).exponent
    if tail.discrete:
        log_density = -exponent * np.log(x) - np.log(zeta(exponent, x[0]))
    else:
        log_density = np.log((exponent - 1) / x[0]) - exponent * np.log(x / x[0])
    return Fitted({"exponent": exponent}, log_density)


def exponential(tail: Sample) -> Fitted:
    """Fit e^(-rate x)."""
    above = tail.values - tail.values[0]
    mean = float((tail.counts * above).sum()) / tail.size
    rate = float(np.log1p(1 / mean)) if tail.discrete else 1 / mean
    log_scale = np.log(-np.expm1(-rate)) if tail.discrete else np.log(rate)
    return Fitted({"rate": rate}, log_scale - rate * above)


def log_normal(tail: Sample) -> Fitted:
    """Fit the log-normal, by a search from the tail's own mean and deviation."""
    logs = np.log(tail.values)
    mean = float(np.average(logs, weights=tail.counts))
    deviation = float(np.sqrt(np.average((logs - mean) ** 2, weights=tail.counts)))

    def loss(parameters: Floats) -> float:
        return -float(tail.counts @ _log_normal(tail, *parameters)) / tail.size

    starts = ((mean, np.log(deviation)), (0.0, np.log(2 * mean + deviation)))
    found = [
        minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
        for start in starts
    ]
    mu, log_sigma = min(found, key=lambda result: float(result.fun)).x
    parameters = {"mu": float(mu), "sigma": float(np.exp(log_sigma))}
    return Fitted(parameters, _log_normal(tail, mu, log_sigma))


def _log_normal(tail: Sample, mu: float, log_sigma: float) -> Floats:
    """Return the log of the density or mass of each value, given that x >= xmin."""
    sigma = np.exp(log_sigma)
    if tail.discrete:
        lower, upper = ((np.log(tail.values + side) - mu) / sigma for side in (-0.5, 0.5))
        mass: Floats = _log_between(lower, upper) - log_ndtr(-lower[0])
        return mass
    z = (np.log(tail.values) - mu) / sigma
    log_normal = -(z**2) / 2 - np.log(np.sqrt(2 * np.pi)) - log_sigma - np.log(tail.values)
    density: Floats = log_normal - log_ndtr(-z[0])
    return density


def _log_between(lower: Floats, upper: Floats) -> Floats:
    """Return log(F(upper) - F(lower)) of the normal distribution, exact in both tails."""
    mirrored = lower > 0
    a, b = np.where(mirrored, -upper, lower), np.where(mirrored, -lower, upper)
    larger, smaller = log_ndtr(b), log_ndtr(a)
    found: Floats = larger + np.log(-np.expm1(np.minimum(smaller - larger, -1e-300)))
    return found


ALTERNATIVES: Mapping[str, Callable[[Sample], Fitted]] = {
    "log-normal": log_normal,
    "exponential": exponential,
}
