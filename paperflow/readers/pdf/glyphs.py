"""What PDFium sees on a page: words with their place and font, in lines, in its own order.

PDFium ends a line that breaks a word with U+FFFE. The size that a font claims counts only
together with the text matrix. Text that is turned (arXiv's stamp, watermarks) is no line.
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

MAX_GLYPHS = 200_000  # on one page; a dense one has 10,000
HYPHEN = "\ufffe"
_BOLD = re.compile(r"bold|black|heavy|medi\b|demi|CMBX|SFBX|CMB\d|-B$|Bd\b", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obli|CMTI|SFTI|CMSL|-It", re.IGNORECASE)
_MATH = re.compile(
    r"CMMI|CMSY|CMEX|MSAM|MSBM|EUFM|RSFS|STMARY|math|symbol|LASY|txsy|txmi|ntx", re.IGNORECASE
)
_CAPITALS = re.compile(r"CMCSC|SFCC|smallcap|-SC", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
# Not "km2", "R2": what is raised after a word or a stop may be a citation.
_TAIL = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?)\]’”\"])(\d{1,3}(?:[,;–—-]\d{1,3})*[,;]?)$")
_ENDS = "0123456789,;"
SMALL, ABOVE = 0.85, 0.15  # of the size: what is smaller than this and higher is raised
_UNSEEN = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ufeff\u200b-\u200f\ud800-\udfff\ue000-\uf8ff]")
_LABEL = re.compile(r"\([A-Z]?\.?\d{1,3}(?:\.\d{1,3})*[a-z]?\)")
_LIGATURES = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\u00ad": "",
}
_TABLE = str.maketrans(_LIGATURES)
_ACCENTS = dict(
    zip(
        "´`¨ˆ˜ˇ˚¯˘˙˝¸",
        "\u0301\u0300\u0308\u0302\u0303\u030c\u030a\u0304\u0306\u0307\u030b\u0327",
        strict=True,
    )
)
_ACCENTED = re.compile("([´`¨ˆ˜ˇ˚¯˘˙˝¸])([A-Za-zıȷ])")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its left and right edge, its baseline, and the font of its first character.

    `raised` is how many digits at its end are small and stand above its baseline.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False
    math: bool = False
    capitals: bool = False
    raised: int = 0


@dataclass(frozen=True)
class Line:
    """Words on one baseline; `broken` says that its last word goes on in the next line."""

    words: tuple[Word, ...]
    page: int
    broken: bool = False

    @cached_property
    def text(self) -> str:
        """Return the words with single blanks."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def x0(self) -> float:
        """Return the left edge."""
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        """Return the right edge."""
        return max(word.x1 for word in self.words)

    @cached_property
    def size(self) -> float:
        """Return the size that most characters have."""
        weights: dict[float, int] = {}
        for word in self.words:
            weights[word.size] = weights.get(word.size, 0) + len(word.text)
        return max(weights, key=lambda size: (weights[size], size))

    @cached_property
    def largest(self) -> float:
        """Return the largest size among the first words: small capitals begin with it."""
        return max(word.size for word in self.words[:4])

    @cached_property
    def y(self) -> float:
        """Return the baseline of the words in the usual size."""
        return next(word.y for word in self.words if word.size == self.size)

    @cached_property
    def bold(self) -> bool:
        """Tell whether all letters are bold."""
        words = [
            word for word in self.words if any(c.isalpha() for c in word.text) and not word.math
        ]
        return bool(words) and all(word.bold for word in words)

    @cached_property
    def italic(self) -> bool:
        """Tell whether all letters are italic."""
        words = [
            word for word in self.words if any(c.isalpha() for c in word.text) and not word.math
        ]
        return bool(words) and all(word.italic for word in words)

    @cached_property
    def capitals(self) -> bool:
        """Tell whether the letters are capitals, of any size."""
        letters = [char for char in self.text if char.isalpha()]
        small = any(word.capitals for word in self.words)
        return len(letters) > 2 and (small or all(char.isupper() for char in letters))

    @cached_property
    def math(self) -> float:
        """Return the share of characters in fonts of mathematics."""
        count = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if word.math) / count

    @property
    def top(self) -> float:
        """Return about where the letters end above."""
        return self.y + 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Return about where the letters end below."""
        return self.y - 0.25 * self.size

    def cells(self, gap: float = 0.9) -> list[list[Word]]:
        """Return the words in groups, where more than `gap` times the size lies between two."""
        groups: list[list[Word]] = [[self.words[0]]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            if word.x0 - before.x1 > gap * self.size:
                groups.append([])
            groups[-1].append(word)
        return groups


def lines_of(page: Any, number: int) -> list[Line]:
    """Return the lines of a page of pypdfium2; raise ValueError where it holds too much."""
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MAX_GLYPHS:
            raise ValueError(f"page {number} holds {count:,} characters")
        text = text_page.get_text_range() if count > 0 else ""
        lines = list(_lines(_Probe(text_page.raw), text, number))
    finally:
        text_page.close()
    return _on_one_baseline(lines)


def _lines(probe: "_Probe", text: str, number: int) -> Iterator[Line]:
    start = 0
    for found in re.finditer(r"\r\n|\r(?!\n)|\n|\ufffe|\Z", text):
        words = [word for word in probe.words(text, start, found.start()) if word]
        start = found.end()
        if words:
            yield Line(tuple(_joined(words)), number, found[0] == HYPHEN)


def _joined(words: list[Word]) -> Iterator[Word]:
    """Join a large capital with the small ones that follow it: "I NTRODUCTION"."""
    held = words[0]
    for word in words[1:]:
        close = word.x0 - held.x1 < 0.12 * held.size
        if close and len(held.text) == 1 and held.text.isupper() and word.text.isupper():
            held = replace(held, text=held.text + word.text, x1=word.x1)
        else:
            yield held
            held = word
    yield held


def _on_one_baseline(lines: list[Line]) -> list[Line]:
    """Join neighbours that stand in one row, as the cells of a table do."""
    out: list[Line] = []
    for line in lines:
        last = out[-1] if out else None
        if (
            last is not None
            and not last.broken
            and abs(last.y - line.y) < 0.2 * line.size
            and (0 < line.x0 - last.x1 < 12 * line.size or _LABEL.fullmatch(line.text))
        ):
            out[-1] = Line(last.words + line.words, line.page, line.broken)
        else:
            out.append(line)
    return out


def _composed(found: re.Match[str]) -> str:
    """Return the letter with the accent that TeX's old fonts print before it."""
    letter = {"ı": "i", "ȷ": "j"}.get(found[2], found[2])
    return unicodedata.normalize("NFC", letter + _ACCENTS[found[1]])


