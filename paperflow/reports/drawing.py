"""The graph as a still picture, for print and readers without scripts; signs of its legend."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup


@dataclass(frozen=True)
class Look:
    """How nodes of a type are drawn: a colour class of the style sheet, and a shape."""

    colour: str
    shape: str


# Colour never stands alone: types that could be confused differ in shape as well.
LOOKS: Mapping[str, Look] = {
    "paper": Look("paper", "round-rectangle"),
    "concept": Look("concept", "ellipse"),
    "method": Look("method", "round-hexagon"),
    "task": Look("task", "round-triangle"),
    "dataset": Look("dataset", "round-pentagon"),
    "metric": Look("metric", "round-octagon"),
    "result": Look("metric", "ellipse"),
    "experiment": Look("metric", "round-hexagon"),
    "author": Look("author", "ellipse"),
    "venue": Look("venue", "round-octagon"),
    "claim": Look("claim", "round-diamond"),
    "limitation": Look("task", "round-diamond"),
    "future_work": Look("author", "round-diamond"),
    "reference": Look("paper", "ellipse"),
    "statement": Look("statement", "diamond"),
}
OTHER = Look("other", "round-rectangle")
MOST_LABELS = 60
LANDMARKS = 10
LEAST_WIDTH = 900.0
MARGIN = 0.1  # of the drawing's width, on either side, for labels

Side = Literal["bottom", "right", "left", "top"]
Box = tuple[float, float, float, float]
SIDES: tuple[Side, ...] = ("bottom", "right", "left", "top")

# Corners of the unit circle: how many, and the angle of the first in degrees.
_CORNERS = {
    "round-triangle": (3, -90),
    "round-pentagon": (5, -90),
    "round-hexagon": (6, 0),
    "round-octagon": (8, 22.5),
    "round-diamond": (4, -90),
    "diamond": (4, -90),
}


@dataclass(frozen=True)
class Dot:
    """A node as drawn: place, radius, and the words beside it."""

    x: int
    y: int
    radius: float
    type: str
    label: str


def look(type: str) -> Look:
    """Return how nodes of this type are drawn."""
    return LOOKS.get(type, OTHER)


def sign(type: str) -> Markup:
    """Draw the legend's sign of a type."""
    return Markup('<svg class="sign" width="16" height="16" aria-hidden="true">{}</svg>').format(
        _shape(type, 8, 8, 6.5)
    )


def picture(dots: Sequence[Dot], lines: Sequence[tuple[int, int]], words: str) -> Markup:
    """Draw nodes and the edges between them (as indices of `dots`); label the largest nodes."""
    if not dots:
        return Markup("")
    edges = Markup("").join(
        Markup('<line x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
            dots[a].x, dots[a].y, dots[b].x, dots[b].y
        )
        for a, b in lines
    )
    shapes = Markup("").join(_titled(dot) for dot in dots)
    size = label_size(dots)
    labels = Markup("").join(
        _label(dots[i], size, side) for i, side in labelled(dots, size).items()
    )
    return Markup(
        '<svg class="picture" viewBox="{}" role="img" aria-label="{}"><g class="lines">{}</g>{}'
        '<g class="labels" font-size="{}">{}</g></svg>'
    ).format(_view(dots), words, edges, shapes, _round(size), labels)


def label_size(dots: Sequence[Dot]) -> float:
    """Return the height of labels that can be read when the whole picture is in view."""
    _, _, width, height = _extent(dots)
    return max(14.0, max(width, 1.4 * height) / 62)


