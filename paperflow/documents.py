"""A paper's full text, the same from every format: blocks of text, and what points into them.

All text lies in `Document.blocks`, in reading order, once. Sections, figures, tables,
equations, references and links name their block by its number, and characters by their
offsets in that block's text, so that everything can be quoted where it stands. Title and
abstract are not among the blocks: they are `Document.paper`'s.

Regions are (left, bottom, right, top) in points, from a page's lower left corner, as PDF
counts them. Pages count from 1. Offsets count Unicode code points, ends exclusive.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

from paperflow.records import Paper, Passage, fingerprint

BLOCK_KINDS = (
    *("heading", "paragraph", "item", "footnote"),
    *("caption", "table", "equation", "reference"),
)
LINK_KINDS = ("reference", "figure", "table", "equation", "section")
FIRST_ORDINAL = 3  # a paper's title, abstract and record come before its blocks
_GAP = 2  # characters between two blocks in the whole text

Region = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of text: `kind` is one of BLOCK_KINDS, `section` the number of its section.

    A table's block has a line for each row, and a tab between two cells.
    """

    kind: str
    text: str
    section: int | None = None
    page: int | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what it rules: `level` is 1 for the highest, `block` holds the heading."""

    title: str
    level: int
    block: int
    number: str = ""
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: `label` is its number as printed, `block` holds its caption."""

    label: str
    block: int
    page: int | None = None
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `block` holds its caption, `body` its cells where they could be told apart.

    `rows` are the cells' texts, all rows of one length; the first `header_rows` name the columns.
    """

    label: str
    block: int | None = None
    body: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    header_rows: int = 0
    page: int | None = None
    region: Region | None = None

    def cell_span(self, row: int, column: int) -> tuple[int, int]:
        """Return where a cell stands in the text of the block `body`."""
        before = sum(len("\t".join(cells)) + 1 for cells in self.rows[:row])
        start = before + sum(len(cell) + 1 for cell in self.rows[row][:column])
        return start, start + len(self.rows[row][column])


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """A displayed equation: `latex` where the source states it, else ""."""

    label: str
    block: int
    latex: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An entry of the bibliography: `block` holds it as printed, `work` what it says.

    `label` is the number or key by which the text cites it. An empty title in `work` means
    that none could be told.
    """

    label: str
    block: int
    work: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place in the text that points at something: a citation, "Figure 3", "Eq. (2)".

    `targets` are places in the document's tuple of that kind; none where it is not resolved.
    """

    kind: str
    block: int
    start: int
    end: int
    targets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper and its text. `remarks` say, in sentences, what could not be read."""

    paper: Paper
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    equations: tuple[Equation, ...] = ()
    references: tuple[Reference, ...] = ()
    links: tuple[Link, ...] = ()
    pages: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the whole text: all blocks, an empty line between two."""
        return "\n\n".join(block.text for block in self.blocks)

    def block_spans(self) -> list[tuple[int, int]]:
        """Return where each block stands in `text`."""
        ends = accumulate((len(block.text) + _GAP for block in self.blocks), initial=-_GAP)
        starts = [end + _GAP for end in ends]
        return [
            (start, start + len(block.text))
            for start, block in zip(starts, self.blocks, strict=False)
        ]

    def path_of(self, section: int | None) -> str:
        """Return the titles from the highest section to this one, " / " between them."""
        titles: list[str] = []
        while section is not None:
            titles.insert(0, self.sections[section].title)
            section = self.sections[section].parent
        return " / ".join(titles)

    def citations(self) -> Iterator[Link]:
        """Yield the links from the text to references."""
        return (link for link in self.links if link.kind == "reference")

    def passages(self, paper_id: str) -> tuple[Passage, ...]:
        """Return the blocks as passages of a paper; block n has the ordinal n + FIRST_ORDINAL."""
        return tuple(
            Passage(
                id=fingerprint(paper_id, str(ordinal), block.text),
                paper_id=paper_id,
                ordinal=ordinal,
                section=self.path_of(block.section),
                text=block.text,
                page=block.page,
                kind=block.kind,
            )
            for ordinal, block in enumerate(self.blocks, FIRST_ORDINAL)
        )

    def to_json(self) -> str:
        """Return everything as JSON, the same text for the same document."""
        values = dataclasses.asdict(dataclasses.replace(self, references=()))
        values["paper"] = self.paper.as_dict()
        values["references"] = [
            {"label": item.label, "block": item.block, "work": {**item.work.as_dict()}}
            for item in self.references
        ]
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Undo `to_json`."""
        values = json.loads(text)
        values["paper"] = _paper(values["paper"])
        for reference in values["references"]:
            reference["work"] = _paper(reference["work"])
        for name, kind in _PARTS.items():
            values[name] = tuple(kind(**_frozen(item)) for item in values[name])
        return cls(**{**values, "remarks": tuple(values["remarks"])})


_PARTS: dict[str, Any] = {
    "blocks": Block,
    "sections": Section,
    "figures": Figure,
    "tables": Table,
    "equations": Equation,
    "references": Reference,
    "links": Link,
}


def _paper(values: Mapping[str, Any]) -> Paper:
    return Paper.from_dict({"title": "", **values})


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tupled(value) for name, value in values.items()}


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def problems_of(document: Document) -> list[str]:
    """Return everything in a document that points at nothing; a reader's tests expect none."""
    dangling = list(_dangling(document))
    return dangling or [*_table_problems(document), *_link_problems(document)]


def _dangling(document: Document) -> Iterator[str]:
    for number, block in enumerate(document.blocks):
        if block.kind not in BLOCK_KINDS or not block.text.strip():
            yield f"block {number} is empty or of an unknown kind"
        if block.section is not None and not 0 <= block.section < len(document.sections):
            yield f"block {number} lies in no section"
    for name in [name for name in _PARTS if name != "blocks"]:
        for item in getattr(document, name):
            if item.block is not None and not 0 <= item.block < len(document.blocks):
                yield f"{item} has no block"


def _table_problems(document: Document) -> Iterator[str]:
    for table in document.tables:
        body = None if table.body is None else document.blocks[table.body].text
        if len({len(row) for row in table.rows}) > 1:
            yield f"table {table.label} has rows of several lengths"
        if table.rows and body != "\n".join("\t".join(row) for row in table.rows):
            yield f"table {table.label} is not what its block says"


def _link_problems(document: Document) -> Iterator[str]:
    sizes = {kind: len(getattr(document, f"{kind}s")) for kind in LINK_KINDS}
    for link in document.links:
        if not 0 <= link.start < link.end <= len(document.blocks[link.block].text):
            yield f"{link} lies outside of its block"
        if any(not 0 <= target < sizes[link.kind] for target in link.targets):
            yield f"{link} has no target"
    for number, section in enumerate(document.sections):
        if section.parent is not None and not 0 <= section.parent < number:
            yield f"section {number} has no parent"
