"""The terms of a short text in order of worth: noun phrases and their parts, ranked by a head.

Candidates are runs of words that may stand in a noun phrase, and every part of such a run.
Their counts, nesting (as in C-value: Frantzi, Ananiadou and Mima, 2000), place and shape are
weighed by a small network of one hidden layer, `data/heads/terms`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from paperflow.encoder import Encoder
from paperflow.extract.acronyms import definitions
from paperflow.extract.heads.load import weights
from paperflow.extract.lexicon import generic, types_by_key, verbs
from paperflow.extract.phrases import LONGEST, is_specific, runs
from paperflow.extract.shapes import ADJECTIVE_ENDING, NOUN_ENDING, is_adjective
from paperflow.extract.types import is_name
from paperflow.extract.words import Word, key_parts, phrase_key, singular

LEAST = 0.1  # probability; below it a term is none
_NEAR = 120  # characters from the start


@dataclass(slots=True)
class Candidate:
    """A phrase with its places: runs that it fills, and runs that go on before or after it."""

    key: str
    surface: str
    first: int
    count: int = 0
    whole: int = 0
    begins: int = 0
    ends: int = 0
    spelled: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RankedTerm:
    """A term: key, as first spelled, and the probability that a reader would name it."""

    key: str
    surface: str
    probability: float


def ranked_terms(
    text: str, *, title: int = 0, encoder: Encoder | None = None, most: int = 10
) -> list[RankedTerm]:
    """Return at most `most` terms of a text, best first; two at least where there are any.

    The first `title` characters are the title. With an encoder, how near a term is to the
    whole text counts as much as its probability.
    """
    return ranked(text, title, candidates_of(text), network(), encoder)[:most]


def ranked(
    text: str,
    title: int,
    found: Sequence[Candidate],
    head: "Network",
    encoder: Encoder | None = None,
) -> list[RankedTerm]:
    """Return the candidates that are likely terms, best first; two at least."""
    if not found:
        return []
    likely = head.probabilities(features_of(text, title, found, head.prior))
    order = likely if encoder is None else reranked(text, found, likely, encoder)
    best = sorted(range(len(found)), key=lambda at: (-order[at], found[at].key))
    kept = [at for at in best if likely[at] >= LEAST] or best[:2]
    return [RankedTerm(found[at].key, found[at].surface, float(likely[at])) for at in kept]


def candidates_of(text: str) -> list[Candidate]:
    """Return every part of every run of nouns that says something, by key, first place first."""
    found: dict[str, Candidate] = {}
    for run in runs(text):
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + LONGEST) + 1):
                _add(found, text, run, start, end)
    return list(found.values())


def _add(
    found: dict[str, Candidate], text: str, run: tuple[Word, ...], start: int, end: int
) -> None:
    spelled = tuple(word.lower for word in run[start:end])
    key = " ".join(key_parts(spelled))
    if len(key) < 3 or not any(char.isalpha() for char in key):
        return
    place = run[start].start
    fresh = Candidate(key, text[place : run[end - 1].end], place, spelled=spelled)
    known = found.setdefault(key, fresh)
    known.count += 1
    known.whole += start == 0 and end == len(run)
    known.begins += start == 0 and end < len(run)
    known.ends += start > 0 and end == len(run)


def features_of(
    text: str, title: int, found: Sequence[Candidate], prior: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what the head weighs [N, F] of each candidate; `prior` tells of its words [H]."""
    short = {phrase_key(one.short) for one in definitions(text)}
    long = {phrase_key(one.long) for one in definitions(text)}
    size = max(1, len(text))
    rows = [
        [*_counts(item, size, title), *_shape(item, short, long), *prior[slots(item, len(prior))]]
        for item in found
    ]
    return np.array(rows, dtype=np.float32)


def slots(item: Candidate, size: int) -> list[int]:
    """Return where the prior keeps a phrase, its first word, and its last."""
    parts = item.key.split()
    names = (item.key, f"first {parts[0]}", f"last {parts[-1]}")
    return [crc32(name.encode("utf-8", "replace")) % size for name in names]


def _counts(item: Candidate, size: int, title: int) -> Iterator[float]:
    """Yield how often and where a candidate stands."""
    length = len(item.key.split())
    yield from (length == 1, length == 2, length == 3, length > 3)
    yield log(item.count)
    yield log(item.count) * (length == 1)
    yield item.whole / item.count
    yield item.begins / item.count
    yield item.ends / item.count
    yield item.whole > 0
    yield item.first / size
    yield item.first < title
    yield item.first < _NEAR
    yield log(size) / 5
    yield size < 300


def _shape(item: Candidate, short: set[str], long: set[str]) -> Iterator[float]:
    """Yield how a candidate is spelled, and what lists say of its words."""
    first, last = item.spelled[0], item.spelled[-1]
    one = len(item.spelled) == 1
    yield item.key in types_by_key()
    yield item.key in short
    yield item.key in long
    yield is_name(item.surface)
    yield is_name(item.surface) and one
    yield is_specific(item.spelled)
    yield is_adjective(last)
    yield bool(NOUN_ENDING.search(last))
    yield bool(ADJECTIVE_ENDING.search(first))
    yield last in verbs()
    yield first in verbs()
    yield singular(last) in generic("plain")
    yield singular(first) in generic("plain")
    yield singular(last) in generic("trailing")
    yield first in generic("leading")
    yield last.endswith("ing")
    yield first.endswith("ing")
    yield singular(last) != last
    yield item.surface[:1].isupper()
    yield any(char.isdigit() for char in item.key)
    yield "-" in item.surface
    yield min(20, len(last)) / 10
    yield min(20, len(first)) / 10


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer of rectified units over standardized features.

    `prior` [H] holds hashed log-odds of phrases and words to be keywords of papers.
    """

    prior: NDArray[np.float32]

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    inner: NDArray[np.float32]
    inner_bias: NDArray[np.float32]
    outer: NDArray[np.float32]
    outer_bias: NDArray[np.float32]

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return [N] for features [N, F]."""
        hidden = (features - self.mean) / self.scale @ self.inner + self.inner_bias
        scores = np.maximum(hidden, 0) @ self.outer[:, 0] + self.outer_bias[0]
        likely: NDArray[np.float32] = 1 / (1 + np.exp(-scores))
        return likely


@cache
def network() -> Network:
    """Return the head that ships."""
    return Network(**weights("terms"))


def reranked(
    text: str, found: Sequence[Candidate], likely: NDArray[np.float32], encoder: Encoder
) -> NDArray[np.float32]:
    """Return the log-odds of each candidate plus its standardized cosine to the text."""
    vectors = encoder.encode([text, *(item.surface for item in found)])
    near = vectors[1:] @ vectors[0]
    odds = np.log(likely + 1e-6) - np.log(1 - likely + 1e-6)
    added: NDArray[np.float32] = odds + (near - near.mean()) / (near.std() + 1e-6) * _TRUST
    return added


_TRUST = 0.5  # of the encoder, chosen on the training half
