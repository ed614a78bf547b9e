"""Vectors of the benchmark collections, kept outside the project by content hash.

Encoding 87,577 abstracts takes 35 to 70 minutes on two cores, so it is done once:

    nice -n 19 python benchmarks/vector_cache.py

The file lies in `PAPERFLOW_CACHE` (default: ~/.cache/paperflow). A run that is stopped
goes on where it was. Relevant documents come first, then the rest in the order of
their hashes, so whatever is done is a fair sample.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from judged import conference, litsearch, scifact
from numpy.typing import NDArray

from paperflow.encoder import Encoder, load_encoder, paper_text
from paperflow.records import Paper

BATCH = 512


def cache_folder() -> Path:
    """Return the folder for what can be computed again."""
    return Path(os.environ.get("PAPERFLOW_CACHE", Path.home() / ".cache" / "paperflow"))


class VectorCache:
    """Float16 vectors by content hash in one SQLite file for each encoder."""

    def __init__(self, model: str) -> None:
        cache_folder().mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(cache_folder() / f"vectors-{model}.sqlite", timeout=60)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (hash TEXT PRIMARY KEY, vector BLOB NOT NULL)"
        )

    def known(self) -> set[str]:
        """Return the hashes of all vectors."""
        return {row[0] for row in self._db.execute("SELECT hash FROM vectors")}

    def get(self, hashes: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are known of `hashes`."""
        wanted = set(hashes)
        rows = self._db.execute("SELECT hash, vector FROM vectors")
        return {
            name: np.frombuffer(blob, dtype=np.float16).astype(np.float32)
            for name, blob in rows
            if name in wanted
        }

    def put(self, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors [N, D] in one transaction."""
        rows = zip(hashes, (row.astype(np.float16).tobytes() for row in vectors), strict=True)
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


def fill(cache: VectorCache, encoder: Encoder, papers: Sequence[Paper]) -> int:
    """Encode the papers that have no vector yet, in their order; return how many."""
    known = cache.known()
    missing = {paper.content_hash: paper for paper in papers}
    work = [(name, paper) for name, paper in missing.items() if name not in known]
    begin = time.monotonic()
    for start in range(0, len(work), BATCH):
        batch = work[start : start + BATCH]
        cache.put([name for name, _ in batch], encoder.encode([paper_text(p) for _, p in batch]))
        done = start + len(batch)
        left = (time.monotonic() - begin) / done * (len(work) - done)
        print(f"{done} of {len(work)} encoded, about {left / 60:.0f} min left", file=sys.stderr)
    return len(work)


def in_order() -> list[Paper]:
    """Return every document: judged ones, SciFact's, then the corpus by content hash."""
    search, facts = litsearch(), scifact()
    gold = sorted(set().union(*search.relevant.values()))
    rest = sorted((paper for _, paper in conference()), key=lambda paper: paper.content_hash)
    return [search.documents[name] for name in gold] + list(facts.documents.values()) + rest


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    encoder = load_encoder(sys.argv[1] if len(sys.argv) > 1 else "minilm")
    fill(VectorCache(encoder.name), encoder, in_order())
