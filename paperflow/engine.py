"""Run a stage over batches: here or on several local processes, with the same results.

A stage is a module-level function from a batch to a list; it has no globals and can be
pickled. Results come in the order of the batches, and only a few batches are in flight,
so memory stays flat however long the input is.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def batched(
    items: Iterable[In], size: int, *, weight: Callable[[In], int] | None = None, most: int = 0
) -> Iterator[list[In]]:
    """Yield lists of `size` items; one is shorter where their weights reach `most`, or at the end.

    Every item weighs nothing where `weight` is not given.
    """
    batch: list[In] = []
    held = 0
    for item in items:
        batch.append(item)
        held += weight(item) if weight else 0
        if len(batch) == size or (weight and held >= most):
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    stage: Callable[[Sequence[In]], list[Out]], batches: Iterable[Sequence[In]], *, workers: int = 0
) -> Iterator[list[Out]]:
    """Yield `stage(batch)` for each batch, in order, on `workers` processes (0: one a core)."""
    count = workers or cores()
    return map(stage, batches) if count == 1 else _parallel(stage, batches, count)


def _share_cores(threads: str) -> None:
    """Keep torch, not yet imported, to this worker's share of the cores."""
    os.environ.setdefault("OMP_NUM_THREADS", threads)


def _parallel(
    stage: Callable[[Sequence[In]], list[Out]], batches: Iterable[Sequence[In]], count: int
) -> Iterator[list[Out]]:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    # Spawned, not forked: torch's threads and SQLite's connections do not survive a fork.
    spawn, threads = get_context("spawn"), str(max(1, cores() // count))
    with ProcessPoolExecutor(count, spawn, _share_cores, (threads,)) as pool:
        waiting: deque[Future[list[Out]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(stage, batch))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
