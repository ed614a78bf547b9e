"""Gradient-boosted trees of one depth (Friedman, 2001), as arrays: no library at work."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """T trees over F features, each whole: D inner nodes by level, then D + 1 leaves.

    `feature` and `threshold` [T, D], `value` [T, D + 1] in log-odds, `base` [1].
    """

    feature: NDArray[np.integer]
    threshold: Floats
    value: Floats
    base: Floats

    def probabilities(self, features: Floats) -> Floats:
        """Return [N] for features [N, F]."""
        trees, inner = self.feature.shape
        feature, threshold = self.feature.astype(np.intp).ravel(), self.threshold.ravel()
        root = np.arange(trees, dtype=np.intp) * inner
        row = np.arange(len(features), dtype=np.intp)[:, None] * features.shape[1]
        values = np.ascontiguousarray(features).ravel()
        at = np.zeros((len(features), trees), dtype=np.intp)
        for _ in range((inner + 1).bit_length() - 1):
            node = root + at
            at = 2 * at + 1 + (values.take(row + feature.take(node)) > threshold.take(node))
        leaf = np.arange(trees, dtype=np.intp) * (inner + 1) + at - inner
        odds = self.value.ravel().take(leaf).sum(1) + self.base[0]
        likely: Floats = (1 / (1 + np.exp(-odds))).astype(np.float32)
        return likely
