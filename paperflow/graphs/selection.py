"""Which part of the library's facts a graph is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from paperflow.errors import UnknownName
from paperflow.records import Evidence
from paperflow.store import Store

# What several papers can name. A paper, a claim, or a figure is rare by nature.
CONCEPT_LIKE = frozenset({"concept", "task", "method", "dataset", "metric"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to keep; an empty field keeps everything.

    `types` are of nodes, `relations` of edges and statements. `papers` are the
    ids of papers whose statements count. A concept, task, method, dataset, or
    metric must be named by `min_document_frequency` of those papers.
    """

    types: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    papers: frozenset[str] | None = None
    min_document_frequency: int = 0

    def has_type(self, type: str) -> bool:
        """Tell whether nodes of `type` are kept."""
        return not self.types or type in self.types

    def has_relation(self, type: str) -> bool:
        """Tell whether edges or statements of `type` are kept."""
        return not self.relations or type in self.relations

    def is_frequent(self, type: str, papers: int) -> bool:
        """Tell whether enough papers name a node of `type`."""
        return type not in CONCEPT_LIKE or papers >= self.min_document_frequency

    def of(self, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """Return the evidence that stands in the selected papers."""
        papers = self.papers
        return tuple(item for item in evidence if papers is None or item.paper_id in papers)

    def check(self, store: Store) -> None:
        """Raise UnknownName for a node type that the store does not hold."""
        prefix = "entity:"
        names = store.facts.counts()
        known = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        for wanted in self.types:
            if wanted not in known:
                near = get_close_matches(wanted, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                raise UnknownName(f"no nodes of type {wanted!r}", hint=hint)


EVERYTHING = Selection()
