"""Whether quotes bear a sentence that somebody else wrote: checked by rule, afterwards."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from paperflow.reports.prose import Removed, Sentence
from paperflow.retrieval.text import plain, stems

if TYPE_CHECKING:
    from paperflow.encoder import Encoder

# How near a sentence must be to its quotes. Chosen on SciFact's training claims with their
# rationales; on the 338 of its validation part, what is too far is 10 % of the supported claims
# and 99 % of those beside another paper's sentences with vectors, 14 % and 96 % by words alone.
# Beside other sentences of the same abstract it is a third to a half: near is not yet borne.
LEAST_BY_WORDS = 0.15  # share of a sentence's telling words that its quotes hold
LEAST_WITH_VECTORS = 0.30  # of (2 * cosine + that share) / 3
NO_QUOTE = "it cites no quote"
NEGATED = "it denies something, and its quotes deny nothing"
FAR = "its quotes say something else"
_CITED = re.compile(r"\s*\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_QUOTATION = re.compile(r"“([^”]{12,})”|\"([^\"]{12,})\"")
_NEGATION = re.compile(
    r"\b(not|no|never|neither|nor|without|cannot|fail(?:s|ed)? to|lacks?|unable)\b|n['’]t\b",
    re.IGNORECASE,
)


def borne(
    written: Iterable[Sentence], quotes: Sequence[str], encoder: "Encoder | None" = None
) -> tuple[list[Sentence], list[Removed]]:
    """Return the sentences that their quotes bear, and the others, each with the reason.

    Sentences cite quotes by number from 1, or name the numbers in brackets. What a sentence
    says has to be near its quotes: in words, with an encoder also in meaning.
    """
    kept: list[Sentence] = []
    removed: list[Removed] = []
    for item in map(plainly_cited, written):
        cites = tuple(n for n in item.cites if 1 <= n <= len(quotes))
        reason = lack(item.text, [quotes[n - 1] for n in cites], encoder)
        if reason:
            removed.append(Removed(text=item.text, reason=reason))
        else:
            kept.append(Sentence(text=item.text, cites=cites, doubt=item.doubt))
    return kept, removed


def plainly_cited(item: Sentence) -> Sentence:
    """Return a sentence with the numbers in its brackets among those that it cites."""
    named = [int(n) for found in _CITED.findall(item.text) for n in _NUMBER.findall(found)]
    cites = tuple(sorted({*item.cites, *named}))
    text = " ".join(_CITED.sub("", item.text).split())
    return Sentence(text=text, cites=cites, doubt=item.doubt)


def lack(text: str, quotes: Sequence[str], encoder: "Encoder | None" = None) -> str:
    """Return why the quotes don't bear a sentence, "" where they do."""
    if not quotes:
        return NO_QUOTE
    return next(_lacks(text, " ".join(quotes), encoder), "")


def _lacks(text: str, quoted: str, encoder: "Encoder | None") -> Iterator[str]:
    yield from (f"its quotes don't hold “{found}”" for found in invented(text, quoted))
    numbers = set(_NUMBER.findall(quoted))
    yield from (f"its quotes don't hold the number {n}" for n in _numbers(text) if n not in numbers)
    if _NEGATION.search(text) and not _NEGATION.search(quoted):
        yield NEGATED
    if not _near(text, quoted, encoder):
        yield FAR


def invented(text: str, quoted: str) -> list[str]:
    """Return what a text puts in quotation marks and the quotes don't hold."""
    said = [one or other for one, other in _QUOTATION.findall(text)]
    whole = _spaced(quoted)
    return [part for part in said if _spaced(part).rstrip(".,; ") not in whole]


def _numbers(text: str) -> list[str]:
    return [found for found in _NUMBER.findall(text) if found != "1"]


def _spaced(text: str) -> str:
    return " ".join(plain(text).split())


def _near(text: str, quoted: str, encoder: "Encoder | None") -> bool:
    told, held = set(stems(text)), set(stems(quoted))
    share = len(told & held) / len(told) if told else 0.0
    if encoder is None:
        return share >= LEAST_BY_WORDS
    one, other = encoder.encode([text, quoted])
    return (2 * float((one * other).sum()) + share) / 3 >= LEAST_WITH_VECTORS
