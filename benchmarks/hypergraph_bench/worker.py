"""Run operations of one library in a process of its own; print one line of JSON for each."""

import gc
import json
import resource
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from hypergraph_bench.cases import opened
from hypergraph_bench.operations import Operation, State

ENOUGH, MOST = 0.5, 1_000  # seconds and times that a short operation is repeated


class TimeOut(Exception):
    """An operation has used up its CPU time."""


def main(library: str, folder: str, names: str, seconds: str, gigabytes: str) -> None:
    """Run the operations `names` (comma-separated), each for at most `seconds` of CPU time."""
    limit = int(float(gigabytes) * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGPROF, _time_out)
    operations = import_module(f"hypergraph_bench.{library}").OPERATIONS
    state = State(opened(Path(folder)))
    for name in names.split(","):
        if name in operations:
            print(json.dumps({"operation": name, **_tried(operations[name], state, seconds)}))
            sys.stdout.flush()


def _tried(operation: Operation, state: State, seconds: str) -> dict[str, Any]:
    try:
        with _at_most(float(seconds)):
            return _timed(operation, state)
    except TimeOut:
        return {"stopped": f"not done after {seconds} s", "after": float(seconds)}
    except MemoryError:
        return {"stopped": "out of memory"}
    except Exception as error:  # a library's own; the next operations may do
        return {"stopped": f"fails: {error!r}"}


def _timed(operation: Operation, state: State) -> dict[str, Any]:
    before = _resident()
    cpu, wall, result, times = [], [], None, []
    while not wall or (operation.repeat and sum(wall) < ENOUGH and len(wall) < MOST):
        ready = operation.ready(state)
        gc.collect()
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        if operation.each:
            result, times = _each(operation.run, ready)
        else:
            result = operation.run(ready)
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
    said = operation.said(state, result)
    return {
        "cpu": statistics.fmean(cpu),  # its clock ticks slowly
        "wall": statistics.median(wall),
        "memory": _resident() - before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "said": said,
        "each": [round(value, 9) for value in times],
    }


def _each(run: Callable[[Any], Any], questions: Any) -> tuple[list[Any], list[float]]:
    results, times = [], []
    for question in questions:
        start = time.perf_counter()
        found = run(question)
        times.append(time.perf_counter() - start)
        results.append(found)
    return results, times


def _resident() -> float:
    """Return the resident memory in MiB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _time_out(*_: Any) -> None:
    raise TimeOut


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(*sys.argv[1:])
