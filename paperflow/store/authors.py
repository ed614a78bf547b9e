"""Which signatures under papers are of one person.

Signatures of one name begin as one person; persons whose names can be one ("J.C." and
"Jian-Chun") are joined, the most alike first, by shared affiliations and co-authors. Nobody
signs a paper twice: persons who stand on one paper are never joined.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import combinations
from math import sqrt

# How alike two persons must be, where the shorter of their names is one initial, and where it is
# more. benchmarks/authors.py chooses both on halves of its data, and measures on the others.
LEAST = (0.8, 0.05)
_SURE = 3.0  # the same given name in full
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """One name under one work: "Family, Given", where it was written, and who stands beside."""

    name: str
    work: str
    affiliation: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed works: `names` as they were written, the most frequent one first."""

    names: tuple[str, ...]
    works: tuple[str, ...]


Name = tuple[str, tuple[str, ...]]  # family name, words of the given name


@dataclass
class _Person:
    members: list[int]
    names: set[Name]
    works: set[str]
    affiliations: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)


def resolve_authors(
    signatures: Sequence[Signature], least: tuple[float, float] = LEAST
) -> list[int]:
    """Return for each signature the number of its person, from 0, in order of appearance.

    `least` says how alike two persons must be to be one: those whose shorter name is an
    initial, and others.
    """
    blocks: dict[tuple[str, str], list[_Person]] = defaultdict(list)
    for person in _by_name(signatures):
        family, given = min(person.names)
        blocks[family, given[0][0] if given else ""].append(person)
    persons = [person for block in blocks.values() for person in _joined(block, least)]
    owner = {member: person.members[0] for person in persons for member in person.members}
    numbers: dict[int, int] = {}
    return [numbers.setdefault(owner[place], len(numbers)) for place in range(len(signatures))]


def persons(signatures: Sequence[Signature]) -> list[Person]:
    """Return the persons behind signatures, those with most works first, then by name."""
    signed: dict[int, list[Signature]] = defaultdict(list)
    for signature, number in zip(signatures, resolve_authors(signatures), strict=True):
        signed[number].append(signature)
    found = [_person(items) for items in signed.values()]
    return sorted(found, key=lambda person: (-len(person.works), person.names, person.works))


def _person(signed: Sequence[Signature]) -> Person:
    names = Counter(item.name for item in signed)
    order = sorted(names, key=lambda name: (-names[name], -len(name), name))
    return Person(tuple(order), tuple(sorted({item.work for item in signed})))


def _by_name(signatures: Sequence[Signature]) -> list[_Person]:
    """Return one person for each name, and one more for each second time on one work."""
    persons: dict[tuple[str, str], _Person] = {}
    found: list[_Person] = []
    for place, signature in enumerate(signatures):
        name = parse_name(signature.name)
        key = (name[0], " ".join(name[1]) if _is_initials(name[1]) else "".join(name[1]))
        person = persons.get(key)
        if person is None or signature.work in person.works:
            person = _Person([], set(), set())
            found.append(person)
            persons.setdefault(key, person)
        _add(person, place, name, signature)
    return found


def _add(person: _Person, place: int, name: Name, signature: Signature) -> None:
    person.members.append(place)
    person.names.add(name)
    person.works.add(signature.work)
    person.affiliations.update([signature.affiliation] if signature.affiliation else [])
    person.beside.update(signature.beside)


@lru_cache(maxsize=1 << 16)
def parse_name(text: str) -> Name:
    """Return the family name and the words of the given name, without case and accents."""
    family, _, given = text.partition(",")
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", given.strip()))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return family.strip().casefold(), tuple(_WORD.findall(letters.casefold()))


def can_be_one(one: Name, other: Name) -> bool:
    """Tell whether two names can be one person's: initials stand for words and syllables."""
    if one[0] != other[0]:
        return False
    mine, theirs = one[1], other[1]
    if not mine or not theirs:
        return True
    if _is_initials(theirs):
        mine, theirs = theirs, mine
    if not _is_initials(mine):
        return "".join(mine) == "".join(theirs) or _word_by_word(mine, theirs)
    if len(theirs) > 1 or _is_initials(theirs):  # the shorter row of initials begins the longer
        pairs = zip(mine, (word[0] for word in theirs), strict=False)
        return all(initial == begin for initial, begin in pairs)
    return _in_syllables("".join(mine), theirs[0])


def _is_initials(words: Iterable[str]) -> bool:
    return all(len(word) == 1 for word in words)


def _word_by_word(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    rest = [*mine[len(theirs) :], *theirs[len(mine) :]]
    pairs = zip(mine, theirs, strict=False)
    return _is_initials(rest) and all(
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


def _joined(block: Sequence[_Person], least: tuple[float, float]) -> list[_Person]:
    """Join persons, the most alike first, until no two are alike enough."""
    alive = dict(enumerate(block))
    waiting = [
        (-score, one, other)
        for one, other in combinations(alive, 2)
        if (score := _likeness(alive[one], alive[other], least)) is not None
    ]
    heapify(waiting)
    number = len(block)
    while waiting:
        _, one, other = heappop(waiting)
        if one not in alive or other not in alive:
            continue
        person = _both(alive.pop(one), alive.pop(other))
        for place, third in alive.items():
            if (score := _likeness(person, third, least)) is not None:
                heappush(waiting, (-score, place, number))
        alive[number] = person
        number += 1
    return list(alive.values())


def _both(one: _Person, other: _Person) -> _Person:
    return _Person(
        sorted(one.members + other.members),
        one.names | other.names,
        one.works | other.works,
        one.affiliations + other.affiliations,
        one.beside + other.beside,
    )


def _likeness(one: _Person, other: _Person, least: tuple[float, float]) -> float | None:
    """Return how alike two persons are, or None where they can't be one or are not alike enough."""
    if not one.works.isdisjoint(other.works):
        return None
    if not all(can_be_one(mine, theirs) for mine in one.names for theirs in other.names):
        return None
    score = _cosine(one.affiliations, other.affiliations) + _cosine(one.beside, other.beside)
    full = {"".join(given) for _, given in one.names if not _is_initials(given)}
    if any("".join(given) in full for _, given in other.names):
        return _SURE + score
    shortest = min(len("".join(given)) for _, given in one.names | other.names)
    return score if score >= least[shortest > 1] else None


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    if not (shared := sum(count * other[word] for word, count in one.items())):
        return 0.0
    lengths = (sum(count * count for count in counts.values()) for counts in (one, other))
    return shared / sqrt(next(lengths) * next(lengths))
