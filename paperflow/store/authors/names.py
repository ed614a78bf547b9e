"""Which names under papers can be one person's."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

Name = tuple[str, tuple[str, ...]]  # family name, words of the given name

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1 << 16)
def parse_name(text: str) -> Name:
    """Return the family name and the words of the given name, without case and accents."""
    family, _, given = text.partition(",")
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", given.strip()))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return family.strip().casefold(), tuple(_WORD.findall(letters.casefold()))


def spelled(name: Name) -> tuple[str, str]:
    """Return what equal names have in common: a given name's words as one, or its initials."""
    family, given = name
    return family, " ".join(given) if is_initials(given) else "".join(given)


def is_initials(words: Iterable[str]) -> bool:
    """Tell whether each word is one letter."""
    return all(len(word) == 1 for word in words)


def letters(name: Name) -> int:
    """Return how many letters of the given name are known."""
    return sum(map(len, name[1]))


@lru_cache(maxsize=1 << 16)
def can_be_one(one: Name, other: Name) -> bool:
    """Tell whether two names can be one person's: initials stand for words and syllables."""
    if one[0] != other[0]:
        return False
    mine, theirs = one[1], other[1]
    if not mine or not theirs:
        return True
    if is_initials(theirs):
        mine, theirs = theirs, mine
    if not is_initials(mine):
        return "".join(mine) == "".join(theirs) or _word_by_word(mine, theirs)
    if len(theirs) > 1 or is_initials(theirs):  # the shorter row of initials begins the longer
        pairs = zip(mine, (word[0] for word in theirs), strict=False)
        return all(initial == begin for initial, begin in pairs)
    return _in_syllables("".join(mine), theirs[0])


def _word_by_word(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    rest = [*mine[len(theirs) :], *theirs[len(mine) :]]
    pairs = zip(mine, theirs, strict=False)
    return is_initials(rest) and all(
        one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
        for one, other in pairs
    )


def _in_syllables(initials: str, word: str) -> bool:
    """Tell whether each initial can begin a syllable: a vowel must follow it in the word."""
    place = -1
    for initial in initials:
        place = word.find(initial, place + 1) if place >= 0 else word[:1].find(initial)
        if place < 0 or (len(initials) > 1 and not re.search("[aeiouy]", word[place:])):
            return False
    return True
