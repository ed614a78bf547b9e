"""The entries of a BibTeX file, one at a time: split, macros filled in, parents looked up.

bibtexparser splits an entry into fields. A file is handed to it entry by entry, so that
memory stays flat and an unclosed entry ends where the next one begins. It does not join
values with `#`; that is done here.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paperflow.readers.dates import MONTHS
from paperflow.readers.fields import BadRecord, clean
from paperflow.readers.file import File
from paperflow.records import Failure

_BLOCK = re.compile(r"\s*@\s*[A-Za-z]+\s*[{(]")
_START = re.compile(r"\s*@\s*([A-Za-z]+)\s*([{(])(\s*[\w-]+\s*=)?")
_KEY = re.compile(r"[{(]\s*([^\s,={}\"]+)")
_PIECE = re.compile(r"[^\s#{}\",]+")
_BRACE = re.compile(r"(?<!\\)[{}\"]")
_MAX_BLOCK = 1 << 20  # characters; the longest real entry is an abstract
# What a volume tells its papers. Not: what identifies it, or what is said about it.
_INHERITED = (
    *("booktitle", "journal", "journaltitle", "series", "publisher", "address", "location"),
    *("editor", "organization", "venue", "volume", "number", "edition", "isbn", "issn"),
    *("date", "year", "month"),
)
_WHEN = {"date", "year", "month"}
_VOLUMES = {
    *("proceedings", "book", "collection", "mvbook", "mvcollection", "mvproceedings"),
    *("periodical", "reference", "mvreference", "misc", "journal", "incollection"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its type and field names in lower case, its values without delimiters."""

    type: str
    key: str
    line: int
    fields: Mapping[str, str]

    @property
    def place(self) -> str:
        """Return where it stands, in words."""
        return _place(self.key, self.line)


def _place(key: str, line: int) -> str:
    return f"entry {key} (line {line})" if key else f"entry at line {line}"


class Entries:
    """Iterate over the entries of a file; those with a parent come last."""

    def __init__(self, file: File) -> None:
        self._document = file
        self._strings = {name[:3].lower(): name for name in MONTHS}
        self._lines: dict[str, int] = {}
        self._parents: dict[str, Mapping[str, str]] = {}
        self._waiting: list[Entry] = []
        self._wanted: set[str] = set()
        logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # failures are told by us

    def __iter__(self) -> Iterator[Entry | Failure]:
        for line, text in _blocks(self._document):
            for block in _split(text):
                try:
                    entry = self._entry(block, line)
                except BadRecord as error:
                    found = _KEY.search(block.raw)
                    place = _place(found[1] if found else "", line + block.start_line)
                    yield self._document.failure(place, str(error))
                    continue
                self._document.found()  # a child is held back, but found
                if entry and (before := self._before(entry)):
                    told = f"line {before} has an entry of the same key; both were read"
                    yield self._document.failure(entry.place, told)
                if entry and not self._has_parent(entry):
                    yield entry
        yield from self._children()

    def _before(self, entry: Entry) -> int:
        """Return the line of an earlier entry with the same key, 0 if there is none."""
        first = self._lines.setdefault(entry.key, entry.line) if entry.key else entry.line
        return 0 if first == entry.line else first

    def _entry(self, block: Any, line: int) -> Entry | None:
        """Return a block's entry, None for a macro; raise BadRecord when it is no good."""
        if error := getattr(block, "error", None):
            raise BadRecord(_reason(error))
        key = clean(block.key)
        if not hasattr(block, "fields"):
            self._strings[key.lower()] = self._value(key, block.value)
            return None
        line += block.start_line
        fields: dict[str, str] = {}
        for field in block.fields:
            value = clean(self._value(field.key, field.value))
            name = field.key.lower()
            if value and fields.setdefault(name, value) != value:
                fields[f"{name} (2)"] = value
        return Entry(block.entry_type.lower(), key, line, fields)

    def _value(self, name: str, text: str) -> str:
        """Return a value without delimiters, its pieces joined, its macros filled in."""
        pieces, position = [], 0
        while position < len(text := text.rstrip()):
            piece, position = _piece(text, position)
            bare = text[position - 1] not in '}"'
            pieces.append(self._strings.get(piece.lower(), piece) if bare else piece)
            rest = text[position:].lstrip()
            if rest and not rest.startswith("#"):
                if bare and not _BRACE.search(text) and "=" not in text:
                    return text  # words without delimiters
                raise BadRecord(f"after the field {name!r} a comma is missing, or a brace is wrong")
            position = len(text) - len(rest[1:].lstrip())
        return "".join(pieces)

    def _has_parent(self, entry: Entry) -> bool:
        """Keep an entry with a parent for the end, and what children may ask of this one."""
        parent = entry.fields.get("crossref", "")
        if parent:
            self._waiting.append(entry)
            self._wanted.add(parent)
        if parent or entry.type in _VOLUMES or entry.key in self._wanted:
            wanted = (*_INHERITED, "title", "crossref")
            known = {name: entry.fields[name] for name in wanted if name in entry.fields}
            self._parents[entry.key] = known
        return bool(parent)

    def _children(self) -> Iterator[Entry | Failure]:
        for entry in self._waiting:
            fields = dict(entry.fields)
            parents, problem = self._line_of(entry)
            for parent in parents:
                _fill(fields, parent)
            yield Entry(entry.type, entry.key, entry.line, fields)
            if problem:
                yield self._document.failure(entry.place, f"{problem}; the entry itself was read")

    def _line_of(self, entry: Entry) -> tuple[list[Mapping[str, str]], str]:
        """Return an entry's parent, its parent and so on, and what is wrong with the line."""
        parents: list[Mapping[str, str]] = []
        met, name = {entry.key}, entry.fields["crossref"]
        while name:
            if name in met:
                return [], f"its crossref to {entry.fields['crossref']!r} leads in a circle"
            if name not in self._parents:
                return parents, f"its crossref leads to {name!r}, which is not in the file"
            parents.append(self._parents[name])
            met.add(name)
            name = parents[-1].get("crossref", "")
        return parents, ""


