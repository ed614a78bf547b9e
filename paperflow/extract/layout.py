"""What a full text is made of: sections, figures, tables, equations, and its references.

Each is a node whose evidence is its heading, caption, cells, or printed entry. A concept is
related to a figure, table or equation where one sentence mentions both, where its caption
names the concept, or where the sentence leads to the equation or goes on after it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from paperflow.documents import Document
from paperflow.extract.context import paper_node, sentences_of
from paperflow.extract.gather import Gathering
from paperflow.extract.reading import Reading, whole
from paperflow.extract.structure import paper_key
from paperflow.extract.words import prose
from paperflow.records import Entity, Facts, Passage

_WORD = re.compile(r"[^\W\d_]{3}")
_SHOWN = ("figure", "table", "equation")
PARTS = ("section", "figure", "table", "equation", "reference")
_LABEL = 100  # characters


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return a node for every part of the full text, linked to its paper and its section."""
    gathering = Gathering()
    node = paper_node(facts, paper_key(reading.paper))
    if reading.document is None or node is None:
        return gathering.facts()
    blocks, ids = reading.blocks, dict[tuple[str, int], str]()
    for kind, number, block, label in parts_of(reading.document):
        if block in blocks:
            evidence = [whole(blocks[block])]
            key = part_key(node.key, kind, number)
            properties = {"number": label} if label else {}
            title = " ".join(blocks[block].text.split())[:_LABEL]
            ids[kind, number] = gathering.entity(kind, key, title, evidence, properties)
    _relate(gathering, node, reading.document, blocks, ids)
    _relate_mentioned(gathering, reading, facts, ids)
    return gathering.facts()


def part_key(paper: str, kind: str, number: int) -> str:
    """Return the key of a part's node, by the key of its paper's."""
    return f"{paper}#{kind}-{number + 1}"


def parts_of(document: Document) -> Iterator[tuple[str, int, int, str]]:
    """Yield kind, number, block and printed label of each part that has a block."""
    for number, section in enumerate(document.sections):
        yield "section", number, section.block, section.number
    for kind in PARTS[1:]:
        for number, part in enumerate(getattr(document, f"{kind}s")):
            block = part.block if part.block is not None else getattr(part, "body", None)
            if block is not None:
                yield kind, number, block, part.label


def _relate(
    gathering: Gathering,
    node: Entity,
    document: Document,
    blocks: dict[int, Passage],
    ids: dict[tuple[str, int], str],
) -> None:
    """Link each part to the paper, and to the section in which it stands."""
    places = {(kind, number): block for kind, number, block, _ in parts_of(document)}
    for (kind, number), id in ids.items():
        block = places[kind, number]
        evidence = [whole(blocks[block])]
        gathering.relation(f"has_{kind}", node.id, id, evidence)
        section = document.blocks[block].section
        above = document.sections[number].parent if kind == "section" else section
        if above is not None and ("section", above) in ids and kind != "reference":
            gathering.relation("part_of", id, ids["section", above], evidence)


def _relate_mentioned(
    gathering: Gathering, reading: Reading, facts: Facts, ids: dict[tuple[str, int], str]
) -> None:
    """Relate the concepts of a sentence to the figures, tables and equations it is about."""
    places: dict[str, list[_Place]] = {}
    for place in _places(reading, ids):
        places.setdefault(place.passage_id, []).append(place)
    for sentence in sentences_of([p for p in reading.prose if p.id in places], facts):
        for place in places[sentence.passage.id]:
            if place.start < sentence.end and sentence.start < place.end:
                for mention in sentence.mentions:
                    part, evidence = place.part, [sentence.evidence]
                    gathering.relation("related_to", mention.entity.id, part, evidence)


class _Place(NamedTuple):
    """A stretch of a passage whose sentences are about a part."""

    passage_id: str
    start: int
    end: int
    part: str


def _places(reading: Reading, ids: dict[tuple[str, int], str]) -> Iterator[_Place]:
    """Yield captions, the places that point at a part, and the words around each equation."""
    blocks, document = reading.blocks, reading.document
    if document is None:
        return
    for link in document.links:
        for target in link.targets if link.block in blocks else ():
            if link.kind in _SHOWN and (link.kind, target) in ids:
                id = ids[link.kind, target]
                yield _Place(blocks[link.block].id, link.start, link.end, id)
    for kind, number, block, _ in parts_of(document):
        if kind in ("figure", "table") and (kind, number) in ids:
            yield _Place(blocks[block].id, 0, len(blocks[block].text), ids[kind, number])
        elif kind == "equation" and (kind, number) in ids:
            yield from _around(document, blocks, block, ids[kind, number])


def _around(
    document: Document, blocks: dict[int, Passage], equation: int, id: str
) -> Iterator[_Place]:
    """Yield the end of the paragraph that leads to an equation, and the start of the next one."""
    for step in (-1, 1):
        at = equation + step
        while at in blocks and not _is_said(blocks[at]):
            at += step
        if at in blocks and document.blocks[at].section == document.blocks[equation].section:
            end = len(blocks[at].text.rstrip())
            start = end - 1 if step < 0 else 0
            yield _Place(blocks[at].id, start, start + 1, id)


def _is_said(passage: Passage) -> bool:
    """Tell a passage with words from a formula and from its number."""
    return passage.kind != "equation" and bool(_WORD.search(prose(passage.text)))
