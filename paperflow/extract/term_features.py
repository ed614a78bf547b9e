"""What the term head weighs of a candidate: counts, place, shape, and what is known of its words.

`prior` [H] holds hashed log-odds of phrases and words to be keywords of papers, `rarity` [H]
the hashed inverse document frequency of phrases in abstracts.
"""

from collections.abc import Iterator, Sequence
from math import log
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from paperflow.extract.acronyms import definitions
from paperflow.extract.lexicon import generic, types_by_key, verbs
from paperflow.extract.phrases import is_specific
from paperflow.extract.shapes import ADJECTIVE_ENDING, NOUN_ENDING, is_adjective
from paperflow.extract.term_candidates import Candidate
from paperflow.extract.types import is_name
from paperflow.extract.words import phrase_key, singular

Floats = NDArray[np.float32]
Style = Literal["index", "author"]

# The features in their order, by what they look at: an ablation leaves one group out.
GROUPS = {
    "counts and place": 15,
    "shape and lists": 23,
    "verbs and participles": 5,
    "prior": 3,
    "document frequency": 9,
    "other candidates": 8,
    "style": 1,
}
_NEAR = 120  # characters from the start


def features_of(
    text: str,
    title: int,
    found: Sequence[Candidate],
    prior: Floats,
    rarity: Floats,
    style: Style,
) -> Floats:
    """Return what the head weighs [N, F] of each candidate."""
    defined = definitions(text)
    short = {phrase_key(one.short) for one in defined}
    long = {phrase_key(one.long) for one in defined}
    size = max(1, len(text))
    rows = [
        [
            *_counts(item, size, title),
            *_shape(item, short, long),
            *item.verbal,
            *prior[slots(item, len(prior))],
            *_rarities(item, rarity),
            *others,
            style == "author",
        ]
        for item, others in zip(found, _among(found), strict=True)
    ]
    return np.array(rows, dtype=np.float32)


def slots(item: Candidate, size: int) -> list[int]:
    """Return where the prior keeps a phrase, its first word, and its last."""
    parts = item.key.split()
    names = (item.key, f"first {parts[0]}", f"last {parts[-1]}")
    return [slot(name, size) for name in names]


def slot(name: str, size: int) -> int:
    """Return where a table of this size keeps what is known of a name."""
    return crc32(name.encode("utf-8", "replace")) % size


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


def _rarities(item: Candidate, rarity: Floats) -> Iterator[float]:
    """Yield the inverse document frequencies of a phrase and of its words."""
    size = len(rarity)
    parts = [float(rarity[slot(word, size)]) for word in item.key.split()]
    own = float(rarity[slot(item.key, size)])
    yield from (own, item.count * own / 10, log(1 + item.count) * own / 5)
    yield from (min(parts), max(parts), sum(parts) / len(parts), parts[-1], parts[0])
    yield own - max(parts)


def _among(found: Sequence[Candidate]) -> Iterator[tuple[float, ...]]:
    """Yield how each candidate stands among the others: its rank, its words', longer ones."""
    if not found:
        return
    most = max(item.count for item in found)
    place = {at: rank for rank, at in enumerate(_by_place(found))}
    words = {item.key: item.count for item in found if " " not in item.key}
    padded = [f" {item.key} " for item in found]
    for at, item in enumerate(found):
        counts = [words.get(word, 1) for word in item.key.split()]
        longer = [o.count for o, key in zip(found, padded, strict=True) if padded[at] in key]
        beyond = sorted(longer, reverse=True)
        beyond.remove(item.count)
        yield (
            item.count / most,
            place[at] / len(found),
            log(1 + min(counts)),
            log(1 + max(counts)),
            log(1 + sum(counts) / len(counts)),
            log(1 + len(beyond)),
            max(beyond, default=0) / item.count,
            len(found) / 50,
        )


def _by_place(found: Sequence[Candidate]) -> list[int]:
    return sorted(range(len(found)), key=lambda at: (found[at].first, at))
