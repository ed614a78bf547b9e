"""Which signatures under papers are of one person.

Signatures of one name begin as one person, those of one initial as several where the initial
signs at several places at one time. Persons whose names can be one ("J.C." and "Jian-Chun") are
joined, the most alike first, by shared affiliations and co-authors, initials after all others;
an initial that could be either of two is neither. Nobody signs a paper twice: persons who
stand on one paper are never joined.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paperflow.store.authors.evidence import Group, Limits, Signature, grouped
from paperflow.store.authors.initials import parted
from paperflow.store.authors.joining import joined
from paperflow.store.authors.names import can_be_one, letters, parse_name, spelled

__all__ = [
    "Limits",
    "Person",
    "Signature",
    "can_be_one",
    "parse_name",
    "persons",
    "resolve_authors",
]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed works: `names` as they were written, the most frequent one first."""

    names: tuple[str, ...]
    works: tuple[str, ...]


def resolve_authors(signatures: Sequence[Signature], limits: Limits | None = None) -> list[int]:
    """Return for each signature the number of its person, from 0, in order of appearance."""
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, signature in enumerate(signatures):
        family, given = parse_name(signature.name)
        blocks[family, given[0][0] if given else ""].append(place)
    found = [_resolved(signatures, places, limits or Limits()) for places in blocks.values()]
    owner = {place: one.members[0] for block in found for one in block for place in one.members}
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


def _resolved(
    signatures: Sequence[Signature], places: Iterable[int], limits: Limits
) -> list[Group]:
    """Return the persons of one family name and initial."""
    named: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in places:
        named[spelled(parse_name(signatures[place].name))].append(place)
    names: list[Group] = []
    initials: list[Group] = []
    for name in sorted(named):
        once, again = _once(signatures, named[name])
        if letters(parse_name(signatures[once[0]].name)) > 1:
            names += [grouped(signatures, once), *again]
        else:
            initials += [*parted(signatures, once, limits), *again]
    return joined(joined([], names, limits), initials, limits)


def _once(signatures: Sequence[Signature], places: Iterable[int]) -> tuple[list[int], list[Group]]:
    """Return each work's first signature, and the further ones as persons of their own."""
    works: set[str] = set()
    once: list[int] = []
    again: list[Group] = []
    for place in places:
        if (work := signatures[place].work) in works:
            again.append(grouped(signatures, [place]))
        else:
            works.add(work)
            once.append(place)
    return once, again
