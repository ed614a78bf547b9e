"""The rating that the shipped model gives a paper, with what raised and lowered it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from paperflow.documents import Document
from paperflow.encoder import Encoder, load_encoder, paper_text
from paperflow.extract.heads.load import card, weights
from paperflow.extract.rating.features import abstract_features, text_features
from paperflow.extract.rating.linear import Floats, Linear
from paperflow.records import Paper

HEAD = "rating"
ABSTRACT = "title and abstract"  # the feature of a full text's model that is the other's rating


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating from 1 to 10 as reviewers of ICLR 2022 give it, and what it is worth.

    `from_text` tells whether a full text was read, or title and abstract alone. `parts` are the
    features that moved it, the strongest first, in points. `scores` are the measured quality.
    """

    value: float
    from_text: bool
    parts: tuple[tuple[str, float], ...]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Rater:
    """Two linear models: of title and abstract, and of that rating and the full text."""

    abstract: Linear
    text: Linear

    def rate(self, paper: Paper, document: Document | None, encoder: Encoder) -> Rating:
        """Return the rating of a paper; `encoder` is the packaged one, on which it was trained."""
        row = abstract_row(paper, encoder.encode([paper_text(paper)])[0])
        found = text_features(document) if document else None
        value = float(self.abstract.predict(row[None])[0])
        if found is None:
            return Rating(value, False, (), scores("abstract"))
        row = np.array([{ABSTRACT: value, **found}[name] for name in self.text.names])
        value = float(self.text.predict(row[None])[0])
        return Rating(value, True, _strongest(self.text, row), scores("text"))


def rate(paper: Paper, document: Document | None = None) -> Rating:
    """Return the shipped model's rating of a paper, from its full text where there is one.

    Raises MissingExtra where the packaged encoder is not installed.
    """
    return rater().rate(paper, document, load_encoder("minilm"))


@cache
def rater() -> Rater:
    """Return the model that ships."""
    told, arrays = card(HEAD), weights(HEAD)
    models = (
        Linear.from_arrays(part, told["features"][part], arrays) for part in ("abstract", "text")
    )
    return Rater(*models)


def abstract_row(paper: Paper, vector: Any) -> Floats:
    """Return the features of title and abstract: their vector, then what is counted in them."""
    counted = list(abstract_features(paper).values())
    return np.concatenate([np.asarray(vector, np.float64), counted])


def abstract_names(dimension: int) -> list[str]:
    """Return the names of the features of title and abstract."""
    counted = abstract_features(Paper(title=""))
    return [*(f"vector {number}" for number in range(dimension)), *counted]


def scores(part: str) -> dict[str, float]:
    """Return what the card tells of a model's quality: "abstract" or "text"."""
    told: dict[str, float] = card(HEAD)["scores"]
    prefix = f"{part}_"
    return {
        name.removeprefix(prefix): value for name, value in told.items() if name.startswith(prefix)
    }


def _strongest(model: Linear, row: Floats) -> tuple[tuple[str, float], ...]:
    """Return the features that moved a rating by a tenth of a point or more."""
    parts = zip(model.names, model.parts(row[None])[0].tolist(), strict=True)
    moved = [(name, points) for name, points in parts if abs(points) >= 0.1]
    return tuple(sorted(moved, key=lambda part: (-abs(part[1]), part[0])))
