"""The vector index of a library: which row is which paper, in one file that follows the store.

The vectors themselves lie in the store; the index is a cache. It knows the store's
revision and each row's paper and content hash, adds what is new, and passes over what
is gone until a quarter of the rows are, when it is built afresh.
"""

import contextlib
import os
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.retrieval.dense import Rows, Vectors, fits, new_rows, restored, sample_size
from paperflow.store import Store

FORMAT = 1
_BATCH = 4096
_SPARE = 16  # equal scores at the cut are told apart by id, so look at a few more


class DenseIndex:
    """Papers of a library by the vector of their text; `path` is the file, if any."""

    def __init__(self, model: str, dimension: int, path: Path | None = None) -> None:
        self.model, self.dimension, self.path = model, dimension, path
        self.revision = -1
        self._known = 0  # vectors of this model in the store, when last looked at
        self._ids: list[str] = []
        self._hashes: list[str] = []
        self._place: dict[str, int] = {}  # the living rows
        self._rows: Rows | None = None

    def __len__(self) -> int:
        return len(self._place)

    def hashes(self, ids: Collection[str]) -> dict[str, str]:
        """Return the content hashes of those papers that are in the index, by id."""
        return {id: self._hashes[self._place[id]] for id in ids if id in self._place}

    def search(
        self, vector: Vectors, limit: int, *, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return the ids and cosines of the papers nearest to `vector` [D], best first.

        Only papers whose ids are in `among` count, where it is given.
        """
        chosen = self._chosen(among)
        size = len(self) if chosen is None else len(chosen)
        if self._rows is None or min(limit, size) <= 0:
            return []
        rows, scores = self._rows.search(vector, min(limit + _SPARE, size), chosen)
        found = [(self._ids[row], round(float(s), 6)) for row, s in zip(rows, scores, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def refresh(self, store: Store, *, embedded: bool = False) -> bool:
        """Follow the store's changes; return whether there were any.

        A vector is no change of the store, so after embedding `embedded` must be true.
        """
        if store.revision == self.revision and not embedded:
            return False
        revision, known = store.revision, store.vectors.known(self.model)
        if (revision, len(known)) == (self.revision, self._known):
            return False
        hashes = store.papers.content_hashes()
        wanted = {id: hash for id, hash in hashes.items() if hash in known}
        self._drop(wanted)
        self._add(store, wanted)
        self.revision, self._known = revision, len(known)
        self.save()
        return True

    def load(self) -> None:
        """Read the file; if it is missing, old, or broken, the index stays empty."""
        if self.path is None or not self.path.is_file():
            return
        with contextlib.suppress(
            OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile
        ):
            self._read(self.path)

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self.path is None:
            return
        part = self.path.with_suffix(f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(part)
            part.replace(self.path)
        except OSError:
            # A read-only or full disk costs time at the next start, nothing else.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _read(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as data:
            format, revision, known, dimension = map(int, data["meta"])
            if (format, dimension) != (FORMAT, self.dimension):
                return
            ids = [id.decode() for id in data["ids"].tolist()]
            hashes = [hash.decode() for hash in data["hashes"].tolist()]
            place = {ids[row]: row for row in data["alive"].tolist()}
            rows = restored(data) if ids else None
        if len(ids) == len(hashes) == len(rows or []):
            self._ids, self._hashes, self._place, self._rows = ids, hashes, place, rows
            self.revision, self._known = revision, known

    def _write(self, path: Path) -> None:
        arrays: dict[str, Any] = {
            "meta": np.array([FORMAT, self.revision, self._known, self.dimension]),
            "ids": np.array([id.encode() for id in self._ids], dtype=bytes),
            "hashes": np.array([hash.encode() for hash in self._hashes], dtype=bytes),
            "alive": np.array(sorted(self._place.values()), dtype=np.int64),
        }
        if self._rows is not None:
            arrays |= self._rows.arrays()
        with path.open("wb") as file:
            np.savez(file, **arrays)

    def _clear(self) -> None:
        self._ids, self._hashes, self._place, self._rows = [], [], {}, None

    def _chosen(self, among: Collection[str] | None) -> NDArray[np.int64] | None:
        """Return the rows to search, sorted; None means all."""
        if among is not None:
            rows = [self._place[id] for id in among if id in self._place]
        elif len(self._place) == len(self._ids):
            return None
        else:
            rows = list(self._place.values())
        return np.array(sorted(rows), dtype=np.int64)

    def _drop(self, wanted: dict[str, str]) -> None:
        """Forget the rows that are not wanted; start afresh when many are gone."""
        self._place = {
            id: row for id, row in self._place.items() if wanted.get(id) == self._hashes[row]
        }
        dead = len(self._ids) - len(self._place)
        if self._rows is None or 4 * dead > len(self._ids) or not fits(self._rows, len(wanted)):
            self._clear()

    def _add(self, store: Store, wanted: dict[str, str]) -> None:
        new = sorted((id, hash) for id, hash in wanted.items() if id not in self._place)
        if new and self._rows is None:
            step = max(1, len(new) // max(1, sample_size(len(new))))
            sample = new[::step] if sample_size(len(new)) else []
            self._rows = new_rows(self._vectors(store, sample), len(new))
        for start in range(0, len(new), _BATCH):
            self._append(store, new[start : start + _BATCH])

    def _append(self, store: Store, new: list[tuple[str, str]]) -> None:
        assert self._rows is not None
        self._rows.add(self._vectors(store, new))
        for id, hash in new:
            self._place[id] = len(self._ids)
            self._ids.append(id)
            self._hashes.append(hash)

    def _vectors(self, store: Store, pairs: list[tuple[str, str]]) -> Vectors:
        """Return the vectors [N, D] of (id, hash) pairs."""
        result = np.zeros((len(pairs), self.dimension), dtype=np.float32)
        found = store.vectors.get(self.model, sorted({hash for _, hash in pairs}))
        for row, (_, hash) in enumerate(pairs):
            if hash in found:  # another process may have pruned it meanwhile
                result[row] = found[hash]
        return result


def open_index(store: Store, model: str, dimension: int, folder: Path | None = None) -> DenseIndex:
    """Return the index of a model's vectors, read from `folder` and brought up to date.

    Without a folder it lives in memory only.
    """
    name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in model)
    index = DenseIndex(model, dimension, folder / f"dense-{name}.npz" if folder else None)
    index.load()
    index.refresh(store, embedded=True)
    return index
