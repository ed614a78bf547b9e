"""How well names that mean the same are told from others: synonyms of the lexicons.

Names on one line of a lexicon are synonyms, names on two lines are not. Half of the lines, by
hash, choose the threshold for a precision of .95; the other half is measured.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

import numpy as np
from report import Row, arguments, show

from paperflow.encoder import load_encoder
from paperflow.extract.lexicon import NAMED_TYPES, _lines
from paperflow.extract.words import phrase_key
from paperflow.graphs.similar import THRESHOLD, may_be_one

PRECISION = 0.95


class Pair(NamedTuple):
    """Two names of one type: how similar they are, and whether they mean the same."""

    similarity: float
    same: bool


def main() -> None:
    """Choose the threshold on one half of the lexicons and measure it on the other."""
    options = arguments(__doc__)
    halves = [pairs_of(half) for half in (0, 1)]
    chosen = threshold_for(halves[0])
    precision, recall = at(halves[1], THRESHOLD)
    print(f"threshold for a precision of {PRECISION} on the choosing half: {chosen:.3f}")
    print(f"pairs in the held-out half: {len(halves[1])}, {sum(p.same for p in halves[1])} same")
    show(
        options,
        [
            Row("similar terms, held-out precision", precision, "share", goal=0.9),
            Row("similar terms, held-out recall", recall, "share", note="beyond rules"),
        ],
    )


def pairs_of(half: int) -> list[Pair]:
    """Return the pairs of one half that the rules leave open, and that may mean the same."""
    found: list[Pair] = []
    for file in NAMED_TYPES:
        rows = [row for row in _lines(file) if crc32(row.encode()) % 2 == half]
        names = [(at, name.strip()) for at, row in enumerate(rows) for name in row.split("|")]
        vectors = load_encoder().encode([name for _, name in names])
        found += _pairs(names, vectors)
    return found


def _pairs(names: Sequence[tuple[int, str]], vectors: np.ndarray) -> list[Pair]:
    similar = vectors @ vectors.T
    keys = [phrase_key(name) for _, name in names]
    return [
        Pair(float(similar[a, b]), names[a][0] == names[b][0])
        for a, b in combinations(range(len(names)), 2)
        if keys[a] != keys[b] and may_be_one(keys[a], keys[b])
    ]


def threshold_for(pairs: Sequence[Pair]) -> float:
    """Return the lowest threshold above which PRECISION of the pairs mean the same."""
    ranked = sorted(pairs, reverse=True)
    right, lowest = 0, 1.0
    for count, pair in enumerate(ranked, 1):
        right += pair.same
        if right / count >= PRECISION:
            lowest = pair.similarity
    return lowest


def at(pairs: Sequence[Pair], threshold: float) -> tuple[float, float]:
    """Return precision and recall of calling every pair at least that similar the same."""
    called = [pair for pair in pairs if pair.similarity >= threshold]
    right = sum(pair.same for pair in called)
    return right / max(1, len(called)), right / max(1, sum(pair.same for pair in pairs))


if __name__ == "__main__":
    main()
