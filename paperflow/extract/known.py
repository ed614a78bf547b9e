"""Terms that the lists, the paper's acronyms, or its keywords name, found in its text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from paperflow.extract.lexicon import Term, terms
from paperflow.extract.phrases import Candidate
from paperflow.extract.words import Word, adjoining, is_prefix, key_parts, words

_PLAIN_NAME = re.compile(r"[A-Z][a-z]+")

Names = Mapping[tuple[str, ...], tuple[Term, ...]]


def known_terms(text: str, own: Names, title: bool = False) -> list[Candidate]:
    """Return the longest known terms of `text`, in order, none overlapping another.

    `own` holds the terms of this paper, which come before those of the lists. In a
    title a capital does not make a word a name.
    """
    found = words(text)
    reach = _reach(own)
    result: list[Candidate] = []
    at = 0
    while at < len(found):
        most = _most_words(found, at, reach)
        match = _longest(text, found[at : at + most], own, title) if most else None
        if match:
            result.append(match)
        at += len(match.spelled) if match else 1
    return result


@cache
def _listed_reach() -> Mapping[str, int]:
    return _by_first_part(terms())


def _by_first_part(names: Names) -> dict[str, int]:
    """Return for each first part how many parts the longest name has that begins so."""
    found: dict[str, int] = {}
    for parts in names:
        found[parts[0]] = max(found.get(parts[0], 0), len(parts))
    return found


def _reach(own: Names) -> Mapping[str, int]:
    """Return `_by_first_part` of the lists and of the paper's own terms together."""
    listed = _listed_reach()
    mine = {part: max(most, listed.get(part, 0)) for part, most in _by_first_part(own).items()}
    return {**listed, **mine}


def _most_words(found: Sequence[Word], at: int, reach: Mapping[str, int]) -> int:
    """Return how many words a known term that begins here can have, 0 where none does."""
    first = key_parts((found[at].lower,))
    if first and first[0] in reach:
        return reach[first[0]] + 1
    if not is_prefix(found[at].lower):
        return 0
    joined = key_parts(tuple(word.lower for word in found[at : at + 2]))
    return reach[joined[0]] + 2 if joined and joined[0] in reach else 0


def _longest(text: str, found: Sequence[Word], own: Names, title: bool) -> Candidate | None:
    """Return the longest known term that begins with the first of these words."""
    stop = 1
    while stop < len(found) and adjoining(text, found[stop - 1], found[stop]):
        stop += 1
    for end in range(stop, 0, -1):
        spelled = tuple(word.lower for word in found[:end])
        parts = key_parts(spelled)
        options = (*own.get(parts, ()), *terms().get(parts, ()))
        if options:
            surface = text[found[0].start : found[end - 1].end]
            term = next(_spelled_so(options, surface, title), None)
            if term:
                return Candidate(found[0].start, found[end - 1].end, spelled, term.key, term)
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
