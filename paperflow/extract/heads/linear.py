"""Sentence classes by hashed words and letters with linear weights: no torch, no encoder.

TF-IDF after Salton and Buckley (1988), hashed as Weinberger et al. (2009).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WORD = re.compile(r"\w+|[^\w\s]")
_NUMBER = re.compile(r"\d+")
_MOST_WORDS = 200  # of a sentence; what is longer is no prose


@dataclass(frozen=True, slots=True)
class LinearHead:
    """K classes over H buckets: `weights` [H, K], `bias` [K], `idf` [H]."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    idf: Floats

    def classify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return the class of each text and its probability."""
        return [self._best(text) for text in texts]

    def calibrated(
        self, texts: Sequence[str], calibration: Mapping[str, Any]
    ) -> list[tuple[str, float]]:
        """Return the most probable class of each text by the `calibration` of a card, and how much.

        That holds the weights [K, K] and the bias [K] of the logits over the scores.
        """
        weights, bias = (np.array(calibration[name]) for name in ("weights", "bias"))
        found = []
        for text in texts:
            scores = self.scores(text)
            logits = weights @ scores + bias
            shares = np.exp(logits - logits.max())
            best = int(logits.argmax())
            found.append((self.labels[best], float(shares[best] / shares.sum())))
        return found

    def scores(self, text: str) -> Floats:
        """Return the score [K] of each class."""
        slots, values = weighted(text, self.idf)
        scores: Floats = values @ self.weights[slots] + self.bias
        return scores

    def _best(self, text: str) -> tuple[str, float]:
        scores = self.scores(text)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        return self.labels[best], float(shares[best])


def weighted(text: str, idf: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the buckets of a text, ascending, and their TF-IDF values of length one."""
    counts = bucket_counts(text, len(idf))
    slots = np.array(sorted(counts), dtype=np.int64)
    values = np.array([1 + log(counts[slot]) for slot in slots.tolist()]) * idf[slots]
    length = np.linalg.norm(values)
    return slots, (values / (length or 1)).astype(np.float32)


@lru_cache(maxsize=256)  # several heads ask for the same sentence
def bucket_counts(text: str, buckets: int) -> Mapping[int, int]:
    """Return how often each bucket is hit by the text's features."""
    return Counter(crc32(feature.encode("utf-8", "replace")) % buckets for feature in _seen(text))


def _seen(text: str) -> Iterator[str]:
    """Yield runs of one to three words, and the letters of each word, two to five long."""
    found = [_NUMBER.sub("0", word) for word in _WORD.findall(text.lower())[:_MOST_WORDS]]
    for size in (1, 2, 3):
        yield from (" ".join(found[at : at + size]) for at in range(len(found) - size + 1))
    for word in found:
        padded = f"<{word[:30]}>"
        for size in (2, 3, 4, 5):
            yield from (f"#{padded[at : at + size]}" for at in range(len(padded) - size + 1))