class _Probe:
    """Ask PDFium about single characters; the buffers are made once."""

    def __init__(self, raw: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._raw = raw
        self._box = [ctypes.c_double() for _ in range(4)]
        self._at = [ctypes.c_double() for _ in range(2)]
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def words(self, text: str, start: int, end: int) -> Iterator[Word | None]:
        """Yield the words between two characters; None for one that is turned or unseen."""
        for found in re.finditer(r"\S+", text[start:end]):
            shown = _ACCENTED.sub(_composed, _UNSEEN.sub("", found[0].translate(_TABLE)))
            if shown:
                first, last = start + found.start(), start + found.end() - 1
                word = self._word(shown, first, last)
                tail = _TAIL.search(shown) if word and shown[-1] in _ENDS else None
                if word and tail and self._is_raised(last - len(tail[1]) + 1, word):
                    word = replace(word, raised=len(tail[1]))
                yield word

    def _is_raised(self, index: int, word: Word) -> bool:
        """Tell whether a character is smaller than its word and stands above the baseline."""
        self._pdfium.FPDFText_GetMatrix(self._raw, index, self._matrix)
        scale = math.hypot(self._matrix.c, self._matrix.d) or 1.0
        size = self._pdfium.FPDFText_GetFontSize(self._raw, index) * scale
        self._pdfium.FPDFText_GetCharOrigin(self._raw, index, *self._at)
        return size < SMALL * word.size and self._at[1].value - word.y > ABOVE * word.size

    def _word(self, text: str, first: int, last: int) -> Word | None:
        pdfium, raw = self._pdfium, self._raw
        pdfium.FPDFText_GetMatrix(raw, first, self._matrix)
        turned = abs(self._matrix.b) > 0.05 * (abs(self._matrix.a) + 1e-9)
        scale = math.hypot(self._matrix.c, self._matrix.d) or 1.0
        size = pdfium.FPDFText_GetFontSize(raw, first) * scale
        if turned or not 0.5 < size < 500:
            return None
        left, right = self._edges(first)[0], self._edges(last)[1]
        pdfium.FPDFText_GetCharOrigin(raw, first, *self._at)
        length = pdfium.FPDFText_GetFontInfo(raw, first, self._name, 128, self._flags)
        font = self._name.value.decode("latin-1") if 0 < length <= 128 else ""
        return Word(
            text,
            left,
            max(left, right),
            self._at[1].value,
            round(size * 4) / 4,
            bool(_BOLD.search(font)) or bool(self._flags.value & _FORCE_BOLD),
            bool(_ITALIC.search(font)),
            bool(_MATH.search(font)),
            bool(_CAPITALS.search(font)),
        )

    def _edges(self, index: int) -> tuple[float, float]:
        left, right, bottom, top = self._box
        self._pdfium.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top)
        return left.value, right.value
