"""From evidence to a probability: logistic regression, fitted on validation (Platt, 1999)."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from paperflow.learning.graph import Floats, Mask

RIDGE = 1.0
_STEPS = 30


@dataclass(frozen=True)
class Blend:
    """P = σ(bias + Σ weight (value - mean) / scale) over F columns."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    bias: float

    def scores(self, values: Floats) -> Floats:
        """Return the probabilities [C] of rows of values [C, F]."""
        return _sigmoid(self._standard(values) @ np.array(self.weight) + self.bias)

    def loss(self, values: Floats, right: Mask) -> float:
        """Return the mean negative log-likelihood."""
        chance = np.clip(self.scores(values), 1e-12, 1 - 1e-12)
        return float(-np.log(np.where(right, chance, 1 - chance)).mean())

    def _standard(self, values: Floats) -> Floats:
        return np.asarray((values - np.array(self.mean)) / np.array(self.scale))

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Blend":
        """Undo `as_dict`."""
        mean, scale, weight = (tuple(found[name]) for name in ("mean", "scale", "weight"))
        return cls(mean, scale, weight, float(found["bias"]))


def fit_blend(values: Floats, right: Mask) -> Blend:
    """Fit a blend of values [C, F] by Newton's method, with a ridge on the weights."""
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    rows = np.column_stack([(values - mean) / scale, np.ones(len(values))])
    found = _minimum(rows, right, np.append(np.full(values.shape[1], RIDGE), 0.0))
    *weight, bias = (round(float(number), 9) for number in found)
    return Blend(_rounded(mean), _rounded(scale), tuple(weight), bias)


def _minimum(rows: Floats, right: Mask, ridge: Floats) -> Floats:
    """Return the weights of least loss; a step that does not lower it is halved."""
    # The bias begins at the share of the right ones: few candidates are links.
    share = np.clip(right.mean(), 1e-6, 1 - 1e-6)
    found = np.append(np.zeros(len(ridge) - 1), np.log(share / (1 - share)))

    def loss(at: Floats) -> float:
        logits = rows @ at
        return float((np.logaddexp(0, logits) - right * logits).sum() + ridge @ at**2 / 2)

    reached = loss(found)
    for _ in range(_STEPS):
        chance = _sigmoid(rows @ found)
        bend = rows.T @ (rows * (chance * (1 - chance))[:, None]) + np.diag(ridge + 1e-9)
        step = np.linalg.solve(bend, rows.T @ (chance - right) + ridge * found)
        while (lower := loss(found - step)) > reached and np.abs(step).max() > 1e-9:
            step = step / 2
        found, gain, reached = found - step, reached - lower, lower
        if gain < 1e-9 * abs(reached):
            break
    return found


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 9) for value in values)


def _sigmoid(x: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(x, -50, 50)))
    return chance
