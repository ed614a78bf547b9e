"""Tokens of a text as the heads see them, and the hashed letters of each."""

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

BUCKETS = 4096  # of hashed letters; number 0 is padding
MOST_GRAMS = 20  # hashed parts of a token

_TOKEN = re.compile(r"[^\W_]+(?:[-‐‑'’_.+/](?=[^\W_])[^\W_]+)*|\S")


def token_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each token: words with inner hyphens, and single marks."""
    return [match.span() for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=65536)
def letter_grams(token: str) -> tuple[int, ...]:
    """Return buckets of the token's shape, three-letter parts, and ends, as it is spelled.

    The encoder folds case; a capital or digit inside a word tells names from terms.
    """
    padded = f"^{token}$"
    parts = [f"shape {shape(token)}", f"end {token[-2:]}", token]
    parts += [padded[at : at + 3] for at in range(len(padded) - 2)]
    return tuple(1 + crc32(part.encode("utf-8")) % (BUCKETS - 1) for part in parts[:MOST_GRAMS])


def shape(token: str) -> str:
    """Return the token with letters as "X" and "x", digits as "9", runs shortened to two."""
    kinds = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", _case, token))
    return re.sub(r"(.)\1{2,}", r"\1\1", kinds)[:8]


def _case(letter: re.Match[str]) -> str:
    return "X" if letter.group().isupper() else "x"


def padded_grams(tokens: Sequence[str]) -> list[list[int]]:
    """Return `letter_grams` of each token [W, MOST_GRAMS], filled up with 0."""
    return [
        [*grams, *[0] * (MOST_GRAMS - len(grams))] for grams in (letter_grams(t) for t in tokens)
    ]
