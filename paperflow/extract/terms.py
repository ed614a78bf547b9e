"""The terms of a short text in order of worth: phrases and their parts, ranked by a head.

Candidates are stretches of words between stop words, and every part of such a stretch. Their
counts, nesting (as in C-value: Frantzi, Ananiadou and Mima, 2000), place, shape, and document
frequency are weighed by boosted trees, `data/heads/terms`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from paperflow.encoder import Encoder
from paperflow.extract.heads.load import weights
from paperflow.extract.heads.trees import Trees
from paperflow.extract.term_candidates import Candidate, candidates_of
from paperflow.extract.term_features import Floats, Style, features_of

LEAST = 0.1  # probability; below it a term is none


@dataclass(frozen=True, slots=True)
class RankedTerm:
    """A term: key, as first spelled, and the probability that a reader would name it."""

    key: str
    surface: str
    probability: float


@dataclass(frozen=True, slots=True)
class TermHead:
    """The trees, and what is known of words beforehand: `prior` [H] and `rarity` [H]."""

    trees: Trees
    prior: Floats
    rarity: Floats

    def probabilities(
        self, text: str, title: int, found: Sequence[Candidate], style: Style
    ) -> Floats:
        """Return how likely each candidate is a term [N]."""
        features = features_of(text, title, found, self.prior, self.rarity, style)
        return self.trees.probabilities(features)


def ranked_terms(
    text: str,
    *,
    title: int = 0,
    style: Style = "index",
    encoder: Encoder | None = None,
    most: int = 10,
) -> list[RankedTerm]:
    """Return at most `most` terms of a text, best first; two at least where there are any.

    The first `title` characters are the title. In the style "index" these are all terms that
    an indexer would note, in the style "author" the few keywords that an author would give.
    With an encoder, how near a term is to the whole text counts as much as its probability.
    """
    return ranked(text, title, candidates_of(text), term_head(), style, encoder)[:most]


def ranked(
    text: str,
    title: int,
    found: Sequence[Candidate],
    head: TermHead,
    style: Style,
    encoder: Encoder | None = None,
) -> list[RankedTerm]:
    """Return the candidates that are likely terms, best first; two at least."""
    if not found:
        return []
    likely = head.probabilities(text, title, found, style)
    return chosen(
        found, likely, likely if encoder is None else reranked(text, found, likely, encoder)
    )


def chosen(found: Sequence[Candidate], likely: Floats, order: Floats) -> list[RankedTerm]:
    """Return the candidates that are likely terms by falling `order`; two at least."""
    best = sorted(range(len(found)), key=lambda at: (-order[at], found[at].key))
    kept = [at for at in best if likely[at] >= LEAST] or best[:2]
    return [RankedTerm(found[at].key, found[at].surface, float(likely[at])) for at in kept]


@cache
def term_head() -> TermHead:
    """Return the head that ships."""
    arrays = weights("terms")
    feature = arrays["feature"].astype(np.int16)
    trees = Trees(feature, arrays["threshold"], arrays["value"], arrays["base"])
    return TermHead(trees, arrays["prior"], arrays["rarity"])


def reranked(text: str, found: Sequence[Candidate], likely: Floats, encoder: Encoder) -> Floats:
    """Return the log-odds of each candidate plus its standardized cosine to the text."""
    vectors = encoder.encode([text, *(item.surface for item in found)])
    near = vectors[1:] @ vectors[0]
    odds = np.log(likely + 1e-6) - np.log(1 - likely + 1e-6)
    added: Floats = odds + (near - near.mean()) / (near.std() + 1e-6) * _TRUST
    return added


_TRUST = 0.5  # of the encoder, chosen on the training half
