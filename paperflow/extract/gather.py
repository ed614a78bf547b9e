"""Put facts together: one entry a node or edge, its evidence in the order of the text."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from paperflow.records import (
    Entity,
    Evidence,
    Facts,
    Hyperedge,
    Relation,
    entity_id,
    is_unnamed,
    relation_id,
)

Fact = TypeVar("Fact", Entity, Relation)

_NO_PROPERTIES: Mapping[str, str] = {}


class Gathering:
    """Facts being gathered. The same node or edge, added twice, is one with both evidences."""

    def __init__(self, *known: Facts) -> None:
        self._entities: dict[str, Entity] = {}
        self._relations: dict[str, Relation] = {}
        self._hyperedges: dict[str, Hyperedge] = {}
        for facts in known:
            self.add(facts)

    def add(self, facts: Facts) -> None:
        """Add all that `facts` hold."""
        for entity in facts.entities:
            self._entities[entity.id] = _joined(self._entities.get(entity.id, entity), entity)
        for relation in facts.relations:
            known = self._relations.get(relation.id, relation)
            self._relations[relation.id] = _joined(known, relation)
        self._hyperedges |= {hyperedge.id: hyperedge for hyperedge in facts.hyperedges}

    def entity(
        self,
        type: str,
        key: str,
        label: str,
        evidence: Iterable[Evidence],
        properties: Mapping[str, str] = _NO_PROPERTIES,
    ) -> str:
        """Add a node and return its id."""
        id = entity_id(type, key)
        node = Entity(
            id=id,
            type=type,
            label=label,
            key=key,
            evidence=tuple(evidence),
            properties=dict(properties),
        )
        self._entities[id] = _joined(self._entities.get(id, node), node)
        return id

    def relation(
        self,
        type: str,
        source: str,
        target: str,
        evidence: Iterable[Evidence],
        properties: Mapping[str, str] = _NO_PROPERTIES,
    ) -> None:
        """Add an edge from one node to another; an edge from a node to itself is left out."""
        if source == target:
            return
        id = relation_id(type, source, target)
        edge = Relation(
            id=id,
            type=type,
            source=source,
            target=target,
            evidence=tuple(evidence),
            properties=dict(properties),
        )
        self._relations[id] = _joined(self._relations.get(id, edge), edge)

    def hyperedge(self, hyperedge: Hyperedge) -> None:
        """Add a statement."""
        self._hyperedges[hyperedge.id] = hyperedge

    def facts(self) -> Facts:
        """Return what was gathered, sorted by id."""
        return Facts(
            entities=tuple(self._entities[id] for id in sorted(self._entities)),
            relations=tuple(self._relations[id] for id in sorted(self._relations)),
            hyperedges=tuple(self._hyperedges[id] for id in sorted(self._hyperedges)),
        )


def _joined(old: Fact, new: Fact) -> Fact:
    """Return the old fact with what the new one adds; what the old one says stands."""
    evidence = dict.fromkeys((*old.evidence, *new.evidence))
    properties = {**new.properties, **old.properties}
    if isinstance(old, Entity) and is_unnamed(old.label, old.key):
        old = replace(old, label=new.label)
    return replace(old, evidence=tuple(evidence), properties=properties)
