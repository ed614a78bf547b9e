"""Decisions on which nodes are one: joins found by similarity, and joins that were undone."""

from collections.abc import Iterable
from typing import NamedTuple

from paperflow.store.database import Database


class Decision(NamedTuple):
    """A join of `dropped` into `kept`, both ids of entities, or its undoing."""

    dropped: str
    kept: str
    reason: str
    undone: bool = False


class Merges:
    """The decisions of a store, one for each dropped entity; they outlive every analysis."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[Decision]:
        """Return every decision, sorted by the dropped id."""
        rows = self._db.execute("select dropped, kept, reason, undone from merges order by dropped")
        return [Decision(dropped, kept, why, bool(undone)) for dropped, kept, why, undone in rows]

    def put(self, decisions: Iterable[Decision]) -> None:
        """Keep decisions; what was undone stays undone until it is decided anew by `undo`."""
        self._write(decisions, "on conflict (dropped) do nothing")

    def undo(self, join: Decision, *, undone: bool = True) -> None:
        """Take a join back, or with `undone=False` let it stand again."""
        self._write(
            [join._replace(undone=undone)],
            "on conflict (dropped) do update set kept = excluded.kept, "
            "reason = excluded.reason, undone = excluded.undone",
        )

    def _write(self, decisions: Iterable[Decision], conflict: str) -> None:
        rows = [(d.dropped, d.kept, d.reason, int(d.undone)) for d in decisions]
        with self._db.transaction():
            self._db.many(f"insert into merges values (?, ?, ?, ?) {conflict}", rows)
            self._db.next_revision()
