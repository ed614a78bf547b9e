"""From a paper to facts: typed nodes, edges and statements, each with the words it stands on.

Extractors run in the order of `EXTRACTORS`; those of other packages come last.
"""

from collections.abc import Sequence
from typing import Protocol

from paperflow.documents import Document
from paperflow.records import Facts, Paper, Passage
from paperflow.registry import Registry

# Part of the fingerprint of an analysis: count it up with every change of what is found.
VERSION = "1"

EXTRACTORS = Registry(
    "extractor",
    {
        "structure": "paperflow.extract.structure:extract",
        "concepts": "paperflow.extract.concepts:extract",
        "claims": "paperflow.extract.claims:extract",
        "relations": "paperflow.extract.relations:extract",
        "statements": "paperflow.extract.statements:extract",
    },
)

# Only types that some extractor produces; tests hold them to it.
ENTITY_TYPES = (
    "paper",
    "author",
    "venue",
    "method",
    "task",
    "dataset",
    "metric",
    "concept",
    "claim",
    "result",
    "limitation",
    "future_work",
)
RELATION_TYPES = (
    "authored_by",
    "published_in",
    "cites",
    "proposes",
    "uses",
    "evaluates_on",
    "reports",
    "compares_to",
    "extends",
    "part_of",
    "supports",
    "contradicts",
    "related_to",
)


class Extractor(Protocol):
    """A pure function of one paper: it gets what was found before and returns what it adds."""

    def __call__(self, paper: Paper, passages: Sequence[Passage], facts: Facts) -> Facts: ...


def in_order() -> list[str]:
    """Return the names of the extractors in the order in which they run."""
    builtin = list(EXTRACTORS.builtin)
    return [*builtin, *(name for name in EXTRACTORS.names() if name not in builtin)]


def analyse(paper: Paper, document: Document | None = None) -> tuple[tuple[Passage, ...], Facts]:
    """Return the passages of a paper and all facts found in them, sorted by id.

    With its full text, `document`, every block is a passage too.

    A pure function that can be sent to another process.
    """
    from paperflow.extract.gather import Gathering
    from paperflow.extract.passages import passages_of

    passages = passages_of(paper) + (document.passages(paper.id) if document else ())
    gathering = Gathering()
    for name in in_order():
        extract: Extractor = EXTRACTORS.load(name)
        gathering.add(extract(paper, passages, gathering.facts()))
    return passages, gathering.facts()
