"""Statements as bare rows, in the order in which they came: what a topology is built from."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from paperflow.records import Evidence, Hyperedge, Participant
from paperflow.store.database import Database


class StatementRow(NamedTuple):
    """One hyperedge without its words: `members` are (entity id, entity type)."""

    id: str
    paper_id: str
    relation: str
    members: tuple[tuple[str, str], ...]


_ROWS = """
    select h.id, h.paper_id, h.relation, p.entity_id, e.type
    from analyses a
    join hyperedges h on h.paper_id = a.paper_id
    join participants p on p.hyperedge_id = h.id
    join entities e on e.id = p.entity_id
    {} order by a.revision, h.id, p.position
"""


class Statements:
    """Hyperedges by the revision of their paper's analysis, and by id."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rows(self, papers: Collection[str] | None = None) -> Iterator[StatementRow]:
        """Yield statements, sorted by the revision that brought them, then by id."""
        where, values = "", []
        if papers is not None:
            where, values = "where a.paper_id in (select value from json_each(?))", [_json(papers)]
        found = self._db.execute(_ROWS.format(where), values)
        for (id, paper_id, relation), group in groupby(found, key=itemgetter(0, 1, 2)):
            yield StatementRow(id, paper_id, relation, tuple((row[3], row[4]) for row in group))

    def changed(self, since: int) -> list[str]:
        """Return the ids of papers that came, went, or changed after a revision, facts or not."""
        sql = """
            select id from papers where revision > :since
            union select paper_id from analyses where revision > :since
            union select paper_id from removals where revision > :since order by 1
        """
        return [row[0] for row in self._db.execute(sql, {"since": since})]

    def named(self, ids: Iterable[str]) -> dict[str, Hyperedge]:
        """Return the statements with these ids, with their sentences; unknown ids are left out."""
        sql = """
            select h.id, h.relation, h.passage_id, h.paper_id, h.start, h.stop, h.quote,
                   p.entity_id, p.role
            from json_each(?) j join hyperedges h on h.id = j.value
            join participants p on p.hyperedge_id = h.id order by h.id, p.position
        """
        rows = self._db.execute(sql, [_json(ids)])
        return {id: _statement(list(group)) for id, group in groupby(rows, key=itemgetter(0))}

    def called(self, name: str) -> list[str]:
        """Return the ids of the entities with this id or key, whatever the case and spaces."""
        sql = """
            with recursive types (type) as (
                select min(type) from entities union all
                select (select min(type) from entities where type > types.type)
                from types where type is not null
            )
            select e.id from types t join entities e on e.type = t.type and e.key = :key
            union select id from entities where id = :id order by 1
        """
        key = " ".join(name.casefold().split())
        return [row[0] for row in self._db.execute(sql, {"key": key, "id": name.strip()})]

    def labels(self, entities: Iterable[str]) -> dict[str, str]:
        """Return what most papers call these entities, ties by the label."""
        sql = """
            select m.entity_id, m.label, count(*) from json_each(?) j
            join entity_papers m on m.entity_id = j.value group by 1, 2 order by 1
        """
        found: dict[str, Counter[str]] = {}
        for entity, label, count in self._db.execute(sql, [_json(entities)]):
            found.setdefault(entity, Counter())[label] = count
        return {
            entity: min(labels, key=lambda label: (-labels[label], label))
            for entity, labels in found.items()
        }


def _statement(rows: list[tuple[str, str, str, str, int, int, str, str, str]]) -> Hyperedge:
    id, relation, passage_id, paper_id, start, end, quote = rows[0][:7]
    return Hyperedge(
        id=id,
        relation=relation,
        participants=tuple(Participant(entity_id=row[7], role=row[8]) for row in rows),
        evidence=Evidence(
            passage_id=passage_id, paper_id=paper_id, start=start, end=end, quote=quote
        ),
    )


def _json(ids: Iterable[str]) -> str:
    return json.dumps(sorted(set(ids)))
