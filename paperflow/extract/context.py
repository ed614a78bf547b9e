"""The sentences of a paper and the terms that each mentions."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paperflow.extract.sentences import sentence_spans
from paperflow.extract.types import CONCEPT_TYPES
from paperflow.records import Entity, Evidence, Facts, Passage, quote

_REACH = 300  # characters


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
        """Return the text of the sentence before a mention, as far as rules look."""
        return self.passage.text[max(self.start, mention.start - _REACH) : mention.start]

    def after(self, mention: Mention) -> str:
        """Return the text of the sentence after a mention, as far as rules look."""
        return self.passage.text[mention.end : min(self.end, mention.end + _REACH)]


def sentences_of(passages: Sequence[Passage], facts: Facts) -> list[Sentence]:
    """Return the sentences of passages with the terms that `facts` place in them."""
    placed: dict[str, list[Mention]] = {}
    for entity in facts.entities:
        if entity.type in CONCEPT_TYPES:
            for item in entity.evidence:
                mention = Mention(entity, item.start, item.end)
                placed.setdefault(item.passage_id, []).append(mention)
    return [
        sentence
        for passage in passages
        for sentence in _sentences(passage, _outermost(passage, placed.get(passage.id, [])))
    ]


def _sentences(passage: Passage, mentions: Sequence[Mention]) -> Iterator[Sentence]:
    starts = [mention.start for mention in mentions]
    for start, end in sentence_spans(passage.text):
        inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
        held = tuple(mention for mention in inside if mention.end <= end)
        yield Sentence(passage, start, end, held)


def _outermost(passage: Passage, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions that lie in no other, in order; "long form (LF)" mentions once."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, m.entity.id)):
        if not kept or (mention.start >= kept[-1].end and not _repeats(passage, kept[-1], mention)):
            kept.append(mention)
    return kept


def _repeats(passage: Passage, before: Mention, mention: Mention) -> bool:
    """Tell whether the mention is the acronym in brackets after its long form."""
    same = before.entity.id == mention.entity.id
    return same and passage.text[before.end : mention.start].strip() == "("


def paper_node(facts: Facts, paper_key: str) -> Entity | None:
    """Return the node of the paper itself."""
    return next((e for e in facts.entities if e.type == "paper" and e.key == paper_key), None)
