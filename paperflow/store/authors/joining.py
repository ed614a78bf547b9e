"""Joining groups of signatures, the most alike first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations

from paperflow.store.authors.evidence import Group, Limits, compatible, likeness, united


def joined(settled: Sequence[Group], new: Sequence[Group], limits: Limits) -> list[Group]:
    """Join new groups to each other and to settled ones until no two are alike enough."""
    alive = dict(enumerate([*settled, *new]))
    scores = {
        (one, other): score
        for other in range(len(settled), len(alive))
        for one in range(other)
        if (score := _score(alive[one], alive[other], limits)) is not None
    }
    undecided = _undecided(alive, scores)
    waiting = [(-score, *pair) for pair, score in scores.items() if undecided.isdisjoint(pair)]
    heapify(waiting)
    number = len(alive)
    while waiting:
        _, one, other = heappop(waiting)
        if one not in alive or other not in alive:
            continue
        both = united(alive.pop(one), alive.pop(other))
        for place, third in alive.items():
            if place not in undecided and (score := _score(both, third, limits)) is not None:
                heappush(waiting, (-score, place, number))
        alive[number] = both
        number += 1
    return list(alive.values())


def _score(one: Group, other: Group, limits: Limits) -> float | None:
    """Return how alike two groups are, or None where they are not to be joined."""
    if not one.works.isdisjoint(other.works) or not compatible(one, other):
        return None
    score = likeness(one, other)
    least = limits.initial if one.is_initial or other.is_initial else limits.name
    return score if score >= least else None


def _undecided(alive: Mapping[int, Group], pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Return the initials that could be either of two who are not one."""
    others: dict[int, list[Group]] = defaultdict(list)
    for pair in pairs:
        for place, other in (pair, pair[::-1]):
            if alive[place].is_initial:
                others[place].append(alive[other])
    return {
        place
        for place, found in others.items()
        if not all(compatible(one, other) for one, other in combinations(found, 2))
    }
