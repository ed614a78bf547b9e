"""What an extractor reads: a paper, its passages, and its full text where there is one."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperflow.documents import FIRST_ORDINAL, Document
from paperflow.extract.passages import RECORD
from paperflow.records import Evidence, Paper, Passage, quote

if TYPE_CHECKING:
    from paperflow.encoder import Vectors
    from paperflow.extract.model.chunks import Replies

    SearchVectors = dict[tuple[str, str], Vectors]

_PROSE = ("paragraph", "item", "footnote", "caption")


@dataclass(frozen=True)
class Reading:
    """A paper as extractors see it; `passages` begin with its title, abstract and record.

    `replies` are a language model's, where one has read the paper. `vectors` takes what the
    heads' encoder makes of title and abstract on its way, by encoder and content hash.
    """

    paper: Paper
    passages: tuple[Passage, ...]
    document: Document | None = None
    replies: "Replies | None" = None
    vectors: "SearchVectors" = field(default_factory=dict)

    @property
    def prose(self) -> tuple[Passage, ...]:
        """Return the passages with sentences: no record, headings, tables or references."""
        return tuple(p for p in self.passages if p.kind in _PROSE and p.section != RECORD)

    @property
    def blocks(self) -> dict[int, Passage]:
        """Return the passage of each block of the document, by the block's number."""
        if self.document is None:
            return {}
        numbers = {p.ordinal - FIRST_ORDINAL: p for p in self.passages}
        return {number: passage for number, passage in numbers.items() if number >= 0}


def whole(passage: Passage) -> Evidence:
    """Return the whole passage as evidence."""
    return quote(passage, 0, len(passage.text))
