"""Build a document block by block: text is cleaned, numbered, and its links are resolved last.

Readers write a link into the text itself with `link`; the builder takes the marks out again
and knows then, whatever became of the blanks around it, which characters the link covers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from paperflow.documents import (
    Block,
    Document,
    Equation,
    Figure,
    Link,
    Reference,
    Region,
    Section,
    Table,
)
from paperflow.readers.fields import clean
from paperflow.readers.markers import find_citations, find_mentions, numbers_in
from paperflow.records import Paper

_OPEN, _SPLIT, _CLOSE, _KEY = "\ue000", "\ue001", "\ue002", "\ue003"
_LINK = re.compile("\ue000([a-z]*):([^\ue000-\ue002]*)\ue001([^\ue000-\ue002]*)\ue002")
_RAISED = "raised"
_MARKS = re.compile("[\ue000-\ue003]")
_PROSE = {"paragraph", "item", "footnote", "caption"}
MAX_TEXT = 20_000_000  # characters of one document; more is no paper
TRUNCATED = f"only its first {MAX_TEXT // 1_000_000} million characters were read"


def link(text: str, keys: Iterable[str], kind: str = "") -> str:
    """Return `text` marked as pointing at what `keys` name; without a kind, any that has the key.

    Text that comes from a file must have gone through `unmarked`.
    """
    named = _KEY.join(_MARKS.sub("", key) for key in keys)
    return f"{_OPEN}{kind}:{named}{_SPLIT}{_flowing(unmarked(text))}{_CLOSE}"


def raised(text: str) -> str:
    """Return numbers printed above the line, marked as what may cite references."""
    end = text.rstrip(",;")
    return link(end, numbers_in(end), _RAISED) + text[len(end) :]


def unmarked(text: str) -> str:
    """Return text without the characters that mark links."""
    return _MARKS.sub("", text)


def without_links(text: str) -> str:
    """Return the plain text of a marked one."""
    return unmarked(_LINK.sub(r"\3", text))


@dataclass(slots=True)
class _Named:
    """A link whose target is not looked up yet."""

    kind: str
    keys: tuple[str, ...]
    block: int
    start: int
    end: int


@dataclass(slots=True)
class Builder:
    """Collect the parts of a document in reading order; `build` makes it."""

    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _links: list[_Named] = field(default_factory=list)
    _keys: dict[tuple[str, str], int] = field(default_factory=dict)
    _size: int = 0

    def text(
        self,
        text: str,
        kind: str = "paragraph",
        *,
        page: int | None = None,
        region: Region | None = None,
    ) -> int | None:
        """Add a block and return its number; None where there is nothing to read."""
        plain, links = _taken_out(_flowing(text) if kind not in {"table", "equation"} else text)
        if not plain.strip() or self._is_full(len(plain)):
            return None
        number = len(self.blocks)
        section = len(self.sections) - 1 if self.sections else None
        self.blocks.append(Block(kind=kind, text=plain, section=section, page=page, region=region))
        self._links += (_Named(kind, keys, number, *span) for kind, keys, span in links)
        return number

    def _is_full(self, more: int) -> bool:
        self._size += more
        if self._size > MAX_TEXT and TRUNCATED not in self.remarks:
            self.remarks.append(TRUNCATED)
        return self._size > MAX_TEXT

    def section(
        self,
        title: str,
        level: int,
        number: str = "",
        *,
        keys: Sequence[str] = (),
        page: int | None = None,
        region: Region | None = None,
    ) -> None:
        """Begin a section; what follows belongs to it until the next one."""
        plain = _flowing(without_links(title))
        open_ones = (n for n in reversed(range(len(self.sections))) if self._rules(n, level))
        shown = f"{number} {plain}".strip()
        if not plain or self._is_full(len(shown)):
            return
        self.sections.append(
            Section(
                title=plain,
                level=level,
                number=number,
                block=len(self.blocks),
                parent=next(open_ones, None),
            )
        )
        self.blocks.append(
            Block(
                kind="heading",
                text=shown,
                section=len(self.sections) - 1,
                page=page,
                region=region,
            )
        )
        self._name("section", [*keys, number], len(self.sections) - 1)

    def _rules(self, number: int, level: int) -> bool:
        """Tell whether a section so far is the nearest above `level`."""
        return self.sections[number].level < level

    def figure(
        self,
        label: str,
        caption: str,
        *,
        keys: Sequence[str] = (),
        page: int | None = None,
        region: Region | None = None,
    ) -> None:
        """Add a figure by its caption; without one it leaves no trace."""
        block = self.text(caption, "caption", page=page, region=region)
        if block is not None:
            self._name("figure", [*keys, label], len(self.figures))
            self.figures.append(Figure(label=label, block=block, page=page, region=region))

    def table(
        self,
        label: str,
        caption: str,
        rows: Sequence[Sequence[str]],
        *,
        header_rows: int = 1,
        keys: Sequence[str] = (),
        page: int | None = None,
        region: Region | None = None,
    ) -> None:
        """Add a table; rows are filled up to one length, and cells are kept on one line."""
        block = self.text(caption, "caption", page=page)
        cells = _rectangle(rows)
        body = self.text("\n".join("\t".join(row) for row in cells), "table", page=page)
        if body is not None:
            plain = self.blocks[body].text
            cells = tuple(tuple(line.split("\t")) for line in plain.split("\n"))
        if block is None and body is None:
            return
        self._name("table", [*keys, label], len(self.tables))
        self.tables.append(
            Table(
                label=label,
                block=block,
                body=body,
                rows=cells if body is not None else (),
                header_rows=min(header_rows, len(cells)) if body is not None else 0,
                page=page,
                region=region,
            )
        )

    def equation(
        self,
        text: str,
        label: str = "",
        *,
        latex: str = "",
        keys: Sequence[str] = (),
        page: int | None = None,
        region: Region | None = None,
    ) -> None:
        """Add a displayed equation."""
        block = self.text(_flowing(text), "equation", page=page, region=region)
        if block is not None:
            self._name("equation", [*keys, label], len(self.equations))
            self.equations.append(Equation(label=label, block=block, latex=latex.strip()))

    def reference(
        self,
        label: str,
        text: str,
        work: Paper,
        *,
        keys: Sequence[str] = (),
        page: int | None = None,
    ) -> None:
        """Add an entry of the bibliography."""
        block = self.text(text, "reference", page=page)
        if block is not None:
            self._name("reference", [*keys, label], len(self.references))
            self.references.append(Reference(label=label, block=block, work=work))

    def _name(self, kind: str, keys: Iterable[str], number: int) -> None:
        for key in keys:
            if key:
                self._keys.setdefault((kind, key), number)
                self._keys.setdefault(("kind of", key), _KINDS.index(kind))

    def build(self, paper: Paper, *, find: bool = False, pages: int = 0) -> Document:
        """Return the document; with `find`, markers are looked for in the text itself.

        Cited works that have a DOI or an arXiv id are named in the paper's references.
        """
        named = filter(None, (_identifier(item.work) for item in self.references))
        paper = replace(paper, references=tuple(dict.fromkeys((*paper.references, *named))))
        links = [found for named in self._links if (found := self._resolved(named))]
        if find:
            links += self._found(links)
            links += self._cited_above(sum(item.kind == "reference" for item in links))
        return Document(
            paper=paper,
            blocks=tuple(self.blocks),
            sections=tuple(self.sections),
            figures=tuple(self.figures),
            tables=tuple(self.tables),
            equations=tuple(self.equations),
            references=tuple(self.references),
            links=tuple(sorted(links, key=lambda item: (item.block, item.start, item.end))),
            pages=pages,
            remarks=tuple(self.remarks),
        )

    def _resolved(self, named: _Named) -> Link | None:
        """Return a link with its targets; None for one to something that is not kept."""
        kind = named.kind
        if kind == _RAISED:
            return None
        if not kind:
            known = [
                self._keys[place] for key in named.keys if (place := ("kind of", key)) in self._keys
            ]
            if not known:
                return None
            kind = _KINDS[known[0]]
        found = (self._keys.get((kind, key)) for key in named.keys)
        targets = tuple(dict.fromkeys(number for number in found if number is not None))
        return Link(kind=kind, block=named.block, start=named.start, end=named.end, targets=targets)

    def _cited_above(self, others: int) -> list[Link]:
        """Return the numbers above the line as citations, if the paper cites so.

        Where more citations are printed otherwise, and where a page has a footnote of this
        number, they are marks of footnotes.
        """
        notes = {
            (block.page, mark[0])
            for block in self.blocks
            if block.kind == "footnote" and (mark := re.match(r"\d{1,2}", block.text))
        }
        found = [
            Link(kind="reference", block=n.block, start=n.start, end=n.end, targets=targets)
            for n in self._links
            if n.kind == _RAISED
            and (targets := self._all_of(n.keys))
            and not any((self.blocks[n.block].page, key) in notes for key in n.keys)
        ]
        return found if len(found) > others else []

    def _all_of(self, labels: Sequence[str]) -> tuple[int, ...]:
        """Return the references of these labels, none where one is missing."""
        found = [self._keys.get(("reference", label), -1) for label in labels]
        return () if -1 in found else tuple(dict.fromkeys(found))

    def _found(self, links: Sequence[Link]) -> list[Link]:
        """Return the markers in the text that no link covers yet."""
        taken = {(item.block, offset) for item in links for offset in range(item.start, item.end)}
        found: list[Link] = []
        numbers = [n for n, block in enumerate(self.blocks) if block.kind in _PROSE]
        texts = [self.blocks[number].text for number in numbers]
        for place, start, end, targets in find_citations(texts, self.references):
            found.append(
                Link(kind="reference", block=numbers[place], start=start, end=end, targets=targets)
            )
        for place, start, end, kind, label in find_mentions(texts):
            target = self._keys.get((kind, label))
            targets = () if target is None else (target,)
            if self._is_its_own(kind, target, numbers[place]):
                continue
            found.append(
                Link(kind=kind, block=numbers[place], start=start, end=end, targets=targets)
            )
        return [item for item in found if (item.block, item.start) not in taken]

    def _is_its_own(self, kind: str, target: int | None, block: int) -> bool:
        """Tell whether a figure or a table is named by its own caption."""
        if target is None or kind not in {"figure", "table"}:
            return False
        return block == (self.figures if kind == "figure" else self.tables)[target].block


_KINDS = ("reference", "figure", "table", "equation", "section")


def _identifier(work: Paper) -> str:
    if work.doi:
        return f"doi:{work.doi}"
    return f"arxiv:{work.arxiv_id}" if work.arxiv_id else ""


def _flowing(text: str) -> str:
    return " ".join(clean(" ".join(text.split())).split())


def _rectangle(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return rows of one length, without those and the columns that are empty."""
    cleaned = [[_flowing(cell) for cell in row] for row in rows]
    cleaned = [row for row in cleaned if any(cell for cell in row)]
    width = max((len(row) for row in cleaned), default=0)
    full = [row + [""] * (width - len(row)) for row in cleaned]
    used = [n for n in range(width) if any(row[n] for row in full)]
    return tuple(tuple(row[n] for n in used) for row in full)


_Marked = tuple[str, tuple[str, ...], tuple[int, int]]


def _taken_out(text: str) -> tuple[str, list[_Marked]]:
    """Return text without marks, and kind, keys and span of every link in it."""
    plain, links, end = "", [], 0
    if _OPEN not in text:
        return unmarked(text), []
    for found in _LINK.finditer(text):
        plain += unmarked(text[end : found.start()])
        start, end = len(plain), found.end()
        plain += found[3]
        keys = tuple(key for key in found[2].split(_KEY) if key)
        if found[3]:
            links.append((found[1], keys, (start, len(plain))))
    return plain + unmarked(text[end:]), links
