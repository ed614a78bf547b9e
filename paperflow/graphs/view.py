"""The store's facts as rows of a graph: selected, and with joined nodes as one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

from paperflow.graphs.resolve import Library, find_merges, kept_ids, read_library
from paperflow.graphs.rows import NO_PROPERTIES, NOT_STATED, Edge, Merge, Node, Statement
from paperflow.graphs.selection import Selection
from paperflow.records import (
    Entity,
    Evidence,
    Extra,
    Hyperedge,
    Participant,
    Relation,
    relation_id,
)
from paperflow.store import Store


def read_view(store: Store, selection: Selection, *, join_acronyms: bool = True) -> "View":
    """Read what must be known before rows can be made: of the whole library, or of its part.

    A selection of papers costs what these papers cost, however large the library is.
    """
    chosen = selection.papers
    if chosen is None:
        library = read_library(store.papers.all())
    else:
        named = {entity.key for entity in store.facts.entities("paper", chosen)}
        library = read_library(store.papers.named(sorted(named | chosen)))
    # Without concepts, only papers are joined, and only they need to be read.
    merges = find_merges(
        store.facts.entities(None if join_acronyms else "paper", papers=chosen),
        library,
        concepts=join_acronyms,
        decisions=store.merges.all(),
    )
    return View(store, selection, library, merges, kept_ids(merges))


@dataclass(frozen=True, slots=True)
class View:
    """Streams over a store's facts; rows come in no particular order."""

    store: Store
    selection: Selection
    library: Library
    merges: tuple[Merge, ...]
    kept: Mapping[str, str]

    def id(self, entity: str) -> str:
        """Return the id of the node that stands for an entity."""
        return self.kept.get(entity, entity)

    def nodes(self, *, evidence: bool = True) -> Iterator[Node]:
        """Yield the selected nodes; without `evidence`, their quotes are left out."""
        roots = {merge.kept for merge in self.merges}
        joined: defaultdict[str, list[Entity]] = defaultdict(list)
        chosen = self.selection
        for entity in self.store.facts.entities(_only(chosen.types), chosen.papers):
            if (id := self.id(entity.id)) in roots:
                joined[id].append(entity)
            else:
                yield from self._node(entity, [entity], evidence)
        for id, group in joined.items():
            yield from self._node(self._head(id, group), group, evidence)

    def edges(self, nodes: Collection[str], *, evidence: bool = True) -> Iterator[Edge]:
        """Yield the selected edges between `nodes`, each with all its evidence.

        What joins have made an edge from a node to itself is left out.
        """
        roots = {merge.kept for merge in self.merges}
        joined: defaultdict[tuple[str, str, str], list[Relation]] = defaultdict(list)
        chosen = self.selection
        for relation in self.store.facts.relations(_only(chosen.relations), chosen.papers):
            source, target = self.id(relation.source), self.id(relation.target)
            if not self._keeps(relation, source, target, nodes):
                continue
            if source in roots or target in roots:
                joined[relation.type, source, target].append(relation)
            else:
                yield from self._edge((relation.type, source, target), [relation], evidence)
        for ends, group in joined.items():
            yield from self._edge(ends, group, evidence)

    def statements(self, nodes: Collection[str]) -> Iterator[Statement]:
        """Yield the selected hyperedges with the participants that are among `nodes`.

        A statement that loses all its participants to the selection is left out.
        """
        for hyperedge in self.store.facts.hyperedges(self.selection.papers):
            evidence = self.selection.of([hyperedge.evidence])
            members = self._members(hyperedge, nodes)
            lost = hyperedge.participants and not members
            if evidence and not lost and self.selection.has_relation(hyperedge.relation):
                yield Statement(
                    id=hyperedge.id,
                    relation=hyperedge.relation,
                    participants=members,
                    year=self.library.year_of([hyperedge.evidence.paper_id]),
                    evidence=hyperedge.evidence,
                )

    def _head(self, id: str, group: Sequence[Entity]) -> Entity:
        """Return the member that `id` names: only a paper not analysed yet can be missing."""
        paper = self.library.paper_id(group[0].key)
        missing = replace(group[0], id=id, key=paper or group[0].key)
        return next((entity for entity in group if entity.id == id), missing)

    def _keeps(self, relation: Relation, source: str, target: str, nodes: Collection[str]) -> bool:
        made_by_join = source == target and relation.source != relation.target
        selected = self.selection.has_relation(relation.type)
        return selected and not made_by_join and source in nodes and target in nodes

    def _members(self, hyperedge: Hyperedge, nodes: Collection[str]) -> tuple[Participant, ...]:
        parts = ((self.id(part.entity_id), part.role) for part in hyperedge.participants)
        return tuple(Participant(entity_id=id, role=role) for id, role in parts if id in nodes)

    def _node(self, head: Entity, group: Sequence[Entity], keep: bool) -> Iterator[Node]:
        """Yield the one node of `group`, if it is selected."""
        quotes = self._quotes(group)
        papers = {item.paper_id for item in quotes}
        named = quotes or self.selection.papers is None
        frequent = self.selection.is_frequent(head.type, len(papers))
        if not (named and frequent and self.selection.has_type(head.type)):
            return
        paper_id = self.library.paper_id(head.key) if head.type == "paper" else ""
        yield Node(
            id=head.id,
            type=head.type,
            label=self.library.titles.get(paper_id, head.label),
            key=head.key,
            year=self._node_year(head, paper_id, papers),
            papers=len(papers),
            in_library=bool(paper_id),
            properties=_properties([head, *group]),
            evidence=quotes if keep else (),
        )

    def _node_year(self, head: Entity, paper_id: str, papers: Iterable[str]) -> int:
        if head.type != "paper":
            return self.library.year_of(papers)
        if paper_id:
            return self.library.year_of([paper_id])
        year = head.properties.get("year", "")
        return int(year) if year.isdecimal() else NOT_STATED

    def _edge(
        self, ends: tuple[str, str, str], group: Sequence[Relation], keep: bool
    ) -> Iterator[Edge]:
        """Yield the one edge of `group`, if a selected paper states it."""
        type, source, target = ends
        quotes = self._quotes(group)
        papers = {item.paper_id for item in quotes}
        if not quotes and self.selection.papers is not None:
            return
        same = (group[0].source, group[0].target) == (source, target)
        yield Edge(
            id=group[0].id if same and len(group) == 1 else relation_id(type, source, target),
            type=type,
            source=source,
            target=target,
            year=self.library.year_of(papers),
            papers=len(papers),
            properties=_properties(group),
            evidence=quotes if keep else (),
        )

    def _quotes(self, group: Sequence[Entity] | Sequence[Relation]) -> tuple[Evidence, ...]:
        """Return the selected evidence of a group, each place once, sorted by paper."""
        found = dict.fromkeys(chain.from_iterable(item.evidence for item in group))
        return self.selection.of(sorted(found, key=attrgetter("paper_id")))


def _only(names: Sequence[str]) -> str | None:
    """Return the one type that is selected, which the store can then read alone."""
    return names[0] if len(names) == 1 else None


def _properties(group: Iterable[Entity | Relation]) -> Extra:
    """Return all properties; where members differ, the first one's."""
    out: dict[str, str] = {}
    for item in group:
        for name, value in item.properties.items():
            out.setdefault(name, value)
    return out or NO_PROPERTIES
