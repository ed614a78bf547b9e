"""The joins of a library as people read them: listed by label, found, and taken back."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paperflow.errors import UnknownName
from paperflow.graphs.resolve import find_merges, kept_ids, read_library
from paperflow.graphs.selection import CONCEPT_LIKE
from paperflow.graphs.similar import Term, similar_terms
from paperflow.records import Entity
from paperflow.store import Store
from paperflow.store.merges import Decision

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


class Join(NamedTuple):
    """Two nodes that are one, by label: `dropped` is part of `kept`, unless it is undone."""

    dropped: str
    kept: str
    type: str
    reason: str
    undone: bool
    decision: Decision

    def as_dict(self) -> dict[str, Any]:
        """Return the join for JSON, with the ids of both nodes."""
        told = {name: value for name, value in self._asdict().items() if name != "decision"}
        return {**told, "dropped_id": self.decision.dropped, "kept_id": self.decision.kept}


def list_joins(store: Store) -> list[Join]:
    """Return the joins that hold and those that were undone, sorted by label."""
    entities = {entity.id: entity for entity in store.facts.entities()}
    library, decisions = read_library(store.papers.all()), store.merges.all()
    merges = find_merges(entities.values(), library, decisions=decisions)
    holding = [Decision(merge.dropped, merge.kept, merge.reason) for merge in merges]
    undone = [d for d in decisions if d.undone and d.dropped in entities]
    return sorted(_join(decision, entities) for decision in (*holding, *undone))


def _join(decision: Decision, entities: dict[str, Entity]) -> Join:
    dropped, kept = entities[decision.dropped], entities.get(decision.kept)
    return Join(
        dropped=dropped.label,
        kept=kept.label if kept else decision.kept,
        type=dropped.type,
        reason=decision.reason,
        undone=decision.undone,
        decision=decision,
    )


def find_join(joins: Sequence[Join], name: str) -> Join:
    """Return the join of the node with this id or label; raise UnknownName where none is."""
    for join in joins:
        if name in (join.decision.dropped, join.dropped):
            return join
    near = get_close_matches(name, [join.dropped for join in joins], n=1)
    raise UnknownName(
        f"no node {name!r} is joined to another",
        hint=f"did you mean {near[0]!r}?" if near else "see `paperflow graph merges`",
    )


def similar_joins(store: Store, encode: Encode) -> list[Decision]:
    """Return the joins of terms with similar vectors that no rule joins yet."""
    entities = [entity for entity in store.facts.entities() if entity.type in CONCEPT_LIKE]
    library, decisions = read_library(store.papers.all()), store.merges.all()
    gone = set(kept_ids(find_merges(entities, library, decisions=decisions)))
    left = [entity for entity in entities if entity.id not in gone]
    terms = [Term(e.id, e.type, e.key, len({item.paper_id for item in e.evidence})) for e in left]
    return similar_terms(terms, encode([entity.label for entity in left])) if left else []
