"""What language models answered, kept by content, and which model has read which paper."""

from collections.abc import Mapping, Sequence

from paperflow.store.database import Database


class Replies:
    """The replies of a store: bought once, they outlive every analysis.

    A paper's reading names the model whose replies its analysis uses.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the replies that are kept under these keys."""
        rows = self._db.where_in("select key, body from replies where key in ({})", keys)
        return dict(rows)

    def put(self, replies: Mapping[str, str]) -> None:
        """Keep replies."""
        with self._db.transaction():
            self._db.many("insert or replace into replies values (?, ?)", replies.items())

    def mark(self, paper_id: str, model: str, count: int) -> None:
        """Say that a paper is read with so many replies of a model; it is then analysed anew."""
        self._db.execute(
            "insert or replace into readings select id, ?, ? from papers where id = ?",
            (model, count, paper_id),
        )

    def model_of(self, paper_id: str) -> str:
        """Return the model that has read a paper, or ""."""
        sql = "select model from readings where paper_id = ?"
        row = self._db.execute(sql, (paper_id,)).fetchone()
        return str(row[0]) if row else ""

    def forget_readings(self) -> None:
        """Let every paper be analysed without a model; the replies stay."""
        self._db.execute("delete from readings")
