"""Arrays in a folder: written whole or not at all, mapped by many, replaced under their feet."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
MANIFEST = "manifest.json"
Arrays = Mapping[str, NDArray[Any]]


def write_arrays(folder: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Put arrays and what is to be known of them into `folder`, in place of what is there.

    They lie in a folder of their own, which the manifest names; replacing the manifest is the
    one step that counts. Whoever has the old ones mapped keeps them.
    """
    made = folder / f"arrays-{uuid4().hex}"
    made.mkdir(parents=True)
    try:
        files = {name: _write(made / f"{name}.npy", array) for name, array in arrays.items()}
        manifest = {"format": FORMAT, "folder": made.name, "files": files, **facts}
        part = made / MANIFEST
        with part.open("w", encoding="utf-8") as out:
            json.dump(manifest, out, indent=1, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        part.replace(folder / MANIFEST)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    for old in folder.glob("arrays-*"):
        if old != made:
            shutil.rmtree(old, ignore_errors=True)


def read_arrays(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Return the arrays, mapped, and the manifest; None where there are none that can be used.

    Mapped memory is private: a write to it would reach no file.
    """
    for _ in range(3):  # another process may replace the folder between two steps
        with suppress(OSError, ValueError, KeyError, TypeError, EOFError):
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                return None
            inside = folder / manifest["folder"]
            return {name: _read(inside, name, size) for name, size in _sizes(manifest)}, manifest
    return None


def is_intact(folder: Path) -> bool:
    """Tell whether every file has the hash that the manifest states."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        inside = folder / manifest["folder"]
        return all(
            _hash((inside / f"{name}.npy").read_bytes()) == file["hash"]
            for name, file in manifest["files"].items()
        )
    return False


def _write(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    with path.open("wb") as out:
        np.save(out, np.ascontiguousarray(array), allow_pickle=False)
        out.flush()
        os.fsync(out.fileno())
    content = path.read_bytes()
    return {"bytes": len(content), "hash": _hash(content)}


def _read(folder: Path, name: str, size: int) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    if path.stat().st_size != size:
        raise ValueError(f"{path} is cut off")
    mapped: NDArray[Any] = np.load(path, mmap_mode="c", allow_pickle=False)
    return mapped.view(np.ndarray)


def _sizes(manifest: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(name, file["bytes"]) for name, file in manifest["files"].items()]


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
