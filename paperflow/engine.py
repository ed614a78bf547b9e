"""Run a stage over batches: here or on several local processes, with the same results.

A stage is a module-level function from a batch to a list; it has no globals and can be
pickled. Results come in the order of the batches, and only a few batches are in flight,
so memory stays flat however long the input is.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


def batched(items: Iterable[In], size: int) -> Iterator[list[In]]:
    """Yield lists of `size` items; the last may be shorter."""
    walk = iter(items)
    while batch := list(islice(walk, size)):
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


def _parallel(
    stage: Callable[[Sequence[In]], list[Out]], batches: Iterable[Sequence[In]], count: int
) -> Iterator[list[Out]]:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    # Spawned, not forked: torch's threads and SQLite's connections do not survive a fork.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
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
