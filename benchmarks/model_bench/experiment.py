"""Run cases over seeds, keep each result as it comes, and sum them up in rows."""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from report import Row
from vector_cache import cache_folder

Result = dict[str, Any]
Found = Mapping[str, Sequence[Result]]


@dataclass(frozen=True)
class Case:
    """One model in one setting: `run(seed)` returns its metrics.

    `settings` are part of what a kept result is known by: other settings are measured anew.
    `seconds` is what a seed takes on one core; a case without randomness needs one seed only.
    """

    name: str
    run: Callable[[int], Result]
    seconds: float
    settings: str = ""
    one_seed: bool = False

    def key(self, seed: int) -> str:
        """Return what a kept result is known by."""
        return f"{self.name} | {self.settings} | {seed}"


@dataclass(frozen=True)
class Bench:
    """The cases of a task, and what makes rows of their results by case and seed."""

    cases: Sequence[Case]
    rows: Callable[[Found], list[Row]]


def choices(about: str | None, tasks: Iterable[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"any of {', '.join(tasks)}")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, about a minute")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each model (default 5)")
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--fresh", action="store_true", help="measure again what is kept")
    parser.add_argument("--table", action="store_true", help="print the kept results files")
    options = parser.parse_args()
    if unknown := set(options.tasks) - set(tasks):
        parser.error(f"no task named {', '.join(sorted(unknown))}; known: {', '.join(tasks)}")
    return options


def estimate(benches: Mapping[str, Bench], seeds: Sequence[int], fresh: bool) -> str:
    """Return how long the rest will take, as far as is known beforehand."""
    seconds = 0.0
    for task, bench in benches.items():
        known = {} if fresh else _known(_file(task))
        for case in bench.cases:
            seconds += case.seconds * sum(case.key(seed) not in known for seed in _of(case, seeds))
    return f"about {seconds / 60:.1f} minutes on one core"


def measure(task: str, bench: Bench, seeds: Sequence[int], fresh: bool = False) -> Found:
    """Run every case with every seed, or take its kept result; keep each as it comes."""
    path = _file(task)
    if fresh:
        path.unlink(missing_ok=True)
    known = _known(path)
    return {
        case.name: [_result(case, seed, known, path) for seed in _of(case, seeds)]
        for case in bench.cases
    }


def _result(case: Case, seed: int, known: dict[str, Result], path: Path) -> Result:
    key = case.key(seed)
    if key not in known:
        torch.manual_seed(seed)
        begin, forget = time.process_time(), _forget_peak()
        found = case.run(seed)
        seconds = time.process_time() - begin
        known[key] = {**found, "seconds": seconds, "MiB": _peak() if forget else None}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **known[key]}) + "\n")
        print(f"  {case.name}, seed {seed}: {_short(known[key])}", file=sys.stderr, flush=True)
    return known[key]


def _forget_peak() -> bool:
    """Begin the peak of resident memory anew, where the system can."""
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def unfinished(name: str) -> Iterator[Path]:
    """Give the file of a run that goes on after a stop; it is gone once the block is done."""
    path = cache_folder() / "models" / f"{name.replace(' ', '-')}.pt"
    yield path
    path.unlink(missing_ok=True)


def kept(name: str, make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return what `make` returns, from the disk where it was made before by the same name."""
    path = cache_folder() / "models" / "scores" / f"{sha256(name.encode()).hexdigest()[:20]}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npy")
        np.save(part, make())
        part.replace(path)
    found: NDArray[np.float64] = np.load(path)
    return found


def _short(result: Result) -> str:
    values = {name: value for name, value in result.items() if isinstance(value, float)}
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())


def _of(case: Case, seeds: Sequence[int]) -> Sequence[int]:
    return seeds[:1] if case.one_seed else seeds


def _file(task: str) -> Path:
    folder = cache_folder() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{task}.jsonl"


def _known(path: Path) -> dict[str, Result]:
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text("utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed while writing
        found[row.pop("key")] = row
    return found


def average(results: Sequence[Result], metric: str) -> float:
    """Return the mean of a metric over seeds."""
    return mean(result[metric] for result in results)


def spread(results: Sequence[Result], metric: str) -> str:
    """Return the standard deviation over seeds, their number, CPU time of one, and the peak."""
    values = [result[metric] for result in results]
    deviation = f"± {stdev(values):.3g}, {len(values)} seeds" if len(values) > 1 else "1 run"
    # Results without a peak are older: their time is the wall clock's, beside other programs.
    known = [result for result in results if result.get("MiB")]
    cost = f"{mean(result['seconds'] for result in known or results):.0f} s each"
    peak = [f"{max(result['MiB'] for result in known):,.0f} MiB"] if known else []
    return ", ".join((deviation, cost, *peak))


def row(
    name: str,
    results: Sequence[Result],
    metric: str,
    *,
    unit: str | None = None,
    baseline: float | None = None,
    goal: float | None = None,
    note: str = "",
    curve: Sequence[float] = (),
) -> Row:
    """Return a metric's mean over seeds as a row; the note tells its spread."""
    told = "; ".join(part for part in (spread(results, metric), note) if part)
    value = average(results, metric)
    return Row(name, value, unit or metric, baseline, goal, note=told, curve=curve)
