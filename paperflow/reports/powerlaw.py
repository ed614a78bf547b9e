"""The share of numbers that are at least x, and the fitted law, on logarithmic axes as SVG."""

from math import ceil, floor, log10

import numpy as np
from markupsafe import Markup

from paperflow.graphs.powerlaw.fit import PowerLawFit, survival
from paperflow.graphs.powerlaw.sample import Floats, Sample

WIDTH, HEIGHT = 480.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 12.0, 12.0, 44.0
MOST_POINTS = 400

_STYLE = (
    ".powerlaw{max-width:100%;height:auto;font:12px system-ui,sans-serif;color:CanvasText}"
    ".powerlaw .grid{stroke:currentColor;opacity:.15}"
    ".powerlaw circle{fill:currentColor;opacity:.55}"
    ".powerlaw .law{fill:none;stroke:#c2410c;stroke-width:2}"
    ".powerlaw text{fill:currentColor}"
    "@media(prefers-color-scheme:dark){.powerlaw .law{stroke:#fb923c}}"
)


def as_svg(sample: Sample, fit: PowerLawFit, of: str = "x") -> Markup:
    """Draw the survival function of `sample` with the law over its tail; `of` names x."""
    share = np.cumsum(sample.counts[::-1])[::-1] / sample.size
    decades = _decades(sample.values), _decades(share)
    tail = sample.tail(fit.xmin)
    law = survival(tail, fit.exponent) * fit.tail / fit.size
    words = f"exponent {fit.exponent:.2f} from {fit.xmin:g} on"
    return Markup(
        '<svg class="powerlaw" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}"'
        ' role="img" aria-label="{}"><style>{}</style>{}{}'
        '<polyline class="law" points="{}"/><text x="{:g}" y="{:g}" text-anchor="end">{}</text>'
        "</svg>"
    ).format(
        *(WIDTH, HEIGHT, f"Share of nodes by {of}: {words}", Markup(_STYLE)),
        *(_axes(*decades, of), _dots(sample.values, share, *decades)),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in _thin(_places(tail.values, law, *decades))),
        *(WIDTH - RIGHT - 4, TOP + 14, words),
    )


def _decades(values: Floats) -> tuple[int, int]:
    low, high = floor(log10(values.min())), ceil(log10(values.max()))
    return low, max(high, low + 1)


def _places(x: Floats, y: Floats, across: tuple[int, int], up: tuple[int, int]) -> Floats:
    """Return the points [n, 2] in the drawing; what lies below its floor is left out."""
    kept = y >= 10.0 ** up[0]
    right = (np.log10(x[kept]) - across[0]) / (across[1] - across[0])
    above = (np.log10(y[kept]) - up[0]) / (up[1] - up[0])
    return np.column_stack(
        (LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - above * (HEIGHT - TOP - BOTTOM))
    )


def _thin(points: Floats) -> Floats:
    """Keep at most MOST_POINTS, the first and the last among them."""
    rows = np.unique(np.linspace(0, len(points) - 1, min(MOST_POINTS, len(points))).astype(int))
    kept: Floats = points[rows]
    return kept


def _dots(x: Floats, y: Floats, across: tuple[int, int], up: tuple[int, int]) -> Markup:
    return Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2"/>').format(*point)
        for point in _thin(_places(x, y, across, up))
    )


def _axes(across: tuple[int, int], up: tuple[int, int], of: str) -> Markup:
    """Draw a line and a number at every decade, and what the axes mean."""
    line = Markup('<path class="grid" d="{}"/><text x="{:.1f}" y="{:.1f}" {}>{}</text>')
    floor_, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for decade in range(across[0], across[1] + 1):
        x = _places(np.array([10.0**decade]), np.array([10.0 ** up[0]]), across, up)[0, 0]
        path, anchor = f"M{x:.1f} {TOP}V{floor_}", Markup('text-anchor="middle"')
        parts.append(line.format(path, x, floor_ + 16, anchor, _power(decade)))
    for decade in range(up[0], up[1] + 1):
        y = _places(np.array([10.0 ** across[0]]), np.array([10.0**decade]), across, up)[0, 1]
        path, anchor = f"M{LEFT} {y:.1f}H{right}", Markup('text-anchor="end"')
        parts.append(line.format(path, LEFT - 6, y + 4, anchor, _power(decade)))
    name = Markup('<text x="{:g}" y="{:g}" text-anchor="middle">{}</text>')
    middle = (LEFT + right) / 2
    parts.append(name.format(middle, HEIGHT - 8, f"{of}; up: share of nodes with at least as much"))
    return Markup("").join(parts)


def _power(decade: int) -> str:
    return f"{10**decade:,}" if 0 <= decade <= 4 else f"1e{decade}"
