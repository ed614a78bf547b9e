"""Statements drawn as what they are: a hull around all concepts that take part in one.

A route is drawn from left to right, a column for each statement; what two neighbours share
stands between their columns, inside of both hulls. Colours come from the page's style sheet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from paperflow.reports.connection import Member, Step

COLUMN, LINE = 350.0, 62.0  # between the middles of statements, and between concepts
RIM = 46.0  # around the outermost concepts of a hull
SIDE, TOP, BOTTOM = 120.0, 96.0, 74.0
COLOURS = 6
LONGEST = 24  # letters of a label

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spot:
    """A concept as drawn: in which statements of the route, one after another, and where."""

    member: Member
    first: int
    last: int
    x: float
    y: float


def draw_route(route: Sequence[Step], ends: Sequence[str] = ()) -> Markup:
    """Draw the statements of a route; the concepts whose ids are `ends` are marked.

    A concept that leaves the route and comes back is drawn once for each time.
    """
    if not route:
        return Markup("")
    spots = _placed(route)
    hulls = Markup("").join(_hull(i, step, spots) for i, step in enumerate(route))
    dots = Markup("").join(_dot(spot, spot.member.id in ends) for spot in spots)
    wide = (len(route) - 1) * COLUMN + 2 * SIDE + 2 * RIM
    top = min(spot.y for spot in spots) - TOP
    high = max(spot.y for spot in spots) + BOTTOM - top
    words = "; ".join(_said(step) for step in route)
    return Markup(
        '<svg class="hulls" viewBox="{:.0f} {:.0f} {:.0f} {:.0f}" role="img" aria-label="{}"'
        ' width="{:.0f}">{}{}</svg>'
    ).format(-SIDE - RIM, top, wide, high, words, wide, hulls, dots)


def _placed(route: Sequence[Step]) -> list[Spot]:
    """Stack the concepts that stand in the same statements, around the middle line."""
    runs = sorted(_runs(route), key=lambda run: (run[1] + run[2], run[2] - run[1]))
    spots = []
    for middle, group in groupby(runs, key=lambda run: run[1] + run[2]):
        stacked = list(group)
        lift = min((last - first for _, first, last in stacked), default=0)
        for place, (member, first, last) in enumerate(stacked):
            y = (place - (len(stacked) - 1) / 2) * LINE - (LINE * 1.5 if lift > 1 else 0)
            spots.append(Spot(member, first, last, middle / 2 * COLUMN, y))
    return spots


def _runs(route: Sequence[Step]) -> Iterator[tuple[Member, int, int]]:
    """Yield each concept with the first and last of the statements it stands in without a gap."""
    names = [{member.id for member in step.members} for step in route]
    for first, step in enumerate(route):
        for member in step.members:
            if first and member.id in names[first - 1]:
                continue
            last = first
            while last + 1 < len(route) and member.id in names[last + 1]:
                last += 1
            yield member, first, last


def _hull(number: int, step: Step, spots: Sequence[Spot]) -> Markup:
    """Draw the rounded hull of one statement, and its relation and source above it."""
    inside = [spot for spot in spots if spot.first <= number <= spot.last]
    corners = _convex(np.array([(spot.x, spot.y) for spot in inside]))
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners) + "Z"
    top = min(spot.y for spot in inside) - RIM - 14 - (16 if number % 2 else 0)
    label = step.relation.replace("_", " ") + (f" [{step.key}]" if step.key else "")
    return Markup(
        '<g class="hull colour{}"><title>{}</title><path d="{}" stroke-width="{:.0f}"/>'
        '<text class="relation" x="{:.0f}" y="{:.0f}">{}</text></g>'
    ).format(
        *(number % COLOURS, step.quote or _said(step), path, 2 * RIM),
        *(number * COLUMN, top, _short(label, 34)),
    )


def _convex(points: Points) -> Points:
    """Return the corners of the convex hull, by Andrew's chains."""
    ordered = sorted(set(map(tuple, points.tolist())))
    chains = []
    for direction in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for point in direction:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains += chain[:-1]
    return np.array(chains or ordered)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _dot(spot: Spot, is_end: bool) -> Markup:
    return Markup(
        '<g class="{}"><title>{} ({})</title><circle cx="{:.0f}" cy="{:.0f}" r="{}"/>'
        '<text x="{:.0f}" y="{:.0f}">{}</text></g>'
    ).format(
        *("spot end" if is_end else "spot", spot.member.label, spot.member.type),
        *(spot.x, spot.y, 9 if is_end else 7, spot.x, spot.y + 26, _short(spot.member.label)),
    )


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _said(step: Step) -> str:
    return f"{step.relation.replace('_', ' ')}: {', '.join(m.label for m in step.members)}"
