"""Time the sparse kernels against PyG, gather-scatter, torch.compile and torch.sparse.

Usage: python benchmarks/kernels.py [--quick] [--json FILE] [--only WORD]

All candidates of a row run in one process, in turn, and the ratios are of CPU time (medians of
the rounds, in which what is short runs several times); wall time and peak memory stand beside
them. A candidate that fails the check against plain torch is not timed. The gather floor reads and
writes the rows that a pass must read and write, with one addition a value, on memory that is
already there. Ours takes memory that earlier results have left; a second row is without.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import count, takewhile

import torch
from kernel_bench import cases, machine
from kernel_bench.timing import Report, check, measure, peak_memory

from paperflow import ops
from paperflow.kernels import library

GOALS = {"v4": {"forward": 11, "both": 8}, "v3": {"forward": 9, "both": 5}}


def attention(report: Report, kind: str, heads: int, width: int, share: float, pyg: bool) -> None:
    """Time attention on one graph kind: ours, bfloat16, PyG, gather-scatter, and the floor."""
    case = cases.build(kind, heads, width, share)
    check(case)
    for both in (False, True):
        part = "forward+backward" if both else "forward"
        name = f"{kind} d={width} {part}" if pyg else f"{kind} d={width}, full size, {part}"
        times = measure(_candidates(case, both, pyg), report.rounds, enough=1.0)
        report.times(name, times)
        _floor_rows(report, case, name, both, kind == "power-law" and (width < 64 or not pyg))
        if pyg:
            _pyg_rows(report, name, times, both, kind, width)


def _candidates(case: cases.Case, both: bool, pyg: bool) -> dict[str, Callable[[], object]]:
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: case.ours(both),
        "ours bf16": lambda: case.ours_bf16(both),
    }
    if library.levels()[:2] == ["v4", "v3"]:
        runs["ours AVX2"] = lambda: case.ours_on("v3", both)
    if pyg:
        runs["pyg"] = lambda: case.pyg(both)
        runs["gather-scatter"] = lambda: case.gather_scatter(both)
    return runs


def _floor_rows(report: Report, case: cases.Case, name: str, both: bool, aims: bool) -> None:
    """Time ours by turns with the gather floor: they are so near that nothing may lie between."""
    goal = {64: (0.95, 0.9), 16: (0.85, 0.78)}[case.grad.shape[2]][both] if aims else None
    runs = {
        "ours": lambda: case.ours(both),
        "floor": lambda: case.floor(both),
        "ours, fresh memory": lambda: case.ours_in_fresh_memory(both),
    }
    times = measure(runs, 3 * report.rounds, enough=1.0)
    report.times(f"{name}, by turns", times)
    floor = times["floor"].cpu
    report.row(f"{name}, fraction of the gather floor", floor / times["ours"].cpu, "", goal)
    ratio = floor / times["ours, fresh memory"].cpu
    report.row(f"{name}, the same where ours writes into fresh memory", ratio, "", None)


def _pyg_rows(report, name, times, both, kind, width):  # type: ignore[no-untyped-def]
    part, main = "both" if both else "forward", kind == "power-law"
    wide_goal = 8 if both else 13
    goals = {
        "ours": wide_goal if width == 64 else GOALS[library.levels()[0]][part],
        "ours AVX2": None if width == 64 else GOALS["v3"][part],
        "ours bf16": None if width == 64 else 10 if both else 18,
    }
    for ours, goal in goals.items():
        if ours in times:
            ratio = times["pyg"].cpu / times[ours].cpu
            report.row(f"{name}, PyG's CPU time / {ours}", ratio, "×", goal if main else None)
    ratio = times["gather-scatter"].cpu / times["ours"].cpu
    report.row(f"{name}, gather-scatter's CPU time / ours", ratio, "×", None)


def compiled(report: Report, share: float) -> None:
    """Time torch.compile's version of gather-scatter beside ours."""
    case = cases.build("power-law", 8, 16, share)
    function = torch.compile(cases.gather_scatter)
    runs = {
        "ours": lambda: case.ours(False),
        "torch.compile": lambda: case.gather_scatter(False, function),
    }
    runs["torch.compile"]()
    times = measure(runs, report.rounds)
    report.times("power-law d=16 forward, torch.compile", times)
    ratio = times["torch.compile"].cpu / times["ours"].cpu
    report.row("power-law d=16 forward, torch.compile's CPU time / ours", ratio, "×", 5.5)


def memory(report: Report, share: float) -> None:
    """Measure what training takes above its inputs, ours and PyG's."""
    case = cases.build("power-law", 8, 16, share)
    case.ours(True)
    report.row(
        "power-law d=16 training memory above inputs",
        peak_memory(lambda: case.ours(True)),
        "MiB",
        340 * share,
        lower=True,
        baseline=peak_memory(lambda: case.pyg(True)),
    )


