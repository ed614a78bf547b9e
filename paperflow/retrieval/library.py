"""Questions to the library that are about many papers at once."""

from collections import Counter

from paperflow.store import Filter, Store


def admitted(store: Store, where: Filter) -> list[str] | None:
    """Return the ids of the papers that pass `where`, newest first; None where all do."""
    condition, values = where.sql()
    if not condition:
        return None
    rows = store.database.execute(
        f"select p.id from papers p where 1 {condition} order by p.published desc, p.id", values
    )
    return [row[0] for row in rows]


def newest(store: Store, where: Filter, limit: int) -> list[str]:
    """Return the ids of the newest papers that pass `where`."""
    condition, values = where.sql()
    rows = store.database.execute(
        f"select p.id from papers p where 1 {condition} order by p.published desc, p.id limit ?",
        [*values, limit],
    )
    return [row[0] for row in rows]


def citations(store: Store) -> dict[str, int]:
    """Return how many papers of the library cite each work, by the work's "doi:…" or "arxiv:…"."""
    rows = store.database.execute(
        "select distinct p.id, each.value from papers p, json_each(p.payload, '$.references') each "
        "where instr(p.payload, '\"references\":') > 0"
    )
    return Counter(row[1] for row in rows)
