"""What signatures tell of who signed: names, works, affiliations by year, and those beside."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from paperflow.store.authors.names import Name, can_be_one, is_initials, letters, parse_name

SURE = 3.0  # the same given name in full


@dataclass(frozen=True, slots=True)
class Signature:
    """One name under one work: "Family, Given", where and when, and who stands beside."""

    name: str
    work: str
    affiliation: str = ""
    beside: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """When signatures are one person's, and when not.

    `initial` and `name` say how alike two groups must be to be joined, where the shorter name
    is one initial, and where it is more. An initial is parted by affiliations of at least
    `established` signatures that signed `apart` times in one year. benchmarks/authors.py
    chooses all but `name` on halves of its data, and measures on the others.
    """

    initial: float = 0.8
    name: float = 0.05
    established: int = 16
    apart: float = 3.0


@dataclass
class Group:
    """Signatures, by their places in the list, that are held to be one person's."""

    members: list[int] = field(default_factory=list)
    names: set[Name] = field(default_factory=set)
    works: set[str] = field(default_factory=set)
    affiliations: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    years: dict[int, Counter[str]] = field(default_factory=dict)  # affiliations in each

    @property
    def is_initial(self) -> bool:
        """Whether a name is known by one letter or none."""
        return min(map(letters, self.names)) <= 1


def grouped(signatures: Sequence[Signature], places: Iterable[int]) -> Group:
    """Return the signatures at some places as one group."""
    group = Group()
    for place in places:
        signature = signatures[place]
        group.members.append(place)
        group.names.add(parse_name(signature.name))
        group.works.add(signature.work)
        group.beside.update(signature.beside)
        if signature.affiliation:
            group.affiliations[signature.affiliation] += 1
            if signature.year is not None:
                year = group.years.setdefault(signature.year, Counter())
                year[signature.affiliation] += 1
    return group


def united(one: Group, other: Group) -> Group:
    """Return the signatures of two groups as one."""
    years = {
        year: one.years.get(year, Counter()) + other.years.get(year, Counter())
        for year in one.years.keys() | other.years.keys()
    }
    return Group(
        sorted(one.members + other.members),
        one.names | other.names,
        one.works | other.works,
        one.affiliations + other.affiliations,
        one.beside + other.beside,
        years,
    )


def compatible(one: Group, other: Group) -> bool:
    """Tell whether all names of two groups can be one person's."""
    return all(can_be_one(mine, theirs) for mine in one.names for theirs in other.names)


def likeness(one: Group, other: Group) -> float:
    """Return how alike affiliations and those beside are, 0 to 2, or more for one full name."""
    score = cosine(one.affiliations, other.affiliations) + cosine(one.beside, other.beside)
    full = {"".join(given) for _, given in one.names if not is_initials(given)}
    same = any("".join(given) in full for _, given in other.names)
    return score + SURE if same else score


def apart(one: Group, other: Group) -> float:
    """Return how many times two signed in one year at different places, with nobody in common.

    Each year counts as often as the less frequent of their two main affiliations.
    """
    if not one.beside.keys().isdisjoint(other.beside):
        return 0.0
    both = one.years.keys() & other.years.keys()
    years = ((one.years[year], other.years[year]) for year in sorted(both))
    return sum(
        min(max(mine.values()), max(theirs.values())) * (1.0 - cosine(mine, theirs))
        for mine, theirs in years
    )


def cosine(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Return the cosine of two counts, 0 where one is empty."""
    if not (shared := sum(count * other.get(word, 0) for word, count in one.items())):
        return 0.0
    lengths = (sum(count * count for count in counts.values()) for counts in (one, other))
    return shared / sqrt(next(lengths) * next(lengths))
