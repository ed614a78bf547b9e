"""Where sentences begin and end."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

from paperflow.extract.words import PASSAGES
from paperflow.records import Passage

# Abbreviations that nupunkt takes for an end of sentence when a capital or number follows.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:Secs?|Sects?|Tabs?|Figs?|Eqs?|Eqns?|Refs?|Chaps?|App|Alg|Thm|Thms|Lem|Prop"
    r"|Props|Def|Cor|Nos?|vs|cf|e\.\s?g|i\.\s?e|et al|resp|viz|approx|w\.\s?r\.\s?t|s\.\s?t"
    r"|s\.\s?a|a\.\s?k\.\s?a|i\.\s?i\.\s?d|ca|incl|Dr|Prof|Mr|Mrs|Ms|St)\.,?\s*$",
    re.IGNORECASE,
)
# A full stop after a whole word is an end that nupunkt misses where the word is in its lists.
_END = re.compile(r"(?<=[a-z]{4})[.!?][\"')\]]?\s+(?=[A-Z])")
_STARTED = re.compile(r"[a-z,;)\]]")
_PIECE = 20_000  # characters given to nupunkt at once
_LONGEST = 2_000  # characters of a sentence; what is longer is no prose, and is cut


@cache
def _load() -> None:
    """Load the model of nupunkt, once in a process."""
    from nupunkt import load_default_model

    load_default_model()


@lru_cache(maxsize=PASSAGES)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of every sentence of `text`, without the space around it."""
    from nupunkt import sent_spans

    spans: list[tuple[int, int]] = []
    for offset in range(0, len(text), _PIECE):
        piece = text[offset : offset + _PIECE]
        spans += ((start + offset, end + offset) for start, end in sent_spans(piece))
    whole = [part for span in _mended(text, spans) for part in _split(text, *span)]
    return tuple(span for span in (_strip(text, *part) for part in whole) if span)


def _mended(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what was cut after an abbreviation or before a lower-case word."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and _cut_wrongly(text[result[-1][0] : result[-1][1]], text[start:end]):
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a sentence where another begins in it, and where it is too long."""
    ends = [match.end() for match in _END.finditer(text, start, end)]
    cuts = [
        cut
        for cut in ends
        if cut < end and not _ABBREVIATION.search(text[max(start, cut - 20) : cut])
    ]
    whole = zip([start, *cuts], [*cuts, end], strict=True)
    return [part for span in whole for part in _short(text, *span)]


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield parts no longer than a sentence may be, cut at spaces where there are any."""
    while end - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        cut = space if space > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _cut_wrongly(before: str, after: str) -> bool:
    return bool(_ABBREVIATION.search(before[-20:]) or _STARTED.match(after.lstrip()))


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


@lru_cache(maxsize=PASSAGES)
def sentence_starts(text: str) -> frozenset[int]:
    """Return where the sentences of `text` begin."""
    return frozenset(start for start, _ in sentence_spans(text))


def sentence_at(text: str, at: int) -> tuple[int, int]:
    """Return the span of the last sentence that begins at or before `at`."""
    spans = sentence_spans(text)
    return spans[max(0, bisect_right(spans, (at, len(text))) - 1)] if spans else (0, len(text))


def sentence_around(passage: Passage, start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentence, or sentences, that hold `start` to `end`."""
    first, last = sentence_at(passage.text, start), sentence_at(passage.text, max(start, end - 1))
    return min(start, first[0]), max(end, last[1])
