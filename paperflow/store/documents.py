"""Full texts: what readers made of papers' files, kept beside the records they came with."""

import zlib
from collections.abc import Sequence

from paperflow.documents import Document
from paperflow.records import fingerprint
from paperflow.store.database import Database
from paperflow.store.facts import VERSIONS
from paperflow.store.papers import record_hash


class Documents:
    """The full texts of a store, by the record that each brought along."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put_many(self, documents: Sequence[Document]) -> None:
        """Keep documents, whose papers must have been added; replace what was read before."""
        texts = [document.to_json() for document in documents]
        rows = [
            (record_hash(item.paper), _version(item, text), zlib.compress(text.encode()))
            for item, text in zip(documents, texts, strict=True)
        ]
        with self._db.transaction():
            self._db.many("insert or replace into documents values (?, ?, ?)", rows)

    def get(self, paper_id: str) -> Document | None:
        """Return the longest full text of a paper, or None."""
        row = self._db.execute(
            "select t.payload from documents t join records r on r.hash = t.record "
            "where r.paper_id = ? order by t.version desc limit 1",
            (paper_id,),
        ).fetchone()
        return Document.from_json(zlib.decompress(row[0]).decode()) if row else None

    def papers(self) -> set[str]:
        """Return the ids of the papers that have a full text."""
        return {row[0] for row in self._db.execute(f"select paper_id from ({VERSIONS})")}

    def count(self) -> int:
        """Return how many papers have a full text."""
        return int(self._db.execute(f"select count(*) from ({VERSIONS})").fetchone()[0])


def _version(document: Document, text: str) -> str:
    """Return a text that sorts by the document's length, and changes whenever it does."""
    return f"{len(document.text):09}-{fingerprint(text)}"
