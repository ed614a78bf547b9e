"""Clocks, checks and the table."""

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch

from kernel_bench import machine
from paperflow import ops


class Times(NamedTuple):
    """Medians over the rounds, in seconds."""

    cpu: float
    wall: float


def measure(
    runs: dict[str, Callable[[], object]], rounds: int, enough: float = 0.0
) -> dict[str, Times]:
    """Run all in turn, `rounds` times after one that is not counted.

    What takes less than `enough` seconds is repeated within a round until they are over.
    """
    seen: dict[str, list[Times]] = {name: [] for name in runs}
    gc.freeze()  # collections between runs then look at the runs' own objects alone
    for number in range(rounds + 1):
        for name, run in runs.items():
            gc.collect()
            found = list(_repeated(run, enough))
            seen[name] += found if number else []
    return {
        name: Times(*(statistics.median(column) for column in zip(*found, strict=True)))
        for name, found in seen.items()
    }


def _repeated(run: Callable[[], object], enough: float) -> Iterator[Times]:
    spent = -1.0
    while spent < enough:
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        times = Times(time.process_time() - cpu, time.perf_counter() - wall)
        spent = max(spent, 0.0) + times.wall
        yield times


def peak_memory(run: Callable[[], object]) -> float:
    """Return by how many MiB the resident memory rises at its peak."""
    gc.collect()
    ops.empty_cache()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = _status("VmRSS")
    kept = run()
    peak = _status("VmHWM") - before
    del kept
    return peak


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def check(case: Any) -> None:
    """Refuse to time what differs from gather-scatter in plain torch."""
    wanted = case.truth()
    for found, tolerance in ((case.ours(True), 2e-5), (case.ours_bf16(True), 3e-2)):
        for x, y in zip(found, wanted, strict=True):
            error = float((x.float() - y).abs().max() / y.abs().max())
            if not error <= tolerance:
                raise SystemExit(f"not timed: differs by {error:.1e} from plain torch")


@dataclass
class Report:
    """Rows as they come, printed at once."""

    rounds: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def times(self, name: str, times: dict[str, Times]) -> None:
        """Print the absolute times of a row's candidates."""
        shown = (f"{key} {1e3 * t.cpu:.0f} ({1e3 * t.wall:.0f})" for key, t in times.items())
        print(f"  {name}, CPU ms (wall ms): {', '.join(shown)}", flush=True)

    def row(
        self,
        name: str,
        value: float,
        unit: str,
        goal: float | None,
        lower: bool = False,
        baseline: float | None = None,
    ) -> None:
        """Add a row and say whether it meets its goal."""
        holds = None if goal is None else value <= goal if lower else value >= goal
        row = {"name": name, "value": round(value, 3), "unit": unit, "baseline": baseline}
        self.rows.append(row | {"goal": goal, "holds": holds})
        verdict = "holds" if holds else "does not hold"
        mark = "" if goal is None else f" (goal {'≤' if lower else '≥'} {goal:g}: {verdict})"
        beside = "" if baseline is None else f" [beside {baseline:.3g}]"
        print(f"{name}: {value:.3g} {unit}{beside}{mark}", flush=True)

    def write(self, path: str) -> None:
        """Write machine and rows as JSON; rows of other names in the file stay."""
        file, names = Path(path), {row["name"] for row in self.rows}
        before = json.loads(file.read_text())["rows"] if file.exists() else []
        kept = [row for row in before if row["name"] not in names]
        found = {"machine": machine.description(), "rows": kept + self.rows}
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def gradients(
    out: torch.Tensor, inputs: list[torch.Tensor], grad: torch.Tensor
) -> list[torch.Tensor]:
    """Return the output and its gradients."""
    return [out.detach(), *torch.autograd.grad(out, inputs, grad)]
