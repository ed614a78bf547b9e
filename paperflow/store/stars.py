"""Which papers the reader starred."""

from paperflow.store.database import Database


class Stars:
    """The reader's stars; each stands on a paper's first record, and so outlives its merges."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[str]:
        """Return the ids of the papers with a star, sorted."""
        sql = (
            "select distinct r.paper_id from stars s join records r on r.hash = s.record order by 1"
        )
        return [row[0] for row in self._db.execute(sql)]

    def put(self, paper_id: str) -> None:
        """Give a paper a star; a second one changes nothing."""
        self._db.execute(
            "insert into stars select hash from records where paper_id = ? "
            "order by number limit 1 on conflict do nothing",
            (paper_id,),
        )

    def remove(self, paper_id: str) -> None:
        """Take a paper's star away."""
        self._db.execute(
            "delete from stars where record in (select hash from records where paper_id = ?)",
            (paper_id,),
        )
