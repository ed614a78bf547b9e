"""From a paper to facts: typed nodes, edges and statements, each with the words it stands on.

Extractors run in the order of `EXTRACTORS`; those of other packages come last.
"""

from typing import TYPE_CHECKING, Protocol

from paperflow.documents import Document
from paperflow.records import Facts, Paper, Passage
from paperflow.registry import Registry

if TYPE_CHECKING:
    from paperflow.extract.model.chunks import Replies
    from paperflow.extract.reading import Reading, SearchVectors

# Part of the fingerprint of an analysis: count it up with every change of what is found.
VERSION = "5"

EXTRACTORS = Registry(
    "extractor",
    {
        "structure": "paperflow.extract.structure:extract",
        "learned": "paperflow.extract.learned:extract",
        "concepts": "paperflow.extract.concepts:extract",
        "layout": "paperflow.extract.layout:extract",
        "citations": "paperflow.extract.citations:extract",
        "claims": "paperflow.extract.claims:extract",
        "experiments": "paperflow.extract.experiments:extract",
        "relations": "paperflow.extract.relations:extract",
        "statements": "paperflow.extract.statements:extract",
        "model": "paperflow.extract.model.facts:extract",
    },
)

# Left out unless asked for: they load torch and the encoder, and take longer.
WITH_HEADS = frozenset({"learned"})

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
    "section",
    "figure",
    "table",
    "equation",
    "reference",
    "claim",
    "experiment",
    "result",
    "limitation",
    "future_work",
)
RELATION_TYPES = (
    "authored_by",
    "published_in",
    "cites",
    "has_section",
    "has_figure",
    "has_table",
    "has_equation",
    "has_reference",
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

    def __call__(self, reading: "Reading", facts: Facts) -> Facts: ...


def in_order(*, heads: bool = False) -> list[str]:
    """Return the names of the extractors in the order in which they run.

    Those that need the encoder run with `heads` only.
    """
    builtin = [name for name in EXTRACTORS.builtin if heads or name not in WITH_HEADS]
    return [*builtin, *(name for name in EXTRACTORS.names() if name not in EXTRACTORS.builtin)]


def version(*, heads: bool = False) -> str:
    """Return what tells one way to analyse from another, and an older one from this."""
    return f"{VERSION}h2" if heads else VERSION


def analyse(
    paper: Paper,
    document: Document | None = None,
    *,
    heads: bool = False,
    replies: "Replies | None" = None,
    vectors: "SearchVectors | None" = None,
) -> tuple[tuple[Passage, ...], Facts]:
    """Return the passages of a paper and all facts found in them, sorted by id.

    With its full text, `document`, every block is a passage too. With `heads`, the trained
    heads for terms and relations run as well, which needs the encoder. With the `replies` of
    a language model, what they say truly is merged with what the rules found.

    The heads put the vector of title and abstract into `vectors`, by encoder and content hash,
    where their own pass makes it. Otherwise a pure function that can be sent to another process.
    """
    from paperflow.extract.gather import Gathering
    from paperflow.extract.passages import passages_of
    from paperflow.extract.reading import Reading

    passages = passages_of(paper) + (document.passages(paper.id) if document else ())
    gathering = Gathering()
    for name in in_order(heads=heads):
        extract: Extractor = EXTRACTORS.load(name)
        reading = Reading(paper, passages, document, replies, {} if vectors is None else vectors)
        gathering.add(extract(reading, gathering.facts()))
    return passages, gathering.facts()
