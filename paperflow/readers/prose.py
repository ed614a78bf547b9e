"""Markdown and plain text that is long enough to have sections, to a document."""

import re
from collections.abc import Iterator

from paperflow.documents import Document
from paperflow.readers.builder import Builder, unmarked
from paperflow.readers.references import parse
from paperflow.records import Paper

_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_NUMBERED = re.compile(r"((?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3})\.?\s+([^\W\d_][^.!?]{1,80})$")
_NAMED = re.compile(
    r"(?:abstract|introduction|related work|background|methods?|materials and methods|experiments?"
    r"|results|discussion|conclusions?|limitations|acknowledge?ments?|references|bibliography"
    r"|appendix)\s*$",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:references|bibliography|literature cited"
    r"|works cited)$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?:\[(\d{1,3})\]|(\d{1,3})[.)])\s+|[-*•]\s+")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+(?=\S)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((?:[^()\s]|\([^()]*\))+(?:\s+\"[^\"]*\")?\)")
_MARKS = re.compile(r"(\*{1,3}|_{2}|`)(?=\S)(.+?)(?<=\S)\1")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_CAPTION = re.compile(
    r"(?P<kind>Fig(?:ure|\.)?"
    r"|Table)\s*(?P<label>[A-Z]?\d+)\s*[.:]\s+\S",
    re.IGNORECASE,
)


def has_sections(body: str) -> bool:
    """Tell whether a text has headings, and so is more than a title and an abstract."""
    found = [heading for part in _parts(body) if (heading := _heading(part))]
    return len(found) > 1 and any(not re.match("abstract", title, re.I) for _, _, title in found)


def document_of(paper: Paper, body: str) -> Document:
    """Return a text's document; `paper` is what its front says, `body` what follows the title."""
    reading = _Reading()
    for part in _parts(unmarked(body)):
        reading.take(part)
    abstract = " ".join(reading.abstract)
    known = {name: getattr(paper, name) for name in Paper.__dataclass_fields__}
    return reading.builder.build(Paper(**{**known, "abstract": abstract}), find=True)


def _parts(body: str) -> Iterator[str]:
    """Yield the stretches between empty lines; a heading is one by itself, code is none."""
    text = re.sub(r"^(```|~~~).*?^\1\s*$", "", body, flags=re.DOTALL | re.MULTILINE)
    for part in re.split(r"\n[ \t]*\n", text):
        lines = part.strip("\n").split("\n")
        while lines and _HASHES.match(lines[0]):
            yield lines.pop(0)
        if any(line.strip() for line in lines):
            yield "\n".join(lines)


def _heading(part: str) -> tuple[int, str, str] | None:
    """Return level, number and title of a stretch that is a heading."""
    if "\n" in part.strip():
        return None
    text = part.strip()
    hashes = _HASHES.match(text)
    title = hashes[2] if hashes else text
    numbered = _NUMBERED.match(title)
    if numbered:
        return numbered[1].count(".") + 1, numbered[1], numbered[2]
    if hashes:
        return max(1, len(hashes[1]) - 1), "", title
    return (1, "", title) if _NAMED.match(title) else None


class _Reading:
    """A walk over the stretches of a text."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.abstract: list[str] = []
        self._before = True  # until the first section, text belongs to the abstract
        self._in_references = False

    def take(self, part: str) -> None:
        """Add one stretch."""
        heading = _heading(part)
        if heading:
            level, number, title = heading
            self._before = bool(re.fullmatch("abstract", title, re.IGNORECASE))
            self._in_references = bool(_REFERENCES.match(title))
            if not self._before:
                self.builder.section(_plain(title), level, number)
        elif self._before:
            self.abstract.append(" ".join(_plain(part).split()))
        elif self._in_references:
            self._references(part)
        else:
            self._block(part)

    def _block(self, part: str) -> None:
        lines = part.split("\n")
        caption = _CAPTION.match(_plain(part).strip())
        if image := _IMAGE.fullmatch(part.strip()):
            self._figure(image[1])
        elif len(lines) > 1 and any(_RULE.match(line) and "|" in line for line in lines):
            self._table(lines)
        elif part.strip().startswith("$$"):
            formula = part.strip().strip("$").strip()
            self.builder.equation(f"${formula}$", latex=formula)
        elif caption and caption["kind"].lower().startswith("fig"):
            self.builder.figure(caption["label"], _plain(part))
        elif caption:
            self.builder.table(caption["label"], _plain(part), [])
        elif _ITEM.match(part):
            for item in re.split(r"\n(?=\s*(?:[-*+•]|\d{1,2}[.)])\s)", part):
                self.builder.text(_plain(_ITEM.sub("", item, count=1)), "item")
        else:
            self.builder.text(_plain(part))

    def _figure(self, text: str) -> None:
        if text.strip():
            label = re.search(r"\d+", text)
            self.builder.figure(label[0] if label else "", _plain(text))

    def _table(self, lines: list[str]) -> None:
        """Add a table of Markdown; a line above it that is none of it is its caption."""
        held = [line.strip().strip("|") for line in lines if "|" in line and not _RULE.match(line)]
        above = _plain(" ".join(line for line in lines if "|" not in line))
        label = _CAPTION.match(above.strip())
        cells = [[_plain(cell) for cell in row.split("|")] for row in held]
        self.builder.table(label["label"] if label else "", above, cells)

    def _references(self, part: str) -> None:
        """Add the entries of a stretch: one a line where lines are marked, else one in all."""
        lines = part.split("\n")
        marked = sum(bool(_ENTRY.match(line)) for line in lines)
        entries = re.split(r"\n(?=\[\d+\]|\d+[.)]\s|[-*•]\s)", part) if marked > 1 else [part]
        for entry in entries:
            found = _ENTRY.match(entry)
            label = (found[1] or found[2] or "") if found else ""
            text = _plain(entry[found.end() :] if found else entry)
            label = label or (str(len(self.builder.references) + 1) if found else "")
            self.builder.reference(label, text, parse(text))


def _plain(text: str) -> str:
    """Return Markdown's text without its marks."""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    return _MARKS.sub(r"\2", text)
