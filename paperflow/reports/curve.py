"""How a model learned and how far its scores can be trusted: two panels, as SVG."""

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

from markupsafe import Markup

WIDTH, HEIGHT, PANEL = 760, 300, 270  # of the drawing, and of a panel
TOP, BOTTOM = 36, 250
FIRST, SECOND = 56, 456  # where the panels begin
DECADES = -4  # the lowest probability drawn is 10 to this

_STYLE = (
    ".curve{max-width:100%;height:auto;font:12px system-ui,sans-serif;color:CanvasText}"
    ".curve text{fill:currentColor}.curve .grid{stroke:currentColor;opacity:.15}"
    ".curve polyline{fill:none;stroke:#64748b;stroke-width:2}"
    ".curve polyline.score{stroke:#c2410c}.curve circle,.curve text.score{fill:#c2410c}"
    "@media(prefers-color-scheme:dark){.curve polyline.score{stroke:#fb923c}"
    ".curve circle,.curve text.score{fill:#fb923c}}"
)

Point = tuple[float, float]


class Logged(NamedTuple):
    """One epoch; `score` is None where it was not validated."""

    epoch: int
    loss: float
    score: float | None


def as_svg(log: Sequence[Logged], calibration: Sequence[tuple[float, float, int]]) -> Markup:
    """Draw loss and validation score by epoch, and for each bin of scores the share right.

    `calibration` are mean score, share right, and number of cases; both axes are logarithmic.
    """
    reached = [(line.epoch, line.score) for line in log if line.score is not None]
    epoch, best = max(reached, key=lambda pair: pair[1], default=(0, 0.0))
    words = f"best on validation: {best:.3f} at epoch {epoch + 1} of {len(log)}"
    panels = _learned(log, reached, words) + _trust(calibration)
    return Markup(
        '<svg class="curve" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"'
        ' aria-label="{}"><style>{}</style>{}</svg>'
    ).format(WIDTH, HEIGHT, words, Markup(_STYLE), panels)


def _learned(log: Sequence[Logged], reached: Sequence[Point], words: str) -> Markup:
    last = max(len(log) - 1, 1)
    most = max((line.loss for line in log), default=0.0) or 1.0
    best = max((score for _, score in reached), default=0.0) or 1.0
    loss = [(line.epoch / last, line.loss / most) for line in log]
    score = [(epoch / last, value / best) for epoch, value in reached]
    middle = FIRST + PANEL / 2
    return Markup("").join(
        [
            _frame(FIRST),
            _line("loss", _placed(FIRST, loss)),
            _line("score", _placed(FIRST, score)),
            _text(middle, TOP - 16, words),
            _text(middle, BOTTOM + 34, "epoch"),
            _text(FIRST, BOTTOM + 16, "1"),
            _text(FIRST + PANEL, BOTTOM + 16, f"{len(log)}"),
            _text(FIRST - 6, TOP + 4, f"{most:.2g}", anchor="end"),
            _text(FIRST - 6, TOP + 20, "loss", anchor="end"),
            _text(FIRST + PANEL + 6, TOP + 4, f"{best:.2g}", anchor="start", kind="score"),
            _text(FIRST + PANEL + 6, TOP + 20, "score", anchor="start", kind="score"),
        ]
    )


def _trust(calibration: Sequence[tuple[float, float, int]]) -> Markup:
    middle = SECOND + PANEL / 2
    diagonal = Markup('<path class="grid" d="M{} {}L{} {}"/>')
    return Markup("").join(
        [
            _frame(SECOND),
            diagonal.format(SECOND, BOTTOM, SECOND + PANEL, TOP),
            *(_bin(*told) for told in calibration),
            *(tick for decade in range(DECADES, 1) for tick in _ticks(10.0**decade)),
            _text(middle, TOP - 16, "share of hidden links by score: on the line is right"),
            _text(middle, BOTTOM + 34, "score"),
        ]
    )


def _bin(score: float, share: float, count: int) -> Markup:
    ((x, y),) = _placed(SECOND, [(_log(score), _log(share))])
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>')
    return dot.format(x, y, f"score {score:.4f}: {share:.4f} of {count} were right")


def _ticks(share: float) -> list[Markup]:
    """Return a number on both axes."""
    ((x, y),) = _placed(SECOND, [(_log(share), _log(share))])
    name = f"{share:g}"
    return [_text(x, BOTTOM + 16, name), _text(SECOND - 6, y + 4, name, anchor="end")]


def _log(share: float) -> float:
    """Return a probability's place between 10^DECADES and 1, in [0, 1]."""
    return 1 - log10(max(share, 10.0**DECADES)) / DECADES


def _placed(left: float, points: Sequence[Point]) -> list[Point]:
    """Return points of the unit square in a panel."""
    return [(left + x * PANEL, BOTTOM - y * (BOTTOM - TOP)) for x, y in points]


def _line(kind: str, points: Sequence[Point]) -> Markup:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, places)


def _frame(left: float) -> Markup:
    path = Markup('<path class="grid" fill="none" d="M{0} {2}V{3}H{1}V{2}"/>')
    return path.format(left, left + PANEL, TOP, BOTTOM)


def _text(x: float, y: float, told: str, *, anchor: str = "middle", kind: str = "") -> Markup:
    text = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
    return text.format(kind, x, y, anchor, told)
