"""What a full text is made of: sections, figures, tables, equations, and its references.

Each is a node whose evidence is its heading, caption, cells, or printed entry. A concept is
related to a figure, table or equation where one sentence mentions both.
"""

from collections.abc import Iterator

from paperflow.documents import Document
from paperflow.extract.context import paper_node, sentences_of
from paperflow.extract.gather import Gathering
from paperflow.extract.reading import Reading, whole
from paperflow.extract.structure import paper_key
from paperflow.records import Entity, Facts, Passage

PARTS = ("section", "figure", "table", "equation", "reference")
_LABEL = 100  # characters


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return a node for every part of the full text, linked to its paper and its section."""
    gathering = Gathering()
    node = paper_node(facts, paper_key(reading.paper))
    if reading.document is None or node is None:
        return gathering.facts()
    blocks, ids = reading.blocks, dict[tuple[str, int], str]()
    for kind, number, block, label in _parts(reading.document):
        if block in blocks:
            evidence = [whole(blocks[block])]
            key = f"{node.key}#{kind}-{number + 1}"
            properties = {"number": label} if label else {}
            title = " ".join(blocks[block].text.split())[:_LABEL]
            ids[kind, number] = gathering.entity(kind, key, title, evidence, properties)
    _relate(gathering, node, reading.document, blocks, ids)
    _relate_mentioned(gathering, reading, facts, ids)
    return gathering.facts()


def _parts(document: Document) -> Iterator[tuple[str, int, int, str]]:
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
    places = {(kind, number): block for kind, number, block, _ in _parts(document)}
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
    """Relate the concepts of a sentence to the figures, tables and equations it points at."""
    pointed = list(_pointed(reading, ids))
    for sentence in sentences_of(reading.prose, facts) if pointed else ():
        for passage_id, start, id in pointed:
            inside = sentence.start <= start < sentence.end
            if passage_id == sentence.passage.id and inside:
                for mention in sentence.mentions:
                    gathering.relation("related_to", mention.entity.id, id, [sentence.evidence])


def _pointed(reading: Reading, ids: dict[tuple[str, int], str]) -> Iterator[tuple[str, int, str]]:
    """Yield passage, place and target of each link to a figure, table or equation."""
    blocks = reading.blocks
    for link in reading.document.links if reading.document else ():
        for target in link.targets if link.block in blocks else ():
            if link.kind in ("figure", "table", "equation") and (link.kind, target) in ids:
                yield blocks[link.block].id, link.start, ids[link.kind, target]
