"""From lines to chunks: what is printed on every page is dropped, columns are told apart.

A chunk is a run of lines of one column without more than the usual space between them;
headings, captions, equations and the rows of a table stand in chunks of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paperflow.documents import Region
from paperflow.readers.pdf.glyphs import Line

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[ivxl\d]{1,5}(?:\s*(?:/|of)\s*\d+)?|[-–—]\s*\d+\s*[-–—]", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z]|[IVX]{1,5})[.:]?\s+[^\W\d_]")
_MARGIN = 0.1  # of a page's height: where headers and footers stand
_EDGE = 0.075  # where a lone page number stands
CELL_GAP = 0.85  # times the size: what parts two cells; a blank between words is a third
CAPTION = re.compile(
    r"(?P<kind>Fig(?:ure)?|Table|Tab|FIG(?:URE)?|TABLE|Extended Data Fig(?:ure)?"
    r"|Supplementary (?:Figure|Table))\b\.?\s*"
    r"(?P<label>[A-Z]?\.?\d+(?:\.\d+)?|[IVX]{1,5})(?P<mark>\s*[.:|—–-])?(?=\s|$|[A-Z])"
)
WIDE_GAP = 1.32  # times the usual distance of baselines: more ends a chunk


@dataclass(frozen=True, slots=True)
class Row:
    """A line in its column: the column's edges, and the distance to the line above."""

    line: Line
    column: int
    left: float
    right: float
    gap: float

    @property
    def indent(self) -> float:
        """Return how far the line begins from its column's edge, in its own size."""
        return (self.line.x0 - self.left) / self.line.size

    @property
    def full(self) -> bool:
        """Tell whether the line reaches its column's right edge."""
        return self.line.x1 > self.right - 1.5 * self.line.size


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines and its size in points."""

    lines: tuple[Line, ...]
    width: float
    height: float


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Drop headers, footers, page numbers, and whatever else stands in one place on every page."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_place(line) for line in page.lines})
    often = max(2, min(len(pages), 12) // 4)
    shifts = _page_shifts(pages)
    return [_kept(page, seen, often, shifts, len(pages)) for page in pages]


def _place(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.y / 3)


def _outer(page: Page) -> list[Line]:
    """Return the line at the very top and the one at the very bottom."""
    ordered = sorted(page.lines, key=lambda line: line.y)
    return [*ordered[:1], *ordered[-1:]]


def _page_shifts(pages: Sequence[Page]) -> set[tuple[bool, int]]:
    """Return by how much numbers at the edges of pages are ahead: (alone in a line, by how much).

    Only where a good part of the pages agree: else "2 Related Work" at the head of a page
    would be a running head.
    """
    shifts = Counter(
        (len(line.words) == 1, number - line.page)
        for page in pages
        for line in dict.fromkeys(_outer(page))
        for number in _numbers_at_ends(line)
    )
    return {shift for shift, count in shifts.items() if count >= max(2, len(pages) / 3)}


def _numbers_at_ends(line: Line) -> set[int]:
    """Return the numbers with which a line begins and ends: a running head holds its page's."""
    ends = (line.words[0].text, line.words[-1].text)
    return {int(text) for text in ends if text.isascii() and text.isdigit() and len(text) < 6}


def _kept(
    page: Page,
    seen: Counter[tuple[str, int]],
    often: int,
    shifts: set[tuple[bool, int]],
    pages: int,
) -> Page:
    outer = _outer(page)
    kept = [
        line
        for line in page.lines
        if not _is_furniture(line, page, outer, seen, often, shifts, pages)
    ]
    return Page(tuple(_without_line_numbers(kept)), page.width, page.height)


def _is_furniture(
    line: Line,
    page: Page,
    outer: Sequence[Line],
    seen: Counter[tuple[str, int]],
    often: int,
    shifts: set[tuple[bool, int]],
    pages: int,
) -> bool:
    """Tell a header, a footer, a page number, a watermark."""
    low, high = line.y / page.height, 1 - line.y / page.height
    edge = min(low, high)
    if edge < _EDGE and _PAGE_NUMBER.fullmatch(line.text):
        return True
    numbers = _numbers_at_ends(line) if line in outer else set()
    if any((len(line.words) == 1, number - line.page) in shifts for number in numbers):
        return True
    text, place = _place(line)
    count = max(seen[text, near] for near in (place - 1, place, place + 1))
    if edge < _MARGIN or line in outer:
        return count >= often and len(text) > 1
    return count > max(3, often) and 2 * count > pages and "#" not in text and len(text) > 12


def _without_line_numbers(lines: list[Line]) -> list[Line]:
    """Drop the numbers that a manuscript under review prints beside its lines."""
    numbers = [line for line in lines if line.text.isdigit() and len(line.text) < 5]
    edges = Counter(round(line.x1 / 4) for line in numbers)
    margins = {edge for edge, count in edges.items() if count >= 15}
    return [line for line in lines if line not in numbers or round(line.x1 / 4) not in margins]


