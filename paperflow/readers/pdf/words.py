"""Lines to running text: words that a line break parted are joined again."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from paperflow.readers.builder import raised
from paperflow.readers.pdf.glyphs import ABOVE, SMALL, Line, Word

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_RAISED = re.compile(r"\d{1,3}(?:[,;–—-]\d{1,3})*[,;]?")
_AFTER = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?)\]’”\"])$")
_ACCENT = re.compile(r"([A-Za-z])\s?([˝´`¨ˆ˜ˇ])(?=\s?[A-Za-z])")


class Vocabulary:
    """The words of a document, which tell whether "multi-/scale" has its hyphen or not."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = list(lines)

    @cached_property
    def _words(self) -> frozenset[str]:
        words: set[str] = set()
        for before, line in zip([None, *self._lines], self._lines, strict=False):
            found = [word.lower() for word in _WORD.findall(line.text)]
            if before is not None and before.broken:
                found = found[1:]
            words.update(found[:-1] if line.broken else found)
        return frozenset(words)

    def joined(self, first: str, second: str) -> str:
        """Return two parts of a word as one, with a hyphen only if it is written with one."""
        head, tail = _last(first), _head(second)
        whole, parted = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
        if not head or not tail or head[-1].isdigit() or (tail[0].isupper() and not head.isupper()):
            return f"{first}-{second}"
        if whole in self._words:
            return first + second
        if parted in self._words:
            return f"{first}-{second}"
        both = head.lower() in self._words and tail.lower() in self._words
        return f"{first}-{second}" if both and len(head) > 2 and len(tail) > 2 else first + second

    def text(self, lines: Sequence[Line], *, marked: bool = False) -> str:
        """Return lines as one running text, with `marked` numbers above the line as links."""
        out = ""
        broken = False
        for number, line in enumerate(lines):
            text = _marked(line, first=number == 0) if marked else line.text
            if broken:
                out = self.joined(out, text)
            elif out.endswith("-") and text[:1].islower():
                out = self.joined(out[:-1], text)
            else:
                out = f"{out} {text}" if out else text
            broken = line.broken
        return out


def _marked(line: Line, *, first: bool) -> str:
    """Return a line's text with its raised numbers as links; one that begins a text is none."""
    shown = []
    for number, word in enumerate(line.words):
        if _stands_above(word, line):
            mark = (number or not first) and _follows_word(line.words[number - 1], number)
            shown.append(raised(word.text) if mark else word.text)
        elif word.raised:
            shown.append(word.text[: -word.raised] + raised(word.text[-word.raised :]))
        else:
            shown.append(word.text)
    return " ".join(shown)


def _stands_above(word: Word, line: Line) -> bool:
    """Tell whether a whole word is a number above the line."""
    small = word.size < SMALL * line.size and word.y - line.y > ABOVE * line.size
    return small and bool(_RAISED.fullmatch(word.text))


def _follows_word(before: Word, number: int) -> bool:
    """Tell whether a number stands after a word or a stop, not after a unit or a variable."""
    return not number or bool(_AFTER.search(before.text))


def _last(text: str) -> str:
    found = list(re.finditer(r"[^\W_]+$", text[-40:]))
    return found[0][0] if found else ""


def _head(text: str) -> str:
    found = _FIRST.match(text[:60])
    return found[0] if found else ""
