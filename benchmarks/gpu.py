"""Check and time the kernels or the models on a CUDA device, in under ten minutes; one JSON.

Usage: python benchmarks/gpu.py kernels|models [--quick] [--json FILE] [--device cpu]

`models`: every graph model against float64 on the CPU; then a pass forward and backward and its
memory beside plain torch; then knowledge-graph completion on FB15k-237 and WN18RR (on a few
triples with --quick), as long as the minutes last. Each row is written as it comes.

`kernels`: correctness comes first: every operator against float64 in plain torch on the same
device, and repeats bit by bit. Only then a sweep of the launch parameters, medians beside PyG,
torch.compile and plain torch, peak memory, and the share of the measured copy rate that the
gathered bytes reach. Set CUDA_VISIBLE_DEVICES to choose. For the hardware's own counters:

    ncu --clock-control none -k regex:attend|backward python benchmarks/gpu.py kernels --quick

`--device cpu` walks through all of it on a handful of nodes, the kernels under Triton's
interpreter.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

LIMIT = 8.5  # minutes after which no further graph is begun


def check(report: Any, device: Any, kinds: list[str], shapes: list[tuple[int, int]]) -> None:
    """Compare every operator with float64 on graph kinds and shapes; stop at what is wrong."""
    from kernel_bench import cases

    for kind in kinds:
        for heads, width in shapes:
            case = cases.build(kind, heads, width, 1 / 64 if device.is_cuda else 0)
            for dtype, tolerance in ((torch.float32, 2e-5), (torch.bfloat16, 3e-2)):
                _check_case(report, device, case, dtype, f"{kind} {heads}×{width}", tolerance)


def _check_case(
    report: Any, device: Any, case: Any, dtype: torch.dtype, name: str, tolerance: float
) -> None:
    from gpu_bench.operators import Setting, operators, plainly, run
    from gpu_bench.sweep import same_bits

    worst, setting = 0.0, Setting(case, device.name, dtype)
    for key, operator in operators(setting).items():
        doubles = [x.double() for x in operator.inputs]
        wanted = run(plainly(operator.ours), doubles, True)
        found = run(operator.ours, operator.inputs, True)
        share = 0.999 if key == "top 4" else 1  # rounding decides between almost equal logits
        error = max(_error(x, y, share) for x, y in zip(found, wanted, strict=True))
        again = same_bits(found, run(operator.ours, operator.inputs, True))
        if not (error <= tolerance and again):
            sys.exit(
                f"{name}, {key}, {dtype}: error {error:.1e}, same bits again: {again}; stopped"
            )
        worst = max(worst, error)
    report.row(f"largest error, {name} {str(dtype)[6:]}", worst, "", tolerance, lower=True)


def _error(found: torch.Tensor, wanted: torch.Tensor, share: float) -> float:
    """Return the error that a share of the values stays below, relative to the largest value."""
    if not wanted.numel():
        return 0.0
    errors = (found.double() - wanted).abs().flatten()
    bound = errors.kthvalue(max(1, int(share * errors.numel()))).values
    return float(bound / wanted.abs().max().clamp(min=1)) if not errors.isnan().any() else math.inf


def compare(report: Any, device: Any, case: Any, name: str, rate: float, options: Any) -> Any:
    """Sweep and time attention in both dtypes beside PyG and torch.compile; return the sweeps."""
    from gpu_bench.operators import Setting, operators
    from gpu_bench.sweep import sweep

    found = {}
    for dtype in DTYPES if device.is_cuda else DTYPES[:1]:
        setting = Setting(case, device.name, dtype)
        table = operators(setting)
        attention, place = table.pop("graph_attention"), f"{name} {str(dtype)[6:]}"
        found[place] = sweep(device, attention, options.quick)
        print("  best launch:", found[place][0], flush=True)
        peers = _peers(setting, case, compiled="power-law" in name)
        _attention(report, device, setting, attention, peers, place, rate)
        if name == "power-law d=16":
            for key, operator in table.items():
                _other(report, device, setting, operator, f"{place} {key}", rate)
    return found


def _peers(setting: Any, case: Any, compiled: bool) -> dict[str, Callable[..., torch.Tensor]]:
    from kernel_bench import cases

    def pyg(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        out = setting.conv.propagate(setting.edges, query=q, key=k, value=v, edge_attr=None)
        return out.view_as(q)  # type: ignore[no-any-return]

    found: dict[str, Callable[..., torch.Tensor]] = {"PyG": pyg}
    if compiled and setting.q.is_cuda:
        fast = torch.compile(cases.gather_scatter)
        found["torch.compile"] = lambda q, k, v: fast(q, k, v, *setting.edges)
    return found


def _attention(
    report: Any, device: Any, setting: Any, ours: Any, peers: Any, name: str, rate: float
) -> None:
    """Time both passes, memory, and both floors of plain attention."""
    from gpu_bench.operators import run

    main = name == "power-law d=16 bfloat16" and device.is_cuda
    size, nodes = setting.forward_bytes(ours), setting.q.nbytes
    bytes_of = {False: (size, 4 * nodes), True: (3 * size + 4 * nodes, 12 * nodes)}
    for both, part in ((False, "forward"), (True, "forward+backward")):
        time = device.median(lambda b=both: run(ours.ours, ours.inputs, b))
        report.row(f"{name} {part}", time, "ms", None)
        for what, moved in zip(("gathered", "compulsory"), bytes_of[both], strict=True):
            goal = 0.65 if "power-law" in name and what == "gathered" and device.is_cuda else None
            share = moved / (time / 1e3) / rate
            report.row(f"{name} {part}, {what} bytes / copy rate", share, "", goal)
        for peer, call in peers.items():
            ratio = device.median(lambda c=call, b=both: run(c, ours.inputs, b)) / time
            goal = {"PyG": 8, "torch.compile": 2}[peer] if main and both else None
            report.row(f"{name} {part}, {peer} / ours", ratio, "×", goal)
    memory = device.peak(lambda: run(ours.ours, ours.inputs, True))
    beside = device.peak(lambda: run(peers["PyG"], ours.inputs, True))
    report.row(f"{name} peak memory (PyG's beside)", memory, "MiB", None, baseline=beside)


def _other(report: Any, device: Any, setting: Any, operator: Any, name: str, rate: float) -> None:
    """Time another operator beside its peer, and the share of the copy rate forward."""
    from gpu_bench.operators import run

    for both, part in ((False, "forward"), (True, "forward+backward")):
        ours, theirs = (
            device.median(lambda c=call, b=both: run(c, operator.inputs, b))
            for call in (operator.ours, operator.peer)
        )
        report.row(f"{name} {part}, {operator.peer_name} / ours", theirs / ours, "×", None)
        if not both:
            share = setting.forward_bytes(operator) / (ours / 1e3) / rate
            report.row(f"{name} {part}, gathered bytes / copy rate", share, "", None)


def arguments() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["kernels", "models"])
    parser.add_argument("--quick", action="store_true", help="one graph, no sweep: two minutes")
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    return parser.parse_args()


def begin(options: argparse.Namespace) -> tuple[Any, Any, dict[str, Any]]:
    """Return the device, an empty report, and what the figures depend on, which is said first."""
    from gpu_bench.device import Device
    from kernel_bench import machine
    from kernel_bench.timing import Report

    device = Device(options.device)
    about = machine.description() | device.description()
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    print("estimated:", "two minutes" if options.quick else "nine minutes", flush=True)
    return device, Report(rounds=1), about


def measure_models(options: argparse.Namespace) -> None:
    """Check and time the models, and write each row as it comes."""
    from gpu_bench import models

    device, report, about = begin(options)
    models.measure(models.Written(report, about, options.json), device, options.quick)


def measure_kernels(options: argparse.Namespace) -> None:
    """Run the checks, then the tables, and write the file."""
    from kernel_bench import cases

    device, report, about = begin(options)
    quick = options.quick or not device.is_cuda
    check(report, device, ["hubs"] if quick else ["power-law", "hubs"], SHAPES[: 1 if quick else 2])
    rate = device.copy_rate()
    report.row("copy rate", rate / 1e12, "TB/s", None)
    sweeps: dict[str, Any] = {}
    for kind, width in GRAPHS[: 1 if quick else None]:
        if device.minutes() > LIMIT:
            print(f"left out, {LIMIT} minutes are over: {kind} d={width}")
            continue
        case = cases.build(kind, 8, width, 1.0 if device.is_cuda else 0)
        sweeps |= compare(report, device, case, f"{kind} d={width}", rate, options)
    report.row("minutes in all", device.minutes(), "min", 10, lower=True)
    if options.json:
        found = {"machine": about, "rows": report.rows, "sweeps": sweeps}
        Path(options.json).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


DTYPES = [torch.bfloat16, torch.float32]
SHAPES = [(3, 5), (8, 16)]
GRAPHS = [("power-law", 16), ("power-law", 64), ("uniform", 16), ("banded", 16), ("hubs", 16)]


def main() -> None:
    """Refuse to measure without a device, and interpret the kernels on a CPU."""
    options = arguments()
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("no CUDA device (--device cpu runs a handful of nodes under the interpreter)")
    options.quick |= options.device == "cpu"
    if options.part == "models":
        measure_models(options)
        return
    if options.device == "cpu":
        os.environ |= {"TRITON_INTERPRET": "1", "PAPERFLOW_KERNELS": "triton"}
    measure_kernels(options)


if __name__ == "__main__":
    main()