def hypergraph(report: Report, share: float) -> None:
    """Time one stage, nodes to hyperedges, against PyG's gather-scatter and torch.sparse."""
    stage = cases.HypergraphStage(share)
    stage.check()
    times = measure(
        {"ours": stage.ours, "pyg": stage.pyg, "torch.sparse": stage.torch_sparse}, report.rounds
    )
    report.times("hypergraph stage", times)
    for name, goal in (("pyg", 8), ("torch.sparse", 1.8)):
        ratio = times[name].cpu / times["ours"].cpu
        report.row(f"hypergraph stage, {name}'s CPU time / ours", ratio, "×", goal)


def small_graph(report: Report) -> None:
    """Take the CPU time of a call on 50 nodes beyond the same operator with an empty body."""
    for both, goal in ((False, 30), (True, 250)):
        ours, empty = cases.small_calls(both)
        times = measure({"ours": ours, "empty": empty}, 20 * report.rounds)
        beyond = 1e6 / cases.REPEATS * (times["ours"].cpu - times["empty"].cpu)
        part = "forward+backward" if both else "forward"
        report.row(f"50 nodes, {part} beyond an empty operator", beyond, "µs", goal, lower=True)


def threads(report: Report, share: float) -> None:
    """Compare one thread with two: wall time, and the same bits."""
    case = cases.build("power-law", 8, 16, share)
    busy = machine.two_loops_speed_up()
    results = {}

    def run(count: int) -> None:
        torch.set_num_threads(count)
        results[count] = case.ours(False)

    times = measure({"1": lambda: run(1), "2": lambda: run(2)}, report.rounds, enough=1.0)
    torch.set_num_threads(max(2, torch.get_num_threads()))
    assert torch.equal(results[1], results[2]), "the number of threads changed the result"
    ratio = times["1"].wall / times["2"].wall
    report.row("1 to 2 threads, wall", ratio, "×", 1.8 if busy >= 1.9 else None, baseline=busy)


def others(report: Report, kind: str, share: float) -> None:
    """Time GATv2, top-m and the edge channel beside PyG's or plain torch's."""
    case = cases.build(kind, 8, 16, share)
    for name, ours, theirs in case.variants():
        for both in (False, True):
            part = "forward+backward" if both else "forward"
            runs = {"ours": lambda f=ours, b=both: f(b), "baseline": lambda f=theirs, b=both: f(b)}
            times = measure(runs, max(1, report.rounds // 2))
            report.times(f"{name} {kind} d=16 {part}", times)
            ratio = times["baseline"].cpu / times["ours"].cpu
            report.row(f"{name} {kind} d=16 {part}, baseline's CPU time / ours", ratio, "×", None)


def growth(report: Report, largest: int) -> None:
    """Time ours and the floor per edge from 10⁴ edges to the largest."""
    for edges in (*takewhile(largest.__gt__, (10_000 * 4**i for i in count())), largest):
        case = cases.build("power-law", 8, 16, edges / cases.EDGES)
        runs = {"ours": lambda c=case: c.ours(True), "floor": lambda c=case: c.floor(True)}
        times = measure(runs, report.rounds, enough=0.5)
        nanoseconds = 1e9 * times["ours"].cpu / case.graph.num_edges
        floor = 1e9 * times["floor"].cpu / case.graph.num_edges
        report.row(
            f"growth, {edges:,} edges, CPU ns an edge", nanoseconds, "ns", None, baseline=floor
        )


def main() -> None:
    """Run the table and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, about two minutes")
    parser.add_argument("--json", metavar="FILE", help="write the rows; others in it stay")
    parser.add_argument("--only", default="", help="the parts whose name holds this word")
    options = parser.parse_args()
    if library.load() is None:
        sys.exit(library.describe())
    share = 1 / 32 if options.quick else 1.0
    report = Report(rounds=3)
    print(machine.line(), "·", ops.backend_info()["native"])
    print("estimated:", "two minutes" if options.quick else "half an hour on two calm cores")
    parts: dict[str, Callable[[], None]] = {
        "power-law": lambda: attention(report, "power-law", 8, 16, share, pyg=True),
        "memory": lambda: memory(report, share),
        "hypergraph": lambda: hypergraph(report, share),
        "small": lambda: small_graph(report),
        "threads": lambda: threads(report, share),
        "compile": lambda: compiled(report, share),
        "wide": lambda: attention(report, "power-law", 8, 64, share / 8, pyg=True),
        "wide-full": lambda: attention(report, "power-law", 8, 64, share, pyg=False),
        "uniform": lambda: attention(report, "uniform", 8, 16, share, pyg=True),
        "banded": lambda: attention(report, "banded", 8, 16, share, pyg=True),
        "hubs": lambda: attention(report, "hubs", 8, 16, share, pyg=True),
        "variants": lambda: others(report, "power-law", share),
        "growth": lambda: growth(report, 20_000_000 if not options.quick else 200_000),
    }
    for name, run in parts.items():
        if options.only in name:
            run()
    if options.json:
        report.write(options.json)


if __name__ == "__main__":
    main()
