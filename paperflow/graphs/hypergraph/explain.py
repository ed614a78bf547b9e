"""Paths and hyperedges in words: who takes part, what they share, and the sentences."""

from collections.abc import Sequence
from typing import NamedTuple

from paperflow.graphs.hypergraph.paths import Path
from paperflow.graphs.hypergraph.snapshot import Snapshot
from paperflow.records import Evidence
from paperflow.store import Store


class Concept(NamedTuple):
    """A node by its id in the store, and as most papers write it."""

    id: str
    label: str


class Step(NamedTuple):
    """One statement: its concepts with their roles, its sentence, and what the next one shares."""

    id: str
    relation: str
    participants: tuple[tuple[Concept, str], ...]
    year: int
    evidence: Evidence
    shared: tuple[Concept, ...]


def explain(store: Store, snapshot: Snapshot, path: Path) -> tuple[Step, ...]:
    """Return the statements of a path, each with its quote, and the concepts between them."""
    return _steps(store, snapshot, path.edges, [*path.shared, ()])


def statements(store: Store, snapshot: Snapshot, edges: Sequence[int]) -> tuple[Step, ...]:
    """Return hyperedges in words, in their order; nothing is said of what they share."""
    return _steps(store, snapshot, edges, [()] * len(edges))


def _steps(
    store: Store, snapshot: Snapshot, edges: Sequence[int], shared: Sequence[Sequence[int]]
) -> tuple[Step, ...]:
    said = store.statements.named(snapshot.edges[edge] for edge in edges)
    members = [
        [(snapshot.node_of(part.entity_id), part.role) for part in said[id].participants]
        for id in (snapshot.edges[edge] for edge in edges)
    ]
    labels = store.statements.labels(id for parts in members for id, _ in parts)

    def concept(id: str) -> Concept:
        return Concept(id, labels.get(id, id))

    return tuple(
        Step(
            id=(id := snapshot.edges[edge]),
            relation=said[id].relation,
            participants=tuple((concept(node), role) for node, role in dict.fromkeys(parts)),
            year=int(snapshot.graph.edge_year[edge]),
            evidence=said[id].evidence,
            shared=tuple(concept(snapshot.nodes[node]) for node in nodes),
        )
        for edge, parts, nodes in zip(edges, members, shared, strict=True)
    )
