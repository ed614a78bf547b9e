"""What speaks for a pair besides a trained model, and how much each weighs, by validation.

The weights are fitted on validation pairs, which are not in the graph: on training pairs walks
and means of neighbours would see the very edge that is asked for.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from torch import Tensor

from model_bench.pairs import LinkModel

Floats = NDArray[np.float64]


class Evidence:
    """Cosine of texts, cosine of texts and their neighbours', and walks of up to three steps.

    The cosines of all pairs are made at once: a graph of thousands of nodes, not of millions.
    """

    def __init__(self, features: NDArray[np.float32], adjacency: csr_array) -> None:
        step = diags_array(1 / np.maximum(adjacency.sum(axis=1), 1)) @ adjacency
        near = (features + step @ features).astype(np.float32)
        near /= np.maximum(np.linalg.norm(near, axis=1, keepdims=True), 1e-12)
        self.alike, self.near = features @ features.T, near @ near.T
        twice = step @ step
        walks = step + twice + twice @ step
        self.walks = csr_array(walks + walks.T)

    def of(self, pairs: Tensor) -> Floats:
        """Return the three values of each pair [B, 3]."""
        first, second = pairs.numpy()
        walks = np.log(np.asarray(self.walks[first, second]).ravel() + 1e-3)
        return np.stack([self.alike[first, second], self.near[first, second], walks], axis=1)

    def beside(self, model: LinkModel, pairs: Sequence[Tensor]) -> list[Floats]:
        """Return the model's score and the three values of each pair [B, 4], for each set."""
        told = model.judge(*pairs)
        return [np.column_stack([s, self.of(x)]) for s, x in zip(told, pairs, strict=True)]


class Blend:
    """Logistic regression over standardised values [B, K]."""

    def __init__(self, right: Floats, wrong: Floats) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.model = make_pipeline(StandardScaler(), LogisticRegression())
        truth = np.repeat([1, 0], [len(right), len(wrong)])
        self.model.fit(np.concatenate([right, wrong]), truth)

    def score(self, values: Floats) -> Floats:
        """Return the scores [B]."""
        found: Floats = self.model.decision_function(values)
        return found
