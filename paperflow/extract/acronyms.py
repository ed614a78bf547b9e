"""Acronyms and what they stand for, by the algorithm of Schwartz and Hearst (2003)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from paperflow.extract.sentences import sentence_at
from paperflow.extract.words import singular

_BRACKETS = re.compile(r"\(([^()]{2,200})\)")
_SHORT = re.compile(r"[A-Za-z0-9][\w\-/]{1,14}")
_LAST_WORD = re.compile(r"(?<!\S)(\S{2,15})\s{0,2}$")
_CUT = re.compile(r"[;,:.!?()\[\]\"“”]")
_NOT_FIRST = frozenset("a an the of for and in on with to our we as by its".split())
_MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Definition:
    """A short form, its long form, and the span of each in the text."""

    short: str
    long: str
    short_span: tuple[int, int]
    long_span: tuple[int, int]


@lru_cache(maxsize=32)
def definitions(text: str) -> tuple[Definition, ...]:
    """Return what `text` defines, in order, as "long form (LF)" or "LF (long form)"."""
    found: dict[str, Definition] = {}
    for match in _BRACKETS.finditer(text):
        for definition in _defined(text, match):
            found.setdefault(definition.short, definition)
    return tuple(found.values())


def _defined(text: str, match: re.Match[str]) -> Iterator[Definition]:
    """Yield what one pair of brackets defines."""
    start, end = match.span(1)
    cut = _CUT.search(text, start, end)
    inner_end = cut.start() if cut else end
    inner = text[start:inner_end].rstrip()
    if is_short_form(inner):
        yield from _before(text, start, start + len(inner), match.start())
    elif len(inner.split()) >= 2 and not cut:
        yield from _inside(text, start, start + len(inner), match.start())


def is_short_form(text: str) -> bool:
    """Tell whether `text` looks like an acronym: one word, a capital, not a mere number."""
    if not _SHORT.fullmatch(text) or text.isdigit():
        return False
    capitals = sum(char.isupper() for char in text)
    return capitals >= 2 or (capitals == 1 and len(text) <= 4 and not text[1:].islower())


def _before(text: str, start: int, end: int, bracket: int) -> Iterator[Definition]:
    """Find the long form before the bracket."""
    begin = sentence_at(text, bracket)[0]
    window = text[begin:bracket].rstrip(" \t\n~")
    short = text[start:end]
    core = _core(short)
    first = _window_start(window, min(len(core) + 5, len(core) * 2, _MOST_WORDS))
    at = _align(core, window[first:])
    if at is None:
        return
    at = _whole_word(core, window, first + at)
    if _plausible(core, window[at:]):
        span = (begin + at, begin + len(window))
        yield Definition(short, text[slice(*span)], (start, end), span)


def _inside(text: str, start: int, end: int, bracket: int) -> Iterator[Definition]:
    """Find the short form before a bracket that holds the long form."""
    match = _LAST_WORD.search(text, max(0, bracket - 30), bracket)
    if not match or not is_short_form(match[1]):
        return
    core = _core(match[1])
    if _align(core, text[start:end]) == 0 and _plausible(core, text[start:end]):
        yield Definition(match[1], text[start:end], match.span(1), (start, end))


def _core(short: str) -> str:
    """Return the short form without the plural's s."""
    return short[:-1] if short.endswith("s") and short[-2:-1].isupper() else short


def _window_start(window: str, most: int) -> int:
    """Return where the last `most` words of the window begin, after the last stop."""
    stop = max((match.end() for match in re.finditer(r"[;:!?()\[\]]|,\s", window)), default=0)
    starts = [match.start() for match in re.finditer(r"\S+", window[stop:])]
    return stop + starts[-most] if len(starts) > most else stop + (starts[0] if starts else 0)


def _align(short: str, long: str) -> int | None:
    """Return where the long form begins, matching the short form's letters from the right.

    The first letter must begin a word (or follow a hyphen).
    """
    at = len(long)
    for index in range(len(short) - 1, -1, -1):
        char = short[index].lower()
        if not char.isalnum():
            continue
        at -= 1
        while at >= 0 and (long[at].lower() != char or (index == 0 and not _begins(long, at))):
            at -= 1
        if at < 0:
            return None
    return at


def _whole_word(short: str, window: str, at: int) -> int:
    """Move `at` from inside a hyphenated word to its start, where that begins with the letter."""
    start = max(window.rfind(" ", 0, at), window.rfind("(", 0, at)) + 1
    return start if window[start : start + 1].lower() == short[:1].lower() else at


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _plausible(short: str, long: str) -> bool:
    """Tell whether the long form is longer, has few words, and does not hold the short form."""
    spelled = long.split()
    if not spelled or len(long) <= len(short) or spelled[0].lower() in _NOT_FIRST:
        return False
    letters = sum(char.isalnum() for char in short)
    if len(spelled) > min(letters + 5, letters * 2) or short in spelled:
        return False
    initials = {part[:1].lower() for word in spelled for part in word.split("-")}
    return len(spelled) > 1 or len(short) < len(singular(long)) // 2 or len(initials) > 1
