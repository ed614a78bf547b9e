"""Check the whole store, and mend what is derived."""

from collections.abc import Iterator

from paperflow.errors import WorkspaceError
from paperflow.store.database import Database

_QUOTED = """(
    select passage_id, start, stop, quote from entity_evidence
    union all select passage_id, start, stop, quote from relation_evidence
    union all select passage_id, start, stop, quote from hyperedges
) v join passages p on p.id = v.passage_id"""
_UNPROVED = """
    select count(*) from {kind}_papers m where not exists (
        select 1 from {kind}_evidence v join passages p on p.id = v.passage_id
        where v.{kind}_id = m.{kind}_id and p.paper_id = m.paper_id
    )
"""
# Each statement counts what must not be. SQLite can't tell the length of a text with a NUL.
_RULES = {
    "a quote that is not in its passage": f"""
        select count(*) from {_QUOTED}
        where substr(p.text, v.start + 1, v.stop - v.start) <> v.quote
    """,
    "a span that leaves its passage": f"""
        select count(*) from {_QUOTED}
        where v.stop > length(p.text) and instr(p.text, char(0)) = 0
    """,
    "an entity of a paper that does not quote it": _UNPROVED.format(kind="entity"),
    "a relation of a paper that does not quote it": _UNPROVED.format(kind="relation"),
    "an entity without evidence": """
        select count(*) from entities e where not exists
        (select 1 from entity_evidence v where v.entity_id = e.id)
    """,
    "a relation without evidence": """
        select count(*) from relations r where not exists
        (select 1 from relation_evidence v where v.relation_id = r.id)
    """,
    "a hyperedge with fewer than two participants": """
        select count(*) from hyperedges h where
        (select count(*) from participants p where p.hyperedge_id = h.id) < 2
    """,
    "a hyperedge that another paper says": """
        select count(*) from hyperedges h join passages p on p.id = h.passage_id
        where h.paper_id <> p.paper_id
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
                "predictions", "predictors",
            ):  # fmt: skip
                self._db.execute(f"delete from {table}")
            for table in _TEXT_INDEXES:
                self._db.execute(f"insert into {table} ({table}) values ('rebuild')")
            self._db.next_revision()
