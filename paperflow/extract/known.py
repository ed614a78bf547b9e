"""Terms that the lists, the paper's acronyms, or its keywords name, found in its text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from paperflow.extract.lexicon import Term, terms
from paperflow.extract.phrases import Candidate
from paperflow.extract.words import Word, adjoining, key_parts, words

_MOST_WORDS = 7
_PLAIN_NAME = re.compile(r"[A-Z][a-z]+")

Names = Mapping[tuple[str, ...], tuple[Term, ...]]


def known_terms(text: str, own: Names, title: bool = False) -> list[Candidate]:
    """Return the longest known terms of `text`, in order, none overlapping another.

    `own` holds the terms of this paper, which come before those of the lists. In a
    title, and at the start of a sentence, a capital does not make a word a name.
    """
    found = words(text)
    starts = _first_parts(terms()) | {parts[0] for parts in own}
    result: list[Candidate] = []
    at = 0
    while at < len(found):
        match = _longest(text, found, at, own, title) if _may_start(found, at, starts) else None
        if match:
            result.append(match)
        at += len(match.spelled) if match else 1
    return result


@cache
def _listed_first_parts() -> frozenset[str]:
    return frozenset(parts[0] for parts in terms() if parts)


def _first_parts(names: Names) -> frozenset[str]:
    return _listed_first_parts() if names is terms() else frozenset(parts[0] for parts in names)


def _may_start(found: Sequence[Word], at: int, starts: frozenset[str]) -> bool:
    """Tell whether some known term begins as the word at `at` does."""
    for stop in (at + 1, at + 2):
        parts = key_parts(tuple(word.lower for word in found[at:stop]))
        if parts and parts[0] in starts:
            return True
    return False


def _longest(
    text: str, found: Sequence[Word], at: int, own: Names, title: bool
) -> Candidate | None:
    """Return the longest known term that begins with the word at `at`."""
    stop = at + 1
    while stop < min(len(found), at + _MOST_WORDS) and adjoining(
        text, found[stop - 1], found[stop]
    ):
        stop += 1
    for end in range(stop, at, -1):
        spelled = tuple(word.lower for word in found[at:end])
        parts = key_parts(spelled)
        surface = text[found[at].start : found[end - 1].end]
        term = next(
            _spelled_so([*own.get(parts, ()), *terms().get(parts, ())], surface, title), None
        )
        if term:
            return Candidate(found[at].start, found[end - 1].end, spelled, term.key, term)
    return None


def _spelled_so(options: Sequence[Term], surface: str, title: bool) -> Iterator[Term]:
    return (term for term in options if is_spelled_so(term.name, surface, title))


def is_spelled_so(name: str, surface: str, title: bool = False) -> bool:
    """Tell whether `surface` may be the name: "GIN" is not "gin", "COCO" not "Coco"."""
    if not name or " " in name:
        return True
    if _PLAIN_NAME.fullmatch(name):
        return surface[:1].isupper() and not title
    plain, given = _bare(name), _bare(surface)
    if name.upper() == name:
        return given in (plain, plain + "s")
    if any(char.isdigit() for char in name):
        return True
    return given in (plain, plain + "s") or sum(char.isupper() for char in given) > 1


def _bare(name: str) -> str:
    return re.sub(r"[-‐‑\s]", "", name)
