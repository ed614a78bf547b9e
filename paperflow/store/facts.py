"""What analysis found: passages, entities, relations, hyperedges, each with its evidence."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from paperflow.records import (
    Entity,
    Evidence,
    Facts,
    Hyperedge,
    Paper,
    Participant,
    Passage,
    Relation,
    is_unnamed,
)
from paperflow.store.database import Database
from paperflow.store.search import passage

if TYPE_CHECKING:
    import numpy as np


class Analysis(NamedTuple):
    """One paper's passages and facts; `fingerprint` says from what and how they were made.

    `vectors` are those of its title and abstract that came by the way, by encoder and content.
    """

    paper_id: str
    fingerprint: str
    passages: Sequence[Passage]
    facts: Facts
    vectors: "Mapping[tuple[str, str], np.ndarray]" = MappingProxyType({})


_COUNTED = ("passages", "entities", "relations", "hyperedges", "participants")
# Where several files of a paper were read, the longest text counts; ties go by its hash.
VERSIONS = """
    select r.paper_id as paper_id, max(t.version) as version
    from documents t join records r on r.hash = t.record group by r.paper_id
"""
_FINGERPRINT = (
    ":version || ':' || p.payload_hash || coalesce(':' || d.version, '')"
    " || coalesce(':' || g.model || ' ' || g.replies, '')"
)
_PENDING = f"""
    from papers p left join analyses a on a.paper_id = p.id
    left join ({VERSIONS}) d on d.paper_id = p.id
    left join readings g on g.paper_id = p.id
    where a.fingerprint is not {_FINGERPRINT}
