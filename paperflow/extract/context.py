"""The sentences of a paper and the terms that each mentions."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperflow.extract.passages import RECORD
from paperflow.extract.sentences import sentence_spans
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.records import Entity, Evidence, Facts, Passage, quote


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity at a place of a passage."""

    entity: Entity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and its mentions in order, none inside another."""

    passage: Passage
    start: int
    end: int
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def evidence(self) -> Evidence:
        return quote(self.passage, self.start, self.end)

    def between(self, left: Mention, right: Mention) -> str:
        """Return the text between two mentions."""
        return self.passage.text[left.end : right.start]

    def before(self, mention: Mention) -> str:
        """Return the text of the sentence before a mention."""
        return self.passage.text[self.start : mention.start]

    def after(self, mention: Mention) -> str:
        """Return the text of the sentence after a mention."""
        return self.passage.text[mention.end : self.end]


def sentences_of(passages: Sequence[Passage], facts: Facts) -> list[Sentence]:
    """Return the sentences of title and text with the terms that `facts` place in them."""
    placed: dict[str, list[Mention]] = {}
    for entity in facts.entities:
        if entity.type in CONCEPT_TYPES:
            for item in entity.evidence:
                placed.setdefault(item.passage_id, []).append(Mention(entity, item.start, item.end))
    return [
        Sentence(passage, start, end, _inside(placed.get(passage.id, []), start, end))
        for passage in passages
        if passage.section != RECORD
        for start, end in sentence_spans(passage.text)
    ]


def _inside(mentions: Sequence[Mention], start: int, end: int) -> tuple[Mention, ...]:
    """Return the outermost mentions between `start` and `end`, in order."""
    inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
    inside.sort(key=lambda mention: (mention.start, -mention.end, mention.entity.id))
    kept: list[Mention] = []
    for mention in inside:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return tuple(kept)


def paper_node(facts: Facts, paper_key: str) -> Entity | None:
    """Return the node of the paper itself."""
    return next((e for e in facts.entities if e.type == "paper" and e.key == paper_key), None)
