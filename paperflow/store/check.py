"""Check the whole store, and mend what is derived."""

from collections.abc import Iterator

from paperflow.errors import WorkspaceError
from paperflow.store.database import Database

# Each statement counts what must not be.
_RULES = {
    "a quote that is not in its passage": """
        select count(*) from (
            select v.passage_id, v.start, v.stop, v.quote from entity_evidence v
            union all
            select v.passage_id, v.start, v.stop, v.quote from relation_evidence v
            union all
            select h.passage_id, h.start, h.stop, h.quote from hyperedges h
        ) v join passages p on p.id = v.passage_id
        where substr(p.text, v.start + 1, v.stop - v.start) <> v.quote
    """,
    "an entity without evidence": """
        select count(*) from entities e where not exists
        (select 1 from entity_evidence v where v.entity_id = e.id)
    """,
    "a relation without evidence": """
        select count(*) from relations r where not exists
        (select 1 from relation_evidence v where v.relation_id = r.id)
    """,
    "a hyperedge without participants": """
        select count(*) from hyperedges h where not exists
        (select 1 from participants p where p.hyperedge_id = h.id)
    """,
    "an analysed paper without passages": """
        select count(*) from analyses a where not exists
        (select 1 from passages p where p.paper_id = a.paper_id)
    """,
    "a record that belongs to no paper": """
        select count(*) from records r where not exists
        (select 1 from papers p where p.id = r.paper_id)
    """,
    "a paper that no source named": """
        select count(*) from papers p where not exists
        (select 1 from records r where r.paper_id = p.id)
    """,
}
_TEXT_INDEXES = ("papers_text", "passages_text")


class Checks:
    """Find what is wrong in a store; forget what was derived wrongly."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def problems(self) -> Iterator[str]:
        """Yield each thing that is wrong, in words; nothing when all is well."""
        for (message,) in self._db.execute("pragma integrity_check"):
            if message != "ok":
                yield f"the file is damaged: {message}"
        for table, *_ in self._db.execute("pragma foreign_key_check"):
            yield f"a row of {table} points at nothing"
        for rule, sql in _RULES.items():
            if count := self._db.execute(sql).fetchone()[0]:
                yield f"{rule} ({count} times)"
        yield from filter(None, map(self._text_index, _TEXT_INDEXES))

    def _text_index(self, table: str) -> str:
        """Compare a full-text index with its table; a read-only store can't be asked."""
        if self._db.read_only:
            return ""
        try:
            self._db.execute(f"insert into {table} ({table}, rank) values ('integrity-check', 1)")
        except WorkspaceError:
            return f"the index {table} does not agree with its table"
        return ""

    def repair(self) -> None:
        """Rebuild the full-text indexes and forget every analysis, to be made again."""
        with self._db.transaction():
            for table in (
                "participants", "hyperedges", "relation_evidence", "relation_papers", "relations",
                "entity_evidence", "entity_papers", "entities", "passages", "analyses",
            ):  # fmt: skip
                self._db.execute(f"delete from {table}")
            for table in _TEXT_INDEXES:
                self._db.execute(f"insert into {table} ({table}) values ('rebuild')")
            self._db.next_revision()
