"""Terms that mean the same by their vectors: pairs that are each other's nearest, never sure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paperflow.store.merges import Decision

SIMILAR = "similar"
# Chosen on half of the lexicons' synonyms for a precision of .95, which it keeps on the other half
# and, .944, on terms with one acronym: see benchmarks/resolution.py.
THRESHOLD = 0.925
_BLOCK = 1024
_OPPOSITES = frozenset(
    "un non in de anti semi quasi pseudo over under pre post low high min max source target "
    "true false positive negative early late local global micro macro single multi left right "
    "top bottom homo hetero sub super inter intra encoder decoder forward backward precision "
    "recall convex train test soft hard static dynamic discrete continuous linear nonlinear "
    "online offline rigid flexible i ii iii iv vi vii viii ix".split()
)


class Term(NamedTuple):
    """A term to be compared: `papers` counts the papers that name it."""

    id: str
    type: str
    key: str
    papers: int


def similar_terms(
    terms: Sequence[Term], vectors: NDArray[np.float32], threshold: float = THRESHOLD
) -> list[Decision]:
    """Return a join for each pair of one type whose unit vectors [N, D] are that similar.

    The two must be each other's nearest, and differ in more than a number, an opposite, or
    words added to one of them. The one that more papers name is kept.
    """
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, term in enumerate(terms):
        rows[term.type].append(row)
    found = []
    for type in sorted(rows):
        for a, b in _mutual(vectors[rows[type]], threshold):
            left, right = terms[rows[type][a]], terms[rows[type][b]]
            if may_be_one(left.key, right.key):
                kept, dropped = sorted((left, right), key=lambda term: (-term.papers, term.id))
                found.append(Decision(dropped.id, kept.id, SIMILAR))
    return sorted(found)


def may_be_one(left: str, right: str) -> bool:
    """Tell whether two keys can mean the same: "GPT 3" is not "GPT 4", nor "A" a kind of A."""
    a, b = Counter(left.split()), Counter(right.split())
    more, less = set(a - b), set(b - a)
    if not more or not less:
        return False
    numbers = [sorted(char for char in key if char.isdigit()) for key in (left, right)]
    return numbers[0] == numbers[1] and not (more | less) & _OPPOSITES and not _negates(more, less)


def _negates(more: set[str], less: set[str]) -> bool:
    """Tell whether a word is another with an opposite's prefix: "unsupervised", "supervised"."""
    pairs = [(x, y) for x in more for y in less] + [(y, x) for x in more for y in less]
    return any(x.endswith(y) and x.removesuffix(y) in _OPPOSITES for x, y in pairs)


def _mutual(vectors: NDArray[np.float32], threshold: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows that are each other's nearest and at least that similar."""
    nearest = np.full(len(vectors), -1)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors.T
        own = np.arange(len(block))
        block[own, own + start] = -1.0
        best = block.argmax(1)
        nearest[start : start + len(block)] = np.where(block[own, best] >= threshold, best, -1)
    for row, other in enumerate(nearest.tolist()):
        if row < other and nearest[other] == row:
            yield row, other