def _fill(fields: dict[str, str], parent: Mapping[str, str]) -> None:
    dated = bool(_WHEN & fields.keys())
    for name in _INHERITED:
        if name in parent and not (dated and name in _WHEN):
            fields.setdefault(name, parent[name])
    if "title" in parent and not {"journal", "journaltitle"} & fields.keys():
        fields.setdefault("booktitle", parent["title"])


def _blocks(file: File) -> Iterator[tuple[int, str]]:
    """Yield each entry's first line and text; what stands before the first one is a comment."""
    block: list[str] = []
    start = size = 0
    for number, line in enumerate(file.lines(), 1):
        if _BLOCK.match(line):
            yield from _closed(start, block)
            block, start, size = [line], number, 0
        elif block and (size := size + len(line)) <= _MAX_BLOCK:
            block.append(line)
    yield from _closed(start, block)


def _closed(start: int, block: Iterable[str]) -> Iterator[tuple[int, str]]:
    text = "\n".join(block)
    if text and not text.lstrip()[1:].lstrip().lower().startswith(("comment", "preamble")):
        yield start, text


def _split(text: str) -> Iterator[Any]:
    """Yield bibtexparser's entries, macros, and failed blocks of a text that begins with one."""
    from bibtexparser import model
    from bibtexparser.splitter import Splitter

    passed_over = (model.ExplicitComment, model.ImplicitComment, model.Preamble)
    for block in Splitter(_START.sub(_opened, text, count=1)).split().blocks:
        if isinstance(block, model.DuplicateFieldKeyBlock):
            yield block.ignore_error_block
        elif not isinstance(block, passed_over):
            yield block


def _opened(found: re.Match[str]) -> str:
    """Write an entry's beginning as bibtexparser wants it; a key that was left out is empty."""
    comma = "," if found[3] and found[1].lower() != "string" else ""
    return f"@{found[1]}{found[2]}{comma}{found[3] or ''}"


def _piece(text: str, position: int) -> tuple[str, int]:
    """Return the value that begins at `position`, without delimiters, and where it ends."""
    while text[position].isspace():
        position += 1
    opening = text[position]
    if opening not in '{"':
        found = _PIECE.match(text, position)
        if not found:
            raise BadRecord(f"a value is broken at {text[position : position + 20]!r}")
        return found.group(), found.end()
    depth = 0
    for mark in _BRACE.finditer(text, position + (opening == '"')):
        depth += {"{": 1, "}": -1, '"': 0}[mark.group()]
        if depth == 0 and mark.group() == ('"' if opening == '"' else "}"):
            return text[position + 1 : mark.start()], mark.end()
    raise BadRecord("a brace or a quotation mark is missing")


def _reason(error: Any) -> str:
    """Say what bibtexparser found wrong, for somebody who looks at the file."""
    text = str(getattr(error, "abort_reason", error)).strip().rstrip(".")
    if "end of file" in text or "block start" in text:
        return "it is not closed: a brace or a quotation mark is missing"
    return f"it is broken: {text[:1].lower()}{text[1:]}"