"""
_TYPED = {"entity": "entities", "relation": "relations"}


class FactTables:
    """The typed graph and hypergraph of a store, kept paper by paper."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(
        self, paper_id: str, fingerprint: str, passages: Sequence[Passage], facts: Facts
    ) -> None:
        """Replace one paper's analysis."""
        self.put_many([Analysis(paper_id, fingerprint, passages, facts)])

    def put_many(self, analyses: Iterable[Analysis]) -> None:
        """Replace the analyses of several papers in one transaction.

        A paper that changed or vanished meanwhile is passed over: it is analysed next time.
        """
        checked = [_checked(analysis) for analysis in analyses]
        with self._db.transaction():
            ids = [analysis.paper_id for analysis in checked]
            rows = self._db.where_in("select id from papers where id in ({})", ids)
            present = {row[0] for row in rows}
            current = [analysis for analysis in checked if analysis.paper_id in present]
            forget(self._db, [analysis.paper_id for analysis in current])
            revision = self._db.next_revision()
            for analysis in current:
                self._insert(analysis, revision)

    def pending(self, version: str) -> Iterator[tuple[Paper, str]]:
        """Yield each paper not analysed in its present form by this version, and a fingerprint.

        Read page by page, so that analyses can be put while this goes on.
        """
        last: str | None = ""
        while last is not None:
            rows = self._db.execute(
                f"select p.id, p.payload, {_FINGERPRINT} {_PENDING} "
                "and p.id > :last order by p.id limit 1000",
                {"version": version, "last": last},
            ).fetchall()
            for _, payload, fingerprint in rows:
                yield Paper.from_dict(json.loads(payload)), fingerprint
            last = rows[-1][0] if rows else None

    def pending_count(self, version: str) -> int:
        """Return how many papers `pending` would yield."""
        row = self._db.execute(f"select count(*) {_PENDING}", {"version": version}).fetchone()
        return int(row[0])

    def passages(self, paper_id: str | None = None) -> Iterator[Passage]:
        """Yield passages in the order of their papers' ids and of the text."""
        sql = "select id, paper_id, ordinal, section, text, page, kind from passages"
        where, values = ("", []) if paper_id is None else ("where paper_id = ?", [paper_id])
        rows = self._db.execute(f"{sql} {where} order by paper_id, ordinal", values)
        yield from map(passage, rows)

    def entities(
        self, type: str | None = None, papers: Collection[str] | None = None
    ) -> Iterator[Entity]:
        """Yield entities sorted by id, labelled as most of their papers write them.

        With `papers`, only what these papers say counts; so too below.
        """
        evidence = _Grouped(self._evidence("entity", type, papers))
        rows = self._described("entity", "e.type, e.key, m.label, m.properties", type, papers)
        for id, group in groupby(rows, key=itemgetter(0)):
            said = list(group)
            labels = Counter(row[3] for row in said)
            yield Entity(
                id=id,
                type=said[0][1],
                key=said[0][2],
                label=_usual(labels, said[0][2]),
                properties=_joined(row[4] for row in said),
                evidence=evidence.of(id),
            )

    def mentions(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield (entity, its type, its label, paper) for every mention, sorted; no evidence."""
        yield from self._db.execute(
            "select m.entity_id, e.type, m.label, m.paper_id from entity_papers m "
            "join entities e on e.id = m.entity_id order by m.entity_id, m.paper_id"
        )

    def relations(
        self, type: str | None = None, papers: Collection[str] | None = None
    ) -> Iterator[Relation]:
        """Yield relations sorted by id."""
        evidence = _Grouped(self._evidence("relation", type, papers))
        rows = self._described("relation", "e.type, e.source, e.target, m.properties", type, papers)
        for id, group in groupby(rows, key=itemgetter(0)):
            said = list(group)
            yield Relation(
                id=id,
                type=said[0][1],
                source=said[0][2],
                target=said[0][3],
                properties=_joined(row[4] for row in said),
                evidence=evidence.of(id),
            )

    def hyperedges(self, papers: Collection[str] | None = None) -> Iterator[Hyperedge]:
        """Yield hyperedges sorted by id, their participants in the order of the sentence."""
        sql = """
            select h.id, h.relation, h.passage_id, h.paper_id, h.start, h.stop, h.quote,
                   p.entity_id, p.role
            from hyperedges h join participants p on p.hyperedge_id = h.id
        """
        condition, values = _condition(None, papers, "h.paper_id")
        rows = self._db.execute(f"{sql} {condition} order by h.id, p.position", values)
        for _, group in groupby(rows, key=itemgetter(0)):
            members = list(group)
            id, relation, *place = members[0][:7]
            yield Hyperedge(
                id=id,
                relation=relation,
                participants=tuple(Participant(entity_id=m[7], role=m[8]) for m in members),
                evidence=_evidence(place),
            )

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind there are, and entities and relations by type."""
        counts = {name: self._count(name) for name in _COUNTED}
        for kind, table in _TYPED.items():
            sql = f"select type, count(*) from {table} group by type order by type"
            counts.update({f"{kind}:{type}": n for type, n in self._db.execute(sql)})
        return counts

    def _count(self, table: str) -> int:
        return int(self._db.execute(f"select count(*) from {table}").fetchone()[0])

    def _described(
        self, kind: str, columns: str, type: str | None, papers: Collection[str] | None
    ) -> Iterator[tuple[Any, ...]]:
        """Return id and `columns` of entities or relations (e), a row for each paper (m)."""
        condition, values = _condition(type, papers, "m.paper_id")
        sql = f"select e.id, {columns} from {_TYPED[kind]} e join {kind}_papers m"
        sql += f" on m.{kind}_id = e.id {condition} order by e.id, m.paper_id"
        return self._db.execute(sql, values)

    def _evidence(
        self, kind: str, type: str | None, papers: Collection[str] | None
    ) -> Iterator[tuple[Any, ...]]:
        """Return (owner, passage, paper, start, stop, quote), sorted by owner and place."""
        condition, values = _condition(type, papers, "p.paper_id")
        return self._db.execute(
            f"""
            select v.{kind}_id, v.passage_id, p.paper_id, v.start, v.stop, v.quote
            from {kind}_evidence v
            join {_TYPED[kind]} e on e.id = v.{kind}_id
            join passages p on p.id = v.passage_id {condition}
            order by v.{kind}_id, p.paper_id, p.ordinal, v.start, v.stop
            """,
            values,
        )

    def _insert(self, analysis: Analysis, revision: int) -> None:
        paper_id, fingerprint, passages, facts, _ = analysis
        self._db.execute(
            "insert into analyses (paper_id, fingerprint, revision) values (?, ?, ?)",
            (paper_id, fingerprint, revision),
        )
        self._db.many(
            "insert into passages (id, paper_id, ordinal, section, page, text, kind) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [(p.id, p.paper_id, p.ordinal, p.section, p.page, p.text, p.kind) for p in passages],
        )
        self._insert_entities(paper_id, facts.entities)
        self._insert_relations(paper_id, facts.relations)
        self._insert_hyperedges(facts.hyperedges)

    def _insert_entities(self, paper_id: str, entities: Sequence[Entity]) -> None:
        self._db.many(
            "insert into entities values (?, ?, ?) on conflict do nothing",
            [(entity.id, entity.type, entity.key) for entity in entities],
        )
        self._db.many(
            "insert into entity_papers values (?, ?, ?, ?) on conflict do nothing",
            [(e.id, paper_id, e.label, _dump(e.properties)) for e in entities],
        )
        self._insert_evidence("entity", entities)

    def _insert_relations(self, paper_id: str, relations: Sequence[Relation]) -> None:
        self._db.many(
            "insert into relations values (?, ?, ?, ?) on conflict do nothing",
            [(r.id, r.type, r.source, r.target) for r in relations],
        )
        self._db.many(
            "insert into relation_papers values (?, ?, ?) on conflict do nothing",
            [(r.id, paper_id, _dump(r.properties)) for r in relations],
        )
        self._insert_evidence("relation", relations)

    def _insert_evidence(self, kind: str, owners: Sequence[Entity] | Sequence[Relation]) -> None:
        self._db.many(
            f"insert into {kind}_evidence values (?, ?, ?, ?, ?) on conflict do nothing",
            [
                (owner.id, item.passage_id, item.start, item.end, item.quote)
                for owner in owners
                for item in owner.evidence
            ],
        )

    def _insert_hyperedges(self, hyperedges: Sequence[Hyperedge]) -> None:
        self._db.many(
            "insert into hyperedges values (?, ?, ?, ?, ?, ?, ?)",
            [
                (h.id, v.paper_id, h.relation, v.passage_id, v.start, v.end, v.quote)
                for h in hyperedges
                for v in [h.evidence]
            ],
        )
        self._db.many(
            "insert into participants values (?, ?, ?, ?)",
            [
                (h.id, position, member.entity_id, member.role)
                for h in hyperedges
                for position, member in enumerate(h.participants)
            ],
        )


def forget(database: Database, ids: Sequence[str]) -> None:
    """Forget papers' facts, and the entities and relations that no other paper mentions."""
    touched = {
        kind: [
            row[0]
            for row in database.where_in(
                f"select distinct {kind}_id from {kind}_papers where paper_id in ({{}})", ids
            )
        ]
        for kind in _TYPED
    }
    rows = [(paper_id,) for paper_id in ids]
    for table in ("analyses", "passages", "entity_papers", "relation_papers", "hyperedges"):
        database.many(f"delete from {table} where paper_id = ?", rows)
    for kind in ("relation", "entity"):
        database.many(
            f"delete from {_TYPED[kind]} where id = :id and not exists "
            f"(select 1 from {kind}_papers where {kind}_id = :id)",
            [{"id": id} for id in touched[kind]],
        )


def _usual(labels: Counter[str], key: str) -> str:
    """Return the commonest label; a name goes before an identifier, which some papers have only."""
    named = [label for label in labels if not is_unnamed(label, key)] or list(labels)
    return min(named, key=lambda label: (-labels[label], label))


class _Grouped:
    """Walk rows sorted by owner beside another walk sorted the same way."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, owner: str) -> tuple[Evidence, ...]:
        """Return the evidence of `owner`; owners must be asked for in order."""
        while self._next is not None and self._next[0] < owner:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != owner:
            return ()
        found = tuple(_evidence(row[1:]) for row in self._next[1])
        self._next = next(self._groups, None)
        return found


def _condition(
    type: str | None, papers: Collection[str] | None, column: str
) -> tuple[str, list[str]]:
    wanted = []
    if type is not None:
        wanted.append(("e.type = ?", type))
    if papers is not None:
        chosen = json.dumps(sorted(papers))
        wanted.append((f"{column} in (select value from json_each(?))", chosen))
    text = " and ".join(condition for condition, _ in wanted)
    return (f"where {text}" if text else ""), [value for _, value in wanted]


def _evidence(row: Sequence[Any]) -> Evidence:
    passage_id, paper_id, start, end, text = row
    return Evidence(passage_id=passage_id, paper_id=paper_id, start=start, end=end, quote=text)


def _checked(analysis: Analysis) -> Analysis:
    """Hold the evidence rule: a quote is what its passage says at its place."""
    texts = {item.id: item.text for item in analysis.passages}
    facts = analysis.facts
    owned: list[Entity | Relation] = [*facts.entities, *facts.relations]
    quotes = [item for owner in owned for item in owner.evidence]
    for item in [*quotes, *(edge.evidence for edge in facts.hyperedges)]:
        if texts.get(item.passage_id, "")[item.start : item.end] != item.quote or not item.quote:
            raise ValueError(f"{item.passage_id} does not say {item.quote!r} at {item.start}")
    if bare := [owner.id for owner in owned if not owner.evidence]:
        raise ValueError(f"no evidence for {bare[0]}")
    return analysis


def _dump(properties: Any) -> str:
    if not properties:  # the most usual, and the dearest if asked for properly
        return "{}"
    return json.dumps(dict(properties), ensure_ascii=False, sort_keys=True)


def _joined(texts: Iterable[str]) -> dict[str, str]:
    """Return all properties; where papers differ, the first paper's."""
    out: dict[str, str] = {}
    for text in texts:
        for name, value in json.loads(text).items():
            out.setdefault(name, value)
    return dict(sorted(out.items()))
