"""Chunks to a document: each is a heading, caption, table, equation, note, or text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from paperflow.readers.builder import Builder
from paperflow.readers.pdf import bibliography, tables
from paperflow.readers.pdf.headings import ABSTRACT, REFERENCES, Heading, Headings
from paperflow.readers.pdf.layout import CAPTION, Row, region_of
from paperflow.readers.pdf.words import Vocabulary

_LABEL = re.compile(r"(?:^|(?<=\s))\(([A-Z]?\.?\d{1,3}(?:\.\d{1,3})*[a-z]?)\)(?:$|(?=\s))")
_BULLET = re.compile(r"(?:[•·◦▪■●∙‣⁃*∗–—-]|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)])\s+(?=\S)")
_NOTE = re.compile(r"(?:\d{1,2}|[*†‡§¶∗])\s?(?=[A-Z(“\"h])")
_KEYWORDS = re.compile(
    r"(?:key\s?words(?: and phrases)?|index terms|ccs concepts|categories)\b", re.IGNORECASE
)
_CLOSED = re.compile(r"[.!?:][”\"’')\]]*$")
_SMALL = 0.7  # points below the body's size


@dataclass
class Reading:
    """A walk over chunks; floats wait until the paragraph that they interrupt is over."""

    chunks: list[list[Row]]
    headings: Headings
    words: Vocabulary
    builder: Builder
    heights: dict[int, float]
    abstract: list[str] = field(default_factory=list)
    keywords: str = ""
    _open: list[Row] = field(default_factory=list)
    _kind: str = "paragraph"
    _waiting: list[int] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)
    _references: list[Row] = field(default_factory=list)
    _in_references: bool = False
    _in_abstract: bool = False

    def run(self, start: int) -> None:
        """Read all chunks from `start` on, and the floats that stand before."""
        for number in filter(self._is_caption, range(start)):
            self._take(number)
        for number in range(start, len(self.chunks)):
            if number not in self._used:
                self._take(number)
        self._flush()
        self._end_references()

    def _take(self, number: int) -> None:
        chunk = self.chunks[number]
        if self._is_caption(number):
            self._wait_with_table(number)
        elif heading := self._heading(chunk):
            self._begin(heading, chunk)
        elif self._in_references:
            self._references += chunk
        elif self._is_table_ahead(number):
            self._wait_with_table(
                next(n for n in range(number, len(self.chunks)) if self._is_caption(n))
            )
        elif self._is_note(chunk):
            self._waiting.append(number)
        elif not self._is_label(chunk):
            self._text(chunk)

    def _heading(self, chunk: Sequence[Row]) -> Heading | None:
        heading = self.headings.of(chunk)
        if heading and self._in_references and not REFERENCES.fullmatch(heading.title):
            return heading if heading.style in self.headings.styles or heading.style[1] else None
        return heading

    def _begin(self, heading: Heading, chunk: Sequence[Row]) -> None:
        """Begin a section, the references, or the abstract."""
        self._flush()
        self._end_references()
        self._in_abstract = bool(ABSTRACT.fullmatch(heading.title))
        if self._in_abstract:
            return
        self._in_references = bool(REFERENCES.fullmatch(heading.title))
        place = {"page": chunk[0].line.page, "region": region_of(chunk)}
        title = heading.title.rstrip(".: ")
        self.builder.section(title, heading.level or 1, heading.number, **place)  # type: ignore[arg-type]

    # Floats

    def _is_caption(self, number: int) -> bool:
        """Tell a caption from a sentence about a figure: by what follows its number."""
        chunk = self.chunks[number]
        found = CAPTION.match(chunk[0].line.text)
        if not found:
            return False
        words = chunk[0].line.words
        bold = words[0].bold or words[0].capitals
        small = chunk[0].line.size < self.headings.size - _SMALL / 2
        alone = len(chunk[0].line.text) == found.end()
        return bool(found["mark"]) or bold or alone or (small and len(chunk) < 12)

    def _wait_with_table(self, number: int) -> None:
        """Put a caption aside, with what follows of it, and the rows of its table."""
        self._used.add(number)
        self._waiting.append(number)
        if self.chunks[number][0].line.text.lower().startswith(("t", "supplementary t")):
            for near in self._body_of(number):
                self._used.add(near)

    def _body_of(self, number: int) -> list[int]:
        """Return the chunks of a table's cells: below its caption, or else above it."""
        below = self._run_of_rows(number, 1)
        return below or self._run_of_rows(number, -1)[::-1]

    def _run_of_rows(self, number: int, step: int) -> list[int]:
        place = self.chunks[number][0]
        found: list[int] = []
        n = number + step
        while 0 <= n < len(self.chunks) and n not in self._used and len(found) < 80:
            chunk = self.chunks[n]
            same = chunk[0].line.page == place.line.page and (
                chunk[0].column in {place.column, 0} or place.column == 0
            )
            near = _between(self.chunks[n - step], chunk) < 3.2 * chunk[0].line.size
            if not same or not near or self._is_caption(n) or not self._is_tabular(chunk):
                break
            found.append(n)
            n += step
        return found

    def _is_tabular(self, chunk: Sequence[Row]) -> bool:
        if self.headings.of(chunk) is not None:
            return False
        several = sum(tables.is_row(row) for row in chunk)
        short = all(not row.full for row in chunk) and len(chunk) < 3
        return several * 2 > len(chunk) or (
            short and not _CLOSED.search(chunk[-1].line.text) and self.headings.of(chunk) is None
        )

    def _is_table_ahead(self, number: int) -> bool:
        """Tell whether a chunk is the first of the rows above a table's caption."""
        if not any(tables.is_row(row) for row in self.chunks[number]):
            return False
        for n in range(number + 1, min(number + 60, len(self.chunks))):
            if self._is_caption(n):
                is_table = self.chunks[n][0].line.text.lower().startswith("t")
                return is_table and number in self._body_of(n)
            if not self._is_tabular(self.chunks[n]):
                return False
        return False

    def _emit(self, number: int) -> None:
        chunk = self.chunks[number]
        found = CAPTION.match(chunk[0].line.text)
        page = chunk[0].line.page
        if not found or not self._is_caption(number):
            self.builder.text(self._words(chunk), "footnote", page=page, region=region_of(chunk))
            return
        caption = self._words(chunk)
        if found["kind"].lower().endswith(("table", "tab")):
            rows = [row for n in self._body_of_used(number) for row in self.chunks[n]]
            cells = tables.cells_of(rows)
            region = region_of([*chunk, *rows])
            header = tables.header_rows(rows) if cells else 0
            self.builder.table(
                found["label"], caption, cells, header_rows=header, page=page, region=region
            )
        else:
            self.builder.figure(found["label"], caption, page=page, region=self._picture(number))

    def _body_of_used(self, number: int) -> list[int]:
        held, self._used = self._used, self._used - self._taken_by(number)
        found = self._body_of(number)
        self._used = held
        return found

    def _taken_by(self, number: int) -> set[int]:
        return {n for n in range(max(0, number - 80), number + 81) if n != number}

    def _picture(self, number: int) -> tuple[float, float, float, float]:
        """Return the region from a caption up to the text above it, in the caption's column."""
        chunk = self.chunks[number]
        left, bottom, right, top = region_of(chunk)
        page, column = chunk[0].line.page, chunk[0].column
        above = [
            row.line.bottom
            for other in self.chunks
            for row in other
            if row.line.page == page
            and row.line.bottom > top
            and row.column in {column, 0}
            and row.full
        ]
        edge = min(above, default=self.heights[page] * 0.93)
        return (
            min(left, chunk[0].left),
            bottom,
            max(right, chunk[0].right),
            round(max(edge, top), 1),
        )

    # Text

    def _is_note(self, chunk: Sequence[Row]) -> bool:
        """Tell a footnote: small, low on its page, begun by its mark."""
        line = chunk[0].line
        small = line.size < self.headings.size - _SMALL
        low = line.y < 0.4 * self.heights[line.page]
        return small and low and bool(_NOTE.match(line.text)) and len(line.text) > 8

    def _is_label(self, chunk: Sequence[Row]) -> bool:
        """Tell what is printed inside a picture: small and in scraps."""
        small = all(row.line.size < self.headings.size - _SMALL for row in chunk)
        scraps = sum(len(row.line.words) for row in chunk) <= 4 * len(chunk)
        return (small and scraps) or not any(
            char.isalnum() for row in chunk for char in row.line.text
        )

    def _text(self, chunk: list[Row]) -> None:
        """Add the paragraphs, items and equations of a chunk."""
        if self._in_abstract or (ABSTRACT.match(chunk[0].line.text) and not self.builder.blocks):
            self._abstract(chunk)
            return
        base = min(row.indent for row in chunk)
        for n, row in enumerate(chunk):
            before = chunk[n - 1] if n else None
            if self._is_formula(row, before):
                self._formula(row)
            elif self._begins(row, before, base):
                self._start(row)
            else:
                self._open.append(row)

    def _abstract(self, chunk: Sequence[Row]) -> None:
        text = (
            ABSTRACT.sub("", self._words(chunk), count=1)
            if not self.abstract
            else self._words(chunk)
        )
        if _KEYWORDS.match(text):
            self.keywords = _KEYWORDS.sub("", text).strip(" :.—–-")
        elif not self.keywords and len(text) > 2:
            self.abstract.append(text)
            self._in_abstract = True

    def _begins(self, row: Row, before: Row | None, base: float) -> bool:
        """Tell whether a line begins a paragraph or an item."""
        if self._kind == "equation":
            return True
        if _BULLET.match(row.line.text) and (before is None or not before.full or row.indent > 0.5):
            return True
        if before is None:
            return not (self._open and self._goes_on(self._open[-1], row))
        deeper = row.indent - base > 0.7 and before.indent - base <= 0.7
        return deeper and not before.line.broken and row.indent < 6

    def _goes_on(self, before: Row, row: Row) -> bool:
        """Tell whether a paragraph goes on after a change of column, page, or spacing."""
        text = before.line.text
        moved = (before.line.page, before.column) != (row.line.page, row.column)
        if before.line.broken:
            return True
        if abs(before.line.size - row.line.size) > 0.8:
            return False
        lower = row.line.text[:1].islower() or row.line.text[:1] in "([,;"
        return not _CLOSED.search(text) and (lower or (moved and before.full and row.indent < 0.7))

    def _start(self, row: Row) -> None:
        self._flush()
        if _BULLET.match(row.line.text):
            self._kind = "item"
        elif found := self.headings.run_in(row):
            heading, count = found
            place = {"page": row.line.page, "region": region_of([row])}
            self.builder.section(heading.title, heading.level, heading.number, **place)  # type: ignore[arg-type]
            row = _without(row, count)
        self._open = [row]

    def _is_formula(self, row: Row, before: Row | None) -> bool:
        """Tell a displayed formula: set in, in the letters of mathematics, or numbered."""
        line = row.line
        words = [
            word
            for word in line.words
            if len(word.text) > 3 and word.text.isalpha() and not word.math
        ]
        labelled = bool(_LABEL.search(line.text)) and row.full and row.indent > 1.0
        labelled = labelled or (bool(_LABEL.match(line.text)) and line.math > 0.3)
        if _BULLET.match(line.text) and not labelled:
            return False
        if self._kind == "equation" and line.math > 0.3 and len(words) < 2:
            return True
        if line.broken or (before is not None and before.line.broken):
            return False
        math = line.math > 0.35 and row.indent > 0.8 and len(words) < 4
        return math or (labelled and len(words) < 4 and (line.math > 0.05 or row.indent > 2))

    def _formula(self, row: Row) -> None:
        """Add a row to the formula that is open, or begin one; a label ends it."""
        last = self._open[-1] if self._open else None
        numbered = last is not None and _LABEL.search(last.line.text)
        far = last is not None and (
            last.line.page != row.line.page or last.line.y - row.line.y > 3 * row.line.size
        )
        if self._kind != "equation" or numbered or far:
            self._flush()
            self._kind = "equation"
        self._open.append(row)

    def _flush(self) -> None:
        """End what is open, then let out what waited for it."""
        rows, self._open = self._open, []
        kind, self._kind = self._kind, "paragraph"
        if rows:
            page, region = (
                rows[0].line.page,
                region_of([r for r in rows if r.line.page == rows[0].line.page]),
            )
            if kind == "equation":
                self._equation(rows)
            else:
                text = self.words.text([row.line for row in rows], marked=True)
                text = _BULLET.sub("", text, count=1) if kind == "item" else text
                self.builder.text(text, kind, page=page, region=region)
        waiting, self._waiting = self._waiting, []
        for number in waiting:
            self._emit(number)

    def _equation(self, rows: Sequence[Row]) -> None:
        text = " ".join(row.line.text for row in rows)
        labels = [found[1] for row in rows if (found := _LABEL.search(row.line.text))]
        place = {"page": rows[0].line.page, "region": region_of(rows)}
        self.builder.equation(text, labels[0] if labels else "", **place)  # type: ignore[arg-type]

    def _end_references(self) -> None:
        rows, self._references = self._references, []
        for label, lines in bibliography.entries(rows) if rows else []:
            shown, text, work = bibliography.read_entry(label, lines, self.words)
            self.builder.reference(shown, text, work, page=lines[0].line.page)

    def _words(self, rows: Sequence[Row]) -> str:
        return self.words.text([row.line for row in rows])


def _between(first: Sequence[Row], second: Sequence[Row]) -> float:
    """Return the space between two chunks of a page, whichever is above."""
    upper, lower = (first, second) if first[0].line.y > second[0].line.y else (second, first)
    return upper[-1].line.y - lower[0].line.y


def _without(row: Row, count: int) -> Row:
    from dataclasses import replace

    return replace(row, line=replace(row.line, words=row.line.words[count:]))