def labelled(dots: Sequence[Dot], size: float, margin: float = MARGIN) -> dict[int, Side]:
    """Return which dots get a label, and on which side: the largest first.

    A label lies over no other label, over no dot but much smaller ones, and within
    the drawing and its `margin`, a share of the width.
    """
    if not dots:
        return {}
    left, top, right, bottom = _frame(dots, size, margin)
    chosen: dict[int, Side] = {}
    taken: list[Box] = []
    named = [i for i, dot in enumerate(dots) if dot.type != "statement"]
    for rank, i in enumerate(sorted(named, key=lambda i: (-dots[i].radius, dots[i].label, i))):
        # The very largest are landmarks: their names matter more than what they cover.
        least = dots[i].radius * (1.0 if rank < LANDMARKS else 0.6)
        rivals = [dot_box(dot) for j, dot in enumerate(dots) if j != i and dot.radius >= least]
        boxes = ((side, label_box(dots[i], size, side)) for side in SIDES)
        free = (
            (side, box)
            for side, box in boxes
            if left <= box[0] and box[2] <= right and top <= box[1] and box[3] <= bottom
            if not _covers(box, [*rivals, *taken])
        )
        side, box = next(free, (None, None))
        if side and box and len(chosen) < MOST_LABELS:
            chosen[i] = side
            taken.append(box)
    return dict(sorted(chosen.items()))


def _covers(box: Box, others: Sequence[Box]) -> bool:
    return any(_overlap(box, other) for other in others)


def dot_box(dot: Dot) -> Box:
    """Return left, top, right, and bottom of a dot."""
    return dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius


def label_box(dot: Dot, size: float, side: Side) -> Box:
    """Return left, top, right, and bottom of a label; a letter is about half as wide as high."""
    wide, high, away = 0.55 * size * len(dot.label), 1.2 * size, dot.radius + 4
    left = {"right": dot.x + away, "left": dot.x - away - wide}.get(side, dot.x - wide / 2)
    top = {"bottom": dot.y + away, "top": dot.y - away - high}.get(side, dot.y - high / 2)
    return left, top, left + wide, top + high


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _titled(dot: Dot) -> Markup:
    return Markup("<g><title>{}</title>{}</g>").format(
        dot.label, _shape(dot.type, dot.x, dot.y, dot.radius)
    )


def _label(dot: Dot, size: float, side: Side) -> Markup:
    left, top, right, _ = label_box(dot, size, side)
    x = {"right": left, "left": right}.get(side, float(dot.x))
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
        side, _round(x), _round(top + 0.95 * size), dot.label
    )


def _view(dots: Sequence[Dot]) -> str:
    left, top, right, bottom = _frame(dots, label_size(dots), MARGIN)
    spare = max(0.0, LEAST_WIDTH - (right - left))  # so that few nodes are not drawn huge
    sides = (left - spare / 2, top, right - left + spare, bottom - top)
    return " ".join(_round(side) for side in sides)


def _frame(dots: Sequence[Dot], size: float, margin: float) -> Box:
    """Return left, top, right, and bottom of the drawing with its margins."""
    left, top, width, height = _extent(dots)
    beside = max(margin * width, 12 * size - width / 2)
    above = 24 + 2 * size
    return left - beside, top - above, left + width + beside, top + height + above


def _extent(dots: Sequence[Dot]) -> tuple[float, float, float, float]:
    """Return left, top, width, and height of the dots' middles."""
    left, top = min(dot.x for dot in dots), min(dot.y for dot in dots)
    return left, top, max(dot.x for dot in dots) - left, max(dot.y for dot in dots) - top


def _shape(type: str, x: float, y: float, radius: float) -> Markup:
    style = look(type)
    name = f"node {style.colour}"
    if style.shape == "ellipse":
        circle = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
        return circle.format(name, _round(x), _round(y), _round(radius))
    if style.shape == "round-rectangle":
        box = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>')
        wide, high = radius * 0.95, radius * 0.8
        sides = (x - wide, y - high, 2 * wide, 2 * high, radius * 0.3)
        return box.format(name, *map(_round, sides))
    points = " ".join(f"{_round(a)},{_round(b)}" for a, b in _corners(style.shape, x, y, radius))
    return Markup('<polygon class="{}" points="{}"/>').format(name, points)


def _corners(shape: str, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    count, first = _CORNERS[shape]
    angles = [math.radians(first + 360 * i / count) for i in range(count)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _round(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
