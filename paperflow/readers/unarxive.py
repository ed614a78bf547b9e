"""unarXive: papers of arXiv as JSON lines, with the spans of citations and their references."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from paperflow.documents import Document
from paperflow.readers.builder import Builder, link, unmarked
from paperflow.readers.fields import as_text, one_line
from paperflow.readers.file import File, Reader
from paperflow.readers.jsontext import objects
from paperflow.readers.names import people
from paperflow.readers.references import parse
from paperflow.records import Failure, Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_START = re.compile(r'\{"paper_id"\s*:.{0,5000}?"(?:_pdf_hash|_source_hash|metadata)"', re.DOTALL)
_FORMULA = re.compile(r"\{\{formula:([0-9a-f-]{36})\}\}")
_PLACED = re.compile(r"\{\{(figure|table):([0-9a-f-]{36})\}\}")
_LEVELS = {"section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 3}
_NO_CAPTION = "NO_CAPTION"  # as unarXive writes it


def _looks_like(head: str) -> bool:
    return bool(_START.match(head.lstrip()))


def _read(file: File) -> Iterator[Document | Failure]:
    for found in objects(file):
        if isinstance(found, Failure):
            yield found
            continue
        place, values = found
        if isinstance(values.get("body_text"), list) and isinstance(
            values.get("bib_entries"), dict
        ):
            yield _Paper(values).document()
        else:
            yield file.failure(place, "it is no paper of unarXive")


class _Paper:
    """One line: its formulas, floats and references are looked up by their ids."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.held: Mapping[str, Any] = _mapping(values.get("ref_entries"))
        self.entries: Mapping[str, Any] = _mapping(values["bib_entries"])
        self.numbers = {key: str(n) for n, key in enumerate(self.entries, 1)}
        self.builder = Builder()
        self.floats: set[str] = set()

    def document(self) -> Document:
        """Return the document of the line."""
        before = None
        for part in map(_mapping, self.values["body_text"]):
            heading = (part.get("section"), part.get("sec_number"))
            if heading != before and as_text(part.get("section")):
                level = _LEVELS.get(as_text(part.get("sec_type")), 1)
                number = as_text(part.get("sec_number"))
                title = _FORMULA.sub(self._formula, as_text(part["section"]))
                self.builder.section(title, level, number.replace("-1", ""))
            before = heading
            self._part(part)
        for key in self.held:
            self._float(key)
        if self.entries:
            self.builder.section("References", 1)
        for key, entry in self.entries.items():
            self._reference(key, _mapping(entry))
        return self.builder.build(self._paper())

    def _part(self, part: Mapping[str, Any]) -> None:
        for placed in _PLACED.finditer(as_text(part.get("text"))):
            self._float(placed[2])
        kind = "item" if part.get("content_type") == "listitem" else "paragraph"
        text = self._marked(part)
        formula = _FORMULA.fullmatch(text.strip())
        if formula:
            latex = as_text(_mapping(self.held.get(formula[1])).get("latex"))
            self.builder.equation(f"${latex.strip()}$", latex=latex, keys=[formula[1]])
        else:
            self.builder.text(_FORMULA.sub(self._formula, _PLACED.sub(" ", text)), kind)

    def _formula(self, found: re.Match[str]) -> str:
        latex = one_line(as_text(_mapping(self.held.get(found[1])).get("latex")))
        return f"${unmarked(latex)}$" if latex else ""

    def _marked(self, part: Mapping[str, Any]) -> str:
        """Return the text of a part, its citations as links."""
        text = as_text(part.get("text")) if not isinstance(part.get("text"), str) else part["text"]
        spans = sorted(
            (span["start"], span["end"], as_text(span.get("ref_id")))
            for span in map(_mapping, part.get("cite_spans") or [])
            if isinstance(span.get("start"), int) and isinstance(span.get("end"), int)
        )
        out, end = "", 0
        for start, stop, key in spans:
            if not end <= start < stop <= len(text):
                continue
            number = self.numbers.get(key, "?")
            out += unmarked(text[end:start]) + link(f"[{number}]", [key], "reference")
            end = stop
        return out + unmarked(text[end:])

    def _float(self, key: str) -> None:
        """Add a figure or table with its caption, where it is met first."""
        item = _mapping(self.held.get(key))
        if key in self.floats:
            return
        self.floats.add(key)
        caption = one_line(as_text(item.get("caption")))
        told = "" if caption == _NO_CAPTION else f": {caption}"
        kind = item.get("type")
        if kind == "figure" and caption:
            number = str(len(self.builder.figures) + 1)
            self.builder.figure(number, f"Figure {number}{told}", keys=[key])
        elif kind == "table" and caption:
            number = str(len(self.builder.tables) + 1)
            self.builder.table(number, f"Table {number}{told}", [], keys=[key])

    def _reference(self, key: str, entry: Mapping[str, Any]) -> None:
        raw = one_line(as_text(entry.get("bib_entry_raw")))
        ids = _mapping(entry.get("ids"))
        work = parse(raw)
        work = replace(
            work,
            doi=bare_doi(as_text(ids.get("doi"))) or work.doi,
            arxiv_id=bare_arxiv_id(as_text(ids.get("arxiv_id"))) or work.arxiv_id,
        )
        self.builder.reference(self.numbers[key], raw or key, work, keys=[key])

    def _paper(self) -> Paper:
        meta = _mapping(self.values.get("metadata"))
        abstract = as_text(meta.get("abstract")) or as_text(
            _mapping(self.values.get("abstract")).get("text")
        )
        return Paper(
            title=one_line(as_text(meta.get("title"))),
            abstract=one_line(abstract),
            authors=people(one_line(as_text(meta.get("authors")))),
            doi=bare_doi(as_text(meta.get("doi"))),
            arxiv_id=bare_arxiv_id(as_text(self.values.get("paper_id"))),
            primary_class=as_text(meta.get("categories")).partition(" ")[0],
            sources=("unarxive",),
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


READER = Reader(suffixes=(".jsonl",), looks_like=_looks_like, read=_read)
