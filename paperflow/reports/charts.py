"""Small charts as inline SVG: lengths across in per cent, so that text keeps its size at any width.

Colours come from the page's style sheet by class; every chart says in words what it shows.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from markupsafe import Markup

from paperflow.reports.report import PARTS, Period, ScoredPaper, ScorePart

HEIGHT = 168  # of a chart, in pixels
TOP, BOTTOM = 14, 24  # room for the highest line's label and for the labels below
LEFT = 7.0  # per cent of the width that the scale's labels take
MOST_COLUMNS = 100
LONGEST_GAP = 240  # periods without papers that are still drawn as empty columns


def part_class(name: str) -> str:
    """Return the colour class of a part of the score."""
    return f"part-{name}" if name in PARTS else "part-other"


def score_bar(parts: Sequence[ScorePart]) -> Markup:
    """Draw a score as a bar of its parts; the full width is 1."""
    words = ", ".join(f"{part.name} {part.share:.2f}" for part in parts)
    rects = Markup("").join(
        Markup('<rect class="{}" x="{}%" width="{}%" height="8"/>').format(
            part_class(part.name), _number(100 * start), _number(100 * _share(part))
        )
        for part, start in zip(parts, _starts(parts), strict=True)
    )
    return Markup(
        '<svg class="score-bar" width="100%" height="8" role="img"'
        ' aria-label="Parts of the score: {}">'
        '<rect class="track" width="100%" height="8"/>{}</svg>'
    ).format(words, rects)


def score_chart(papers: Sequence[ScoredPaper]) -> Markup:
    """Draw the totals by rank as stacked columns, the first hundred papers at most."""
    scored = [paper for paper in papers if paper.parts][:MOST_COLUMNS]
    if not scored:
        return Markup("")
    top = _round_up(max(sum(_share(part) for part in row.parts) for row in scored))
    columns = Markup("").join(
        Markup('<g class="column"><title>{}</title>{}</g>').format(
            f"{row.rank}. {row.paper.title[:120]}: {_total(row):.2f}",
            _stack(row.parts, *_span(i, len(scored)), top),
        )
        for i, row in enumerate(scored)
    )
    labels = _labels([str(row.rank) for row in scored], _every(len(scored)))
    words = (
        f"Scores by rank: {len(scored)} paper{'s' if len(scored) > 1 else ''},"
        f" from {_total(scored[0]):.2f} at rank {scored[0].rank}"
        f" to {_total(scored[-1]):.2f} at rank {scored[-1].rank}."
    )
    return _chart(words, _scale(top, f"{top:.1f}"), columns, labels)


def timeline_chart(periods: Sequence[Period]) -> Markup:
    """Draw papers by year or by month; periods between without papers stay empty."""
    dated = filled(periods)
    if not dated:
        return Markup("")
    top = _even_top(max(item.count for item in dated))
    columns = Markup("").join(
        Markup(
            '<g class="column period" data-year="{}"><title>{}</title>'
            '<rect class="hit" x="{}%" y="0" width="{}%" height="{}"/>'
            '<rect class="count" x="{}%" y="{}" width="{}%" height="{}"/></g>'
        ).format(
            item.label[:4],
            f"{item.label}: {item.count}",
            *_span(i, len(dated)),
            HEIGHT - BOTTOM,
            *_bar(i, len(dated), 0.0, item.count / top),
        )
        for i, item in enumerate(dated)
    )
    words = "Papers by date: " + ", ".join(f"{p.label} {p.count}" for p in dated if p.count) + "."
    step = max(1, math.ceil(len(dated) / (6 if len(dated[0].label) == 4 else 4)))
    shown = range((len(dated) - 1) % step, len(dated), step)  # the newest always has its label
    labels = _labels([item.label for item in dated], shown)
    return _chart(words, _scale(top, f"{top:,}"), columns, labels)


def filled(periods: Iterable[Period]) -> list[Period]:
    """Return the years, or the months, from the first to the last, empty ones too.

    Months become years when there are more than five years of them. Labels that are
    neither are left out.
    """
    known = [item for item in periods if _months(item.label) is not None]
    numbers = [_months(item.label) or 0 for item in known]
    monthly = all(len(item.label) == 7 for item in known)
    if not known or not monthly or max(numbers) - min(numbers) > 60:
        return _run([(number // 12, item.count) for number, item in _pairs(known)], "{:04d}")
    counted = [(number, item.count) for number, item in _pairs(known)]
    return [Period(label=_month(int(item.label)), count=item.count) for item in _run(counted, "{}")]


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _pairs(periods: Sequence[Period]) -> Iterator[tuple[int, Period]]:
    return ((_months(item.label) or 0, item) for item in periods)


def _run(counted: Sequence[tuple[int, int]], form: str) -> list[Period]:
    """Sum counts by number and fill the numbers between, unless the gap is very long."""
    sums: dict[int, int] = {}
    for number, count in counted:
        sums[number] = sums.get(number, 0) + max(count, 0)
    if not sums:
        return []
    span = range(min(sums), max(sums) + 1)
    numbers = span if len(span) <= LONGEST_GAP else sorted(sums)
    return [Period(label=form.format(number), count=sums.get(number, 0)) for number in numbers]


def _months(label: str) -> int | None:
    """Return "2020" or "2020-12" as a number of months; None for anything else."""
    year, _, month = label.partition("-")
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        return None
    if not month:
        return None if label.endswith("-") else int(year) * 12
    valid = len(month) == 2 and month.isascii() and month.isdigit() and 1 <= int(month) <= 12
    return int(year) * 12 + int(month) - 1 if valid else None


def _chart(words: str, scale: Markup, columns: Markup, labels: Markup) -> Markup:
    return Markup(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}{}{}</svg>'
    ).format(HEIGHT, words, scale, columns, labels)


def _scale(top: float, label: str) -> Markup:
    """Draw the ground line, and a line at the half and at the top; the top says its value."""
    lines = Markup("").join(
        Markup('<line class="{}" x1="{}%" x2="100%" y1="{}" y2="{}"/>').format(
            "ground" if part == 0 else "grid", LEFT, _y(part), _y(part)
        )
        for part in (0.0, 0.5, 1.0)
    )
    text = Markup('<text class="scale" x="0" y="{}">{}</text>')
    half = f"{top / 2:,.1f}".removesuffix(".0")
    return lines + text.format(_number(TOP + 4), label) + text.format(_number(_y(0.5) + 4), half)


def _labels(names: Sequence[str], shown: Iterable[int]) -> Markup:
    """Write the names at these places below their columns."""
    middles = ((i, sum(_range(i, len(names))) / 2) for i in shown)
    return Markup("").join(
        Markup('<text class="{}" x="{}%" y="{}">{}</text>').format(
            "label last" if x > 96 else "label",
            _number(100 if x > 96 else x),
            HEIGHT - 6,
            names[i],
        )
        for i, x in middles
    )


def _every(count: int) -> list[int]:
    """Return the places of the first rank and of round ranks, seven at most."""
    step = next(step for step in (1, 2, 5, 10, 20) if count <= 6 * step)
    return [0, *range(step - 1 if step > 1 else 1, count, step)]


def _stack(parts: Sequence[ScorePart], x: str, width: str, top: float) -> Markup:
    hit = Markup('<rect class="hit" x="{}%" y="0" width="{}%" height="{}"/>')
    bars = Markup("").join(
        Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
            part_class(part.name), x, *_upright(start / top, _share(part) / top, width)
        )
        for part, start in zip(parts, _starts(parts), strict=True)
    )
    return hit.format(x, width, HEIGHT - BOTTOM) + bars


def _upright(start: float, length: float, width: str) -> tuple[str, str, str]:
    """Return y, width, and height of a piece of a column."""
    return _number(_y(start + length)), width, _number(_y(start) - _y(start + length))


def _bar(i: int, of: int, start: float, length: float) -> tuple[str, str, str, str]:
    x, width = _span(i, of)
    return (x, *_upright(start, length, width))


def _range(i: int, of: int) -> tuple[float, float]:
    """Return where column `i` of `of` begins and ends, in per cent."""
    step = (100.0 - LEFT) / of
    wide = min(step * (0.72 if of < 40 else 0.86), 7.0)
    middle = LEFT + step * (i + 0.5)
    return middle - wide / 2, middle + wide / 2


def _span(i: int, of: int) -> tuple[str, str]:
    left, right = _range(i, of)
    return _number(left), _number(right - left)


def _y(part: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - part)


def _starts(parts: Sequence[ScorePart]) -> list[float]:
    """Return where each part of the bar begins."""
    return list(accumulate((_share(part) for part in parts), initial=0.0))[:-1]


def _share(part: ScorePart) -> float:
    return part.share if 0.0 < part.share < math.inf else 0.0


def _total(row: ScoredPaper) -> float:
    return sum(part.share for part in row.parts) if row.total is None else row.total


def _round_up(value: float) -> float:
    """Return the next fifth, at least one fifth: a calm end for the scale."""
    return max(1, math.ceil(round(value * 5, 6))) / 5


def _even_top(most: int) -> int:
    """Return the next round and even number, so that half of it is whole."""
    power = int(10 ** (len(str(max(most, 1) - 1)) - 1))
    return next(step * power for step in (2, 4, 6, 8, 10) if most <= step * power)


def _number(value: float) -> str:
    """Write a length with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
