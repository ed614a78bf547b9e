"""Files to items, documents several at a time, and items to batches that are committed at once."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from paperflow.documents import Document
from paperflow.records import Failure

if TYPE_CHECKING:
    from paperflow.readers import Item

_BATCH = 1000  # records committed at once: what a kill can cost, at most
TEXTS = 16  # full texts committed at once


def batches(items: Iterable["Item"]) -> Iterator[list["Item"]]:
    """Yield items in batches that are committed at once; full texts count for more."""
    batch: list[Item] = []
    texts = 0
    for item in items:
        batch.append(item)
        texts += isinstance(item, Document)
        if len(batch) >= _BATCH or texts >= TEXTS:
            yield batch
            batch, texts = [], 0
    if batch:
        yield batch


def read_each(paths: Sequence[Path], workers: int) -> Iterator[list["Item"]]:
    """Yield what each of these files holds, in their order, read several at a time."""
    from paperflow.readers import read

    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda path: list(read(path)), paths)


def read_files(paths: Iterable[Path | Failure], kind: str | None, workers: int) -> Iterator["Item"]:
    """Yield what files hold, in their order; documents are read ahead, several at a time."""
    from paperflow.readers import is_document, read

    waiting: deque[Iterable[Item] | Future[list[Item]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for path in paths:
            if isinstance(path, Failure):
                waiting.append([path])
            elif is_document(path, kind):
                waiting.append(pool.submit(lambda path: list(read(path, kind=kind)), path))
            else:
                waiting.append(read(path, kind=kind))
            while len(waiting) > 2 * workers:
                yield from _items_of(waiting.popleft())
        while waiting:
            yield from _items_of(waiting.popleft())


def _items_of(found: "Iterable[Item] | Future[list[Item]]") -> Iterable["Item"]:
    return found.result() if isinstance(found, Future) else found
