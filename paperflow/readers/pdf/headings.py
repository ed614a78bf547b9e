"""Which lines are headings, and of what level: by number, by known names, by their font."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from paperflow.readers.pdf.layout import Row

NUMBERED = re.compile(
    r"(?:(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z](?:\.\d{1,2}){1,2}|[A-Z](?=[.:]?\s)"
    r"|[IVX]{1,5}(?=\.\s))[.:]?"
    r"|(?P<appendix>Appendix|APPENDIX)\s+(?P<letter>[A-Z])[.:]?)\s+(?P<title>\S.*)"
)
KNOWN = re.compile(
    r"(?:introduction|related works?|background|preliminaries|methods?|methodology"
    r"|materials? and methods?|experiments?"
    r"|experimental (?:setup|results)|results?(?: and discussion)?|discussions?"
    r"|conclusions?(?: and future work)?"
    r"|concluding remarks|limitations?|future work|acknowledge?ments?|appendix|appendices"
    r"|evaluation|ethics statement"
    r"|ethical considerations|broader impacts?|reproducibility statement"
    r"|supplementary materials?|author contributions"
    r"|funding|data availability(?: statement)?|summary|motivation|notation|approach"
    r"|our approach|analysis)\.?",
    re.IGNORECASE,
)
REFERENCES = re.compile(
    r"(?:\d{1,2}\.?\s+|[A-Z]\.\s+)?(?:references?|bibliography|literature cited|works cited"
    r"|references and notes)\.?:?",
    re.IGNORECASE,
)
ABSTRACT = re.compile(r"abstract\b[.:—–-]*\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;:,]$|\.\s+[a-z]")
_LONGEST = 160

Style = tuple[float, bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's parts; level 0 means: to be told by its style."""

    number: str
    title: str
    level: int
    style: Style


@dataclass
class Headings:
    """Tell headings by what this document's numbered headings look like."""

    size: float
    styles: dict[Style, int] = field(default_factory=dict)

    def learn(self, chunks: Sequence[Sequence[Row]]) -> None:
        """Note the style of the chunks that are headings by their number."""
        seen: dict[Style, list[Heading]] = {}
        for chunk in chunks:
            heading = self._numbered(chunk)
            if heading and self._stands_out(heading.style):
                seen.setdefault(heading.style, []).append(heading)
        roman = any(_is_roman(found) for found in seen.values())
        for style, found in seen.items():
            levels = Counter(item.level for item in found)
            level = max(levels, key=lambda level: (levels[level], -level))
            lettered = all(item.number.isalpha() for item in found)
            self.styles[style] = 2 if roman and lettered and not _is_roman(found) else level

    def of(self, chunk: Sequence[Row]) -> Heading | None:
        """Return the heading that a chunk is, or None."""
        text = _text(chunk)
        if not _could_be(chunk, text):
            return None
        style = style_of(chunk[0])
        numbered = self._numbered(chunk)
        if numbered and (self._stands_out(style) or style in self.styles):
            level = self.styles.get(style, 1) if numbered.number.isalpha() else numbered.level
            return replace(numbered, level=level)
        if REFERENCES.fullmatch(text) or KNOWN.fullmatch(text):
            known = NUMBERED.match(text)
            title = known["title"] if known else text
            return Heading(
                (known["number"] or "") if known else "", title, self._level(style), style
            )
        if style in self.styles or self._is_large(style):
            return (
                None
                if _SENTENCE.search(text) or chunk[0].indent > 24
                else Heading("", text, self._level(style), style)
            )
        return None

    def _level(self, style: Style) -> int:
        """Return the level of an unnumbered heading: its style's, else by its size."""
        if style in self.styles:
            return self.styles[style]
        smaller = [level for known, level in self.styles.items() if known[0] > style[0] + 0.4]
        return max(smaller) + 1 if smaller and not style[2] else 1

    def _numbered(self, chunk: Sequence[Row]) -> Heading | None:
        text = _text(chunk)
        found = NUMBERED.match(text)
        if not found or not _could_be(chunk, text) or not _is_title(found["title"]):
            return None
        number = found["number"] or found["letter"]
        return Heading(number, found["title"].strip(), number.count(".") + 1, style_of(chunk[0]))

    def _stands_out(self, style: Style) -> bool:
        size, bold, capitals, italic = style
        return bold or capitals or italic or size > self.size + 0.6

    def _is_large(self, style: Style) -> bool:
        return style[0] > self.size + 0.9 and (style[1] or style[2] or style[0] > self.size * 1.15)

    def run_in(self, row: Row) -> tuple[Heading, int] | None:
        """Return the heading at the front of a paragraph, and how many words it has."""
        words = row.line.words
        bold = next((n for n, word in enumerate(words) if n and not word.bold), len(words))
        text = " ".join(word.text for word in words[:bold])
        found = NUMBERED.match(text)
        if not found or bold == len(words) or not found["number"] or not _is_title(found["title"]):
            return None
        if "." not in found["number"] or not text.endswith("."):
            return None
        level = found["number"].count(".") + 1
        return Heading(found["number"], found["title"].rstrip(". "), level, style_of(row)), bold


def _is_roman(found: Sequence[Heading]) -> bool:
    """Tell whether headings count I, II, III."""
    return {"I", "II"} <= {heading.number for heading in found}


def style_of(row: Row) -> Style:
    """Return size, boldness, capitals and slope of a line."""
    line = row.line
    return (round(2 * line.largest) / 2, line.bold, line.capitals, line.italic)


def _text(chunk: Sequence[Row]) -> str:
    return " ".join(row.line.text for row in chunk)


def _could_be(chunk: Sequence[Row], text: str) -> bool:
    """Tell whether a chunk is short enough, of one style, and made of letters."""
    if len(chunk) > 4 or len(text) > _LONGEST or len({style_of(row) for row in chunk}) > 2:
        return False
    letters = sum(char.isalpha() for char in text)
    return letters > 0.5 * len(text.replace(" ", "")) and letters > 2 and chunk[0].line.math < 0.4


def _is_title(text: str) -> bool:
    """Tell whether words after a number read as a title, not as a list item or a table's row."""
    first = text[0]
    capital = first.isupper() or first in "“\"'$¿" or not first.isascii()
    small = text.split()[0] in {"k-means", "t-SNE", "n-gram"}
    return (capital or small) and not re.search(r"[;,]$|\d+\.\d+\s+\d+\.\d+", text)
