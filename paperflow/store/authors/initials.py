"""Whom an initial stands for: several persons where it signs at several places at one time.

An initial ("J.") is too little of a name to be one person's by itself. Those who signed often
at one affiliation, while others of the same initial did so elsewhere, are established; other
signatures follow the established one beside whose fellows they stand.
"""

from collections import defaultdict
from collections.abc import Sequence

from paperflow.store.authors.evidence import Group, Limits, Signature, apart, cosine, grouped

_FELLOWS = 0.3  # how alike those beside must be; anything from .1 to .5 gives the same persons


def parted(signatures: Sequence[Signature], places: Sequence[int], limits: Limits) -> list[Group]:
    """Return the persons behind one initial, no two of whose signatures are on one work."""
    groups = _by_affiliation(signatures, places)
    large = [one for one in groups if len(one.members) >= limits.established]
    known = [one for one in large if any(apart(one, other) >= limits.apart for other in large)]
    if not known:
        return [grouped(signatures, places)]
    followers = [list(group.members) for group in known]
    rest: list[int] = []
    for group in groups:
        if not any(group is one for one in known):
            nearest = _nearest(group, known, limits)
            (rest if nearest is None else followers[nearest]).extend(group.members)
    most = max(followers, key=len)
    if 2 * len(most) > len(places):  # who is most of an initial is likely the rest of it too
        most.extend(rest)
    elif rest:
        followers.append(rest)
    return [grouped(signatures, sorted(members)) for members in followers]


def _by_affiliation(signatures: Sequence[Signature], places: Sequence[int]) -> list[Group]:
    """Return a group for each affiliation, and for each signature that has none."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in places:
        signature = signatures[place]
        found[signature.affiliation, "" if signature.affiliation else signature.work].append(place)
    return [grouped(signatures, found[key]) for key in sorted(found)]


def _nearest(group: Group, known: Sequence[Group], limits: Limits) -> int | None:
    scores = [
        (cosine(group.beside, one.beside), -number)
        for number, one in enumerate(known)
        if apart(group, one) < limits.apart
    ]
    score, number = max(scores, default=(0.0, 0))
    return -number if score >= _FELLOWS else None
