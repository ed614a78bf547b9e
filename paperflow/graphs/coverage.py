"""How much of a full text the graph covers: its parts, which are linked, and which are not.

A part counts as linked where evidence ties it to more than its own paper and section:

- a figure, table or equation, where an edge relates a term, experiment or result to it;
- a section, where something was found in its text or in that of a section below it;
- a reference, where a sentence of the text cites its work.

What the text points at but the reader did not find ("Figure 7", "[12]") counts as a part that
is not linked, so that a poor reading earns nothing; so does a text without any part.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from paperflow.documents import Document
from paperflow.extract.layout import PARTS, part_key
from paperflow.records import Entity, Relation, entity_id
from paperflow.store import Store

_NO_PROSE = ("heading", "reference")
_LABEL = 80  # characters
_REASONS = {
    "section": "nothing was found in its text",
    "figure": "no term is related to it",
    "table": "no term and no experiment is related to it",
    "equation": "no term is related to it",
    "reference": "no sentence cites it",
}
UNTOLD = "its work could not be told"
ABSENT = "the text mentions it, but it was not found"
BARE = "no section, figure, table, equation or reference was found in it"
KINDS = (*PARTS, "text")  # a text without any part


class Part(NamedTuple):
    """A part of a document that is not linked, and why; what was not found has no `number`."""

    kind: str
    label: str
    page: int | None
    reason: str
    number: int | None = None


@dataclass(frozen=True)
class Coverage:
    """The parts of one paper's full text by kind, and those that are not linked."""

    paper_id: str
    totals: dict[str, int]
    missing: tuple[Part, ...]

    @cached_property
    def linked(self) -> dict[str, int]:
        """Return how many parts of each kind are linked."""
        lacking = Counter(part.kind for part in self.missing)
        return {kind: total - lacking[kind] for kind, total in self.totals.items()}

    @property
    def share(self) -> float:
        """Return the share of all parts that are linked, 0 where there is no part."""
        return sum(self.linked.values()) / sum(self.totals.values())


def together(coverages: Iterable[Coverage]) -> dict[str, tuple[int, int]]:
    """Return for each kind how many parts are linked, and how many there are."""
    linked: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for coverage in coverages:
        linked.update(coverage.linked)
        totals.update(coverage.totals)
    return {kind: (linked[kind], totals[kind]) for kind in KINDS if totals[kind]}


def coverage(store: Store, papers: Collection[str] | None = None) -> Iterator[Coverage]:
    """Yield the coverage of each paper with a full text, in the order of their ids."""
    for paper_id in sorted(papers) if papers is not None else store.papers.ids():
        if document := store.documents.get(paper_id):
            entities = store.facts.entities(papers=[paper_id])
            relations = store.facts.relations(papers=[paper_id])
            yield coverage_of(document, paper_id, entities, relations)


def coverage_of(
    document: Document, paper_id: str, entities: Iterable[Entity], relations: Iterable[Relation]
) -> Coverage:
    """Return the coverage of one paper's full text by its facts."""
    graph = _Links.of(document, paper_id, entities, relations)
    totals: Counter[str] = Counter()
    missing: list[Part] = []
    for kind, number, block in _parts(document):
        totals[kind] += 1
        if reason := graph.lack(kind, number, block):
            page = document.blocks[block].page
            missing.append(Part(kind, _label(document, block), page, reason, number))
    for part in _absent(document):
        totals[part.kind] += 1
        missing.append(part)
    if not totals:
        totals["text"] = 1
        missing.append(Part("text", document.paper.title[:_LABEL], None, BARE))
    return Coverage(paper_id, dict(totals), tuple(missing))


def _parts(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield kind, number and block of every part; a list of references is no section of prose."""
    prose = {block.section for block in document.blocks if block.kind not in _NO_PROSE}
    above = {section.parent for section in document.sections}
    lists = {block.section for block in document.blocks if block.kind == "reference"}
    for number, section in enumerate(document.sections):
        if number in prose or number in above or number not in lists:
            yield "section", number, section.block
    for kind in PARTS[1:]:
        for number, part in enumerate(getattr(document, f"{kind}s")):
            block = part.block if part.block is not None else getattr(part, "body", None)
            if block is not None:
                yield kind, number, block


def _absent(document: Document) -> Iterator[Part]:
    """Yield what the text points at and the document does not hold, each once."""
    seen = set()
    for link in document.links:
        block = document.blocks[link.block]
        text = " ".join(block.text[link.start : link.end].split())[:_LABEL]
        if not link.targets and (link.kind, text) not in seen:
            seen.add((link.kind, text))
            yield Part(link.kind, text, block.page, ABSENT)


def _label(document: Document, block: int) -> str:
    return " ".join(document.blocks[block].text.split())[:_LABEL]


@dataclass(frozen=True)
class _Links:
    """What ties the parts of a document to the rest of its graph."""

    document: Document
    paper_id: str
    related: set[str]  # nodes at an end of an edge that tells more than where they stand
    found: set[int]  # sections in which something was found, and those above them
    cited: dict[int, int]  # for a reference's block, how many sentences cite its work

    @classmethod
    def of(
        cls,
        document: Document,
        paper_id: str,
        entities: Iterable[Entity],
        relations: Iterable[Relation],
    ) -> "_Links":
        places = {p.id: number for number, p in enumerate(document.passages(paper_id))}
        related: set[str] = set()
        cited: dict[int, int] = {}
        for edge in relations:
            blocks = [places[e.passage_id] for e in edge.evidence if e.passage_id in places]
            if edge.type == "cites":
                entries = [at for at in blocks if document.blocks[at].kind == "reference"]
                cited |= {at: len(blocks) - len(entries) for at in entries}
            elif not edge.type.startswith("has_") and not _stands_in(edge):
                related |= {edge.source, edge.target}
        return cls(document, paper_id, related, _found(document, places, entities), cited)

    def lack(self, kind: str, number: int, block: int) -> str:
        """Return why a part is not linked, "" where it is."""
        if kind == "reference":
            if block not in self.cited:
                return UNTOLD
            return "" if self.cited[block] else _REASONS[kind]
        if kind == "section":
            return "" if number in self.found else _REASONS[kind]
        id = entity_id(kind, part_key(self.paper_id, kind, number))
        return "" if id in self.related else _REASONS[kind]


def _stands_in(edge: Relation) -> bool:
    """Tell whether an edge says only in which section a part stands."""
    return edge.type == "part_of" and edge.target.startswith("section:")


def _found(document: Document, places: dict[str, int], entities: Iterable[Entity]) -> set[int]:
    """Return the sections in whose text an entity that is no part of the document is named."""
    found: set[int] = set()
    named = (e for e in entities if e.type not in PARTS and e.type != "paper")
    for item in (item for entity in named for item in entity.evidence):
        if item.passage_id in places:
            section = document.blocks[places[item.passage_id]].section
            while section is not None and section not in found:
                found.add(section)
                section = document.sections[section].parent
    return found
