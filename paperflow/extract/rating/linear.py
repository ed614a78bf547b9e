"""Ridge regression on standardized features (Hoerl and Kennard, 1970)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_MOST = 3.0  # standard deviations; a paper unlike all others is not rated beyond the others
_LEAST = 1e-6  # of a standard deviation; less is rounding


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model of F named features: all arrays are [F]."""

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def parts(self, features: Floats) -> Floats:
        """Return what each feature adds to the bias: [N, F] of [N, F]."""
        standard = np.clip((features - self.mean) / self.scale, -_MOST, _MOST)
        result: Floats = standard * self.weights
        return result

    def predict(self, features: Floats) -> Floats:
        """Return [N] predictions for features [N, F]."""
        result: Floats = self.parts(features).sum(1) + self.bias
        return result

    def arrays(self, prefix: str) -> dict[str, Floats]:
        """Return the weights by name, as `from_arrays` takes them."""
        bias = np.array([self.bias])
        held = {"mean": self.mean, "scale": self.scale, "weights": self.weights, "bias": bias}
        return {f"{prefix}.{name}": value for name, value in held.items()}

    @classmethod
    def from_arrays(
        cls, prefix: str, names: Sequence[str], arrays: Mapping[str, NDArray[np.float32]]
    ) -> Self:
        """Undo `arrays`."""
        mean, scale, weights, bias = (
            arrays[f"{prefix}.{name}"].astype(np.float64)
            for name in ("mean", "scale", "weights", "bias")
        )
        return cls(tuple(names), mean, scale, weights, float(bias[0]))


def fit(names: Sequence[str], features: Floats, target: Floats, penalty: float) -> Linear:
    """Return the ridge regression of target [N] on features [N, F].

    A feature that never varies gets the weight 0.
    """
    mean, scale = features.mean(0), features.std(0)
    scale = np.where(scale < _LEAST, 1.0, scale)
    standard = np.clip((features - mean) / scale, -_MOST, _MOST)
    centre = standard.mean(0)
    inner = standard - centre
    gram = inner.T @ inner + penalty * np.eye(len(scale))
    weights = np.linalg.solve(gram, inner.T @ (target - target.mean()))
    bias = float(target.mean() - centre @ weights)
    return Linear(tuple(names), mean, scale, weights, bias)
