"""How well ratings agree with reviewers: correlation, error, accept or reject, intervals."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ROUNDS = 2000
Interval = tuple[float, float]


def pearson(guess: Floats, target: Floats) -> float:
    """Return the correlation, 0 where one does not vary."""
    if not guess.std() or not target.std():
        return 0.0
    return float(np.corrcoef(guess, target)[0, 1])


def spearman(guess: Floats, target: Floats) -> float:
    """Return the correlation of the ranks, ties averaged."""
    return pearson(ranks(guess), ranks(target))


def ranks(values: Floats) -> Floats:
    """Return the rank of each value, the mean of the places where several are equal."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    result: Floats = (last - (counts - 1) / 2)[inverse]
    return result


def absolute_error(guess: Floats, target: Floats) -> float:
    """Return the mean absolute error."""
    return float(np.abs(guess - target).mean())


def area(guess: Floats, accepted: Bools) -> float:
    """Return the chance that an accepted paper is rated above a rejected one (ROC AUC)."""
    good = int(accepted.sum())
    above = float(ranks(guess)[accepted].sum()) - good * (good + 1) / 2
    return above / (good * (len(accepted) - good))


def balanced(chosen: Bools, accepted: Bools) -> float:
    """Return the mean of the shares of accepted and of rejected papers that were told."""
    return float((chosen[accepted].mean() + (~chosen[~accepted]).mean()) / 2)


def interval(
    measure: Callable[..., float], *arrays: NDArray[np.generic], rounds: int = ROUNDS
) -> Interval:
    """Return the 95 % interval of a measure over bootstrap samples of the papers."""
    rng = np.random.default_rng(0)
    samples = (rng.integers(0, len(arrays[0]), len(arrays[0])) for _ in range(rounds))
    found = [measure(*(array[sample] for array in arrays)) for sample in samples]
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def one_human(given: Sequence[tuple[float, ...]], seed: int) -> tuple[Floats, Floats]:
    """Return a reviewer's rating drawn for each paper, and the mean of the paper's others."""
    rng = np.random.default_rng(seed)
    drawn = [int(rng.integers(len(ratings))) for ratings in given]
    pairs = list(zip(given, drawn, strict=True))
    others = [float(np.mean([*row[:at], *row[at + 1 :]])) for row, at in pairs]
    return np.array([row[at] for row, at in pairs]), np.array(others)
