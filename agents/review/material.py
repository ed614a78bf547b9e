"""What the roles of a review are given: one paper of the library, its text, its facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from paperflow.documents import Document
from paperflow.extract.passages import RECORD, TITLE
from paperflow.extract.reading import Reading
from paperflow.extract.sentences import sentence_spans
from paperflow.graphs.coverage import Coverage, coverage
from paperflow.records import Entity, Evidence, Paper, Passage
from paperflow.reports.report import Quote
from paperflow.workspace import Workspace

_PLAIN = 0.85  # of a sentence's characters


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paper, and where it stands."""

    passage: Passage
    text: str

    @property
    def is_plain(self) -> bool:
        """Tell whether it reads as prose: a formula that a PDF tore apart does not."""
        return sum(c.isalpha() or c.isspace() for c in self.text) >= _PLAIN * len(self.text)


@dataclass(frozen=True)
class Material:
    """A paper that is reviewed: `key` is its citation key, `document` its full text if any."""

    paper: Paper
    key: str
    document: Document | None
    passages: tuple[Passage, ...]
    entities: tuple[Entity, ...]
    coverage: Coverage | None

    @classmethod
    def of(cls, workspace: Workspace, paper_id: str, key: str) -> "Material":
        """Return what the library holds of a paper; it must have been analysed."""
        store = workspace.store
        paper = store.papers.get(paper_id)
        assert paper is not None, paper_id
        return cls(
            paper,
            key,
            store.documents.get(paper_id),
            tuple(store.facts.passages(paper_id)),
            tuple(store.facts.entities(papers=[paper_id])),
            next(coverage(store, [paper_id]), None),
        )

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return the sentences of abstract and text in order, without title and record."""
        prose = Reading(self.paper, self.passages).prose
        return tuple(
            Sentence(passage, passage.text[start:end])
            for passage in prose
            if passage.section not in (TITLE, RECORD)
            for start, end in sentence_spans(passage.text)
        )

    def of_type(self, type: str) -> Iterator[Entity]:
        """Yield the nodes of a type in the order of the text."""
        places = {passage.id: passage.ordinal for passage in self.passages}
        found = [entity for entity in self.entities if entity.type == type and entity.evidence]
        yield from sorted(found, key=lambda e: (places[e.evidence[0].passage_id], e.id))

    def quote(self, sentence: Sentence) -> Quote:
        """Return a sentence as a quote."""
        passage = sentence.passage
        return self._quoted(sentence.text, passage)

    def quote_of(self, evidence: Evidence) -> Quote:
        """Return evidence as a quote."""
        passage = next(p for p in self.passages if p.id == evidence.passage_id)
        return self._quoted(evidence.quote, passage)

    def _quoted(self, text: str, passage: Passage) -> Quote:
        return Quote(
            text=text,
            key=self.key,
            paper_id=self.paper.id,
            section=passage.section,
            page=passage.page,
            title=self.paper.title,
        )
