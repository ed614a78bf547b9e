"""Several views of the same sentences as one answer, chosen on rows that no view was trained on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paperflow.graph_models.evaluate import macro_f1

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def offsets(scores: Floats, labels: Ints) -> Floats:
    """Return what to add to the classes' scores [S, C] for the best macro-F1 on these rows."""
    classes = scores.shape[1]
    best, found = macro_f1(labels, scores.argmax(1), classes), np.zeros(classes)
    for _ in range(2):
        for label in range(1, classes):
            for step in np.linspace(-2, 2, 41):
                tried = found.copy()
                tried[label] = step
                reached = macro_f1(labels, (scores + tried).argmax(1), classes)
                if reached > best:
                    best, found = reached, tried
    return found


def stacked(
    own: Sequence[Floats], labels: Ints, last: Sequence[Floats], strength: float = 0.1
) -> tuple[Floats, Floats]:
    """Return log-probabilities of both sets of rows by a balanced logistic regression.

    `own` holds each view's scores [S, K] of rows with labels [S], by models that did not see
    them; `last` the scores [B, K] of the rows to be told.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        StandardScaler(),
        LogisticRegression(C=strength, class_weight="balanced", max_iter=500),
    )
    model.fit(np.hstack(own), labels)
    first, second = (model.predict_log_proba(np.hstack(views)) for views in (own, last))
    return first, second


def answers(own: Floats, labels: Ints, last: Floats) -> tuple[Ints, Ints]:
    """Return the classes of both sets of rows, with the offsets that suit the first."""
    added = offsets(own, labels)
    return (own + added).argmax(1), (last + added).argmax(1)