def body_size(pages: Sequence[Page]) -> float:
    """Return the size that most characters have; 0 where there are none."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            weights[line.size] += len(line.text)
    return max(weights, key=lambda size: (weights[size], size), default=0.0)


def usual_gap(pages: Sequence[Page], size: float) -> float:
    """Return the usual distance of two baselines of the body."""
    gaps: Counter[float] = Counter()
    for page in pages:
        for before, line in zip(page.lines, page.lines[1:], strict=False):
            if before.size == line.size == size and 0.9 * size < before.y - line.y < 2.5 * size:
                gaps[round(2 * (before.y - line.y)) / 2] += 1
    return max(gaps, key=lambda gap: (gaps[gap], -gap), default=1.2 * size)


def rows_of(pages: Sequence[Page], size: float) -> list[Row]:
    """Return all lines with their columns, in the order in which PDFium gives them."""
    two = sum(_is_split(page, size) for page in pages) * 2 >= max(
        1, sum(bool(p.lines) for p in pages)
    )
    rows: list[Row] = []
    for page in pages:
        rows += _rows_of_page(page, size, two or _is_split(page, size))
    return rows


def _is_split(page: Page, size: float) -> bool:
    """Tell whether a page's body stands in two columns."""
    middle = page.width / 2
    wide = [
        line
        for line in page.lines
        if line.x1 - line.x0 > 0.22 * page.width and abs(line.size - size) < 1.6
    ]
    left = sum(line.x1 < middle + 6 for line in wide)
    right = sum(line.x0 > middle - 6 for line in wide)
    return left + right > 0.5 * len(wide) and (
        min(left, right) >= 3 or (left + right >= 12 and min(left, right) > 0)
    )


def _rows_of_page(page: Page, size: float, two: bool) -> Iterator[Row]:
    columns = [_column(line, page.width) if two else 0 for line in page.lines]
    edges = {}
    for number in sorted(set(columns)):
        lines = [line for line, column in zip(page.lines, columns, strict=True) if column == number]
        edges[number] = _edges(lines, size)
    last: dict[int, Line] = {}
    for line, column in zip(page.lines, columns, strict=True):
        above = last.get(column)
        gap = above.y - line.y if above else float("inf")
        last[column] = line
        yield Row(line, column, *edges[column], gap)


def _column(line: Line, width: float) -> int:
    """Return 1 or 2 for the left and the right column, 0 for what goes across both."""
    middle = width / 2
    if line.x1 < middle + 6:
        return 1
    return 2 if line.x0 > middle - 6 else 0


def _edges(lines: Sequence[Line], size: float) -> tuple[float, float]:
    """Return the left and right edge at which most lines of a column begin and end."""
    body = [line for line in lines if abs(line.size - size) < 1.6 and len(line.text) > 10] or list(
        lines
    )
    left: Counter[int] = Counter(round(line.x0 / 2) for line in body)
    right: Counter[int] = Counter(round(line.x1 / 2) for line in body)
    most = max(left, key=lambda edge: (left[edge], -edge))
    end = max(right, key=lambda edge: (right[edge], edge))
    first = min((edge for edge, count in left.items() if count * 3 >= left[most]), default=most)
    return 2.0 * first, max(2.0 * end, max(line.x1 for line in body) - 4 * size)


def chunks_of(rows: Sequence[Row], gap: float) -> list[list[Row]]:
    """Split where the column changes, the size changes, or more space than usual is left."""
    chunks: list[list[Row]] = []
    for row in rows:
        if chunks and _goes_on(chunks[-1][-1], row, gap) and not _ends_caption(chunks[-1], row):
            chunks[-1].append(row)
        else:
            chunks.append([row])
    return chunks


def _ends_caption(chunk: Sequence[Row], row: Row) -> bool:
    """Tell whether the rows of a table begin right under its caption, or end above it."""
    several = len(row.line.cells(CELL_GAP)) > 1
    last = chunk[-1].line
    if CAPTION.match(chunk[0].line.text):
        ended = last.x1 < row.right - 8 * last.size and row.indent < 0.5
        return ended or (several and row.line.x1 - row.line.x0 < 0.98 * (row.right - row.left))
    return bool(CAPTION.match(row.line.text)) and len(chunk[-1].line.cells(CELL_GAP)) > 1


def _goes_on(before: Row, row: Row, gap: float) -> bool:
    same = before.line.page == row.line.page and before.column == row.column
    distance = before.line.y - row.line.y
    usual = gap * max(1.0, row.line.largest / max(before.line.largest, 1.0))
    near = -0.3 * gap < distance < WIDE_GAP * usual
    alike = abs(before.line.size - row.line.size) < 0.8
    if _is_heading_style(before, row) or _is_heading_style(row, before):
        return False
    return same and near and (alike or _is_piece(row.line) or _is_piece(before.line))


def _is_heading_style(row: Row, other: Row) -> bool:
    """Tell a numbered line of another style than its neighbour, close as it may stand."""
    line, near = row.line, other.line
    marked = (line.bold, line.capitals, line.italic)
    plain = marked == (near.bold, near.capitals, near.italic) or not any(marked)
    return not plain and not row.full and bool(_NUMBER.match(line.text))


def _is_piece(line: Line) -> bool:
    """Tell whether a line is a part of a formula, whose size says nothing."""
    return line.math > 0.4 or len(line.text) < 4


def region_of(rows: Sequence[Row]) -> Region:
    """Return the region that rows cover, to a tenth of a point."""
    lines = [row.line for row in rows]
    edges = (
        min(line.x0 for line in lines),
        min(line.bottom for line in lines),
        max(line.x1 for line in lines),
        max(line.top for line in lines),
    )
    left, bottom, right, top = (round(edge, 1) for edge in edges)
    return left, bottom, right, top
