"""Check and time the kernels on a CUDA device, in under ten minutes; one JSON.

Usage: python benchmarks/gpu.py kernels [--quick] [--json FILE]

Correctness comes first, against float64 in plain torch on the same device, then bitwise repeats.
Only then a sweep of the launch parameters, medians against PyG and torch.compile, peak memory,
and the share of the copy rate that the gathered bytes reach. Set CUDA_VISIBLE_DEVICES to choose.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

import torch
from kernel_bench import cases, machine
from kernel_bench.timing import Report

from paperflow import ops


def on_device(case: cases.Case, dtype: torch.dtype) -> list[torch.Tensor]:
    """Return q, k, v on the device as leaves, and the output's gradient."""
    leaves = [x.to("cuda", dtype).requires_grad_() for x in case.features[:3]]
    return [*leaves, case.grad.to("cuda", dtype)]


def both(function: Callable[..., torch.Tensor], tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return the output and the gradients of q, k, v."""
    *inputs, grad = tensors
    out = function(*inputs)
    return [out.detach(), *torch.autograd.grad(out, inputs, grad)]


def check(report: Report) -> None:
    """Compare dtypes, shapes and graph kinds with float64, and repeats bit by bit."""
    for kind in ("power-law", "uniform", "hubs"):
        for heads, width in ((8, 16), (8, 64), (4, 32), (3, 5)):
            case = cases.build(kind, heads, width, 1 / 64)
            graph = case.graph.to("cuda")
            with ops.use_backend("naive"):
                wanted = both(
                    lambda q, k, v, g=graph: ops.graph_attention(q, k, v, g),
                    on_device(case, torch.float64),
                )
            for dtype, tolerance in ((torch.float32, 2e-5), (torch.bfloat16, 3e-2)):
                tensors = on_device(case, dtype)
                runs = [
                    both(lambda q, k, v, g=graph: ops.graph_attention(q, k, v, g), tensors)
                    for _ in range(3)
                ]
                error = max(
                    float((x.double() - y).abs().max() / y.abs().max())
                    for x, y in zip(runs[0], wanted, strict=True)
                )
                same = all(
                    torch.equal(x, y) for run in runs[1:] for x, y in zip(runs[0], run, strict=True)
                )
                name = f"error, {kind} {heads}×{width} {dtype}"
                report.row(name, error, "", tolerance, lower=True)
                if error > tolerance or not same:
                    sys.exit(f"{name}: wrong or not repeatable, nothing is timed")


def copy_rate() -> float:
    """Return the bytes a second that a copy reads and writes."""
    x = torch.empty(2**28, device="cuda")
    return 2 * x.nbytes / (median(lambda: x.clone()) / 1e3)


def median(run: Callable[[], object]) -> float:
    """Return the median milliseconds of a run."""
    from triton.testing import do_bench

    return float(do_bench(run, quantiles=[0.5]))


def sweep(case: cases.Case, graph: ops.Graph, dtype: torch.dtype) -> dict[str, int]:
    """Return the edges a step and warps that are fastest, and use them from now on."""
    from paperflow.kernels.graph_attention import triton as kernels

    tensors, found = on_device(case, dtype), {}
    for edges in (8, 16, 32):
        for warps in (1, 2, 4, 8):
            choice = {"BE": edges, "num_warps": warps}
            kernels.tuning = lambda heads, width, choice=choice: choice
            found[edges, warps] = median(
                lambda: both(lambda q, k, v: ops.graph_attention(q, k, v, graph), tensors)
            )
    edges, warps = min(found, key=lambda key: found[key])
    best = {"BE": edges, "num_warps": warps}
    kernels.tuning = lambda heads, width: best
    return best


def gathered(case: cases.Case, dtype: torch.dtype) -> tuple[int, int]:
    """Return the gather bytes of forward, and of forward and backward."""
    nodes, heads, width = case.grad.shape
    values = heads * width * torch.finfo(dtype).bits // 8
    edges = 2 * case.graph.num_edges * values
    return edges + 2 * nodes * values, 3 * edges + 10 * nodes * values


def compare(report: Report, kind: str, width: int, share: float, rate: float) -> None:
    """Time one graph in both dtypes against PyG and torch.compile."""
    case = cases.build(kind, 8, width, share)
    graph, edges = case.graph.to("cuda"), case.edges.to("cuda")
    conv = case.conv.to("cuda")
    compiled = torch.compile(cases.gather_scatter)
    functions: dict[str, Callable[..., Any]] = {
        "ours": lambda q, k, v: ops.graph_attention(q, k, v, graph),
        "PyG": lambda q, k, v: conv.propagate(
            edges, query=q, key=k, value=v, edge_attr=None
        ).view_as(q),
        "torch.compile": lambda q, k, v: compiled(q, k, v, *edges),
    }
    for dtype in (torch.bfloat16, torch.float32):
        print("  best launch:", sweep(case, graph, dtype))
        tensors, times = on_device(case, dtype), {}
        for name, function in functions.items():
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
            both(function, tensors)
            peak = (torch.cuda.max_memory_allocated() - before) / 2**20
            with torch.no_grad():
                forward = median(lambda f=function, x=tensors: f(*x[:3]))
            times[name] = forward, median(lambda f=function, x=tensors: both(f, x)), peak
        _rows(report, f"{kind} d={width} {str(dtype)[6:]}", times, gathered(case, dtype), rate)


def _rows(report, name, times, sizes, rate):  # type: ignore[no-untyped-def]
    main = "power-law" in name
    for place, part in enumerate(("forward", "forward+backward")):
        ours = times["ours"][place]
        report.row(f"{name} {part}", ours, "ms", None)
        share = sizes[place] / (ours / 1e3) / rate
        report.row(f"{name} {part}, share of the copy rate", share, "", 0.65 if main else None)
        for other, goal in (("PyG", 8), ("torch.compile", 2)):
            ratio = times[other][place] / ours
            wanted = goal if main and place and "bfloat16" in name else None
            report.row(f"{name} {part}, {other} / ours", ratio, "×", wanted)
    report.row(f"{name} memory", times["ours"][2], "MiB", None, baseline=times["PyG"][2])


def main() -> None:
    """Run the checks, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["kernels"])
    parser.add_argument("--quick", action="store_true", help="one graph, about two minutes")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("no CUDA device")
    print(machine.line(), "·", ops.backend_info()["triton"])
    print("estimated:", "two minutes" if options.quick else "eight minutes")
    report = Report(rounds=1)
    check(report)
    rate = copy_rate()
    report.row("copy rate", rate / 1e12, "TB/s", None)
    compare(report, "power-law", 16, 1.0, rate)
    for kind, width in () if options.quick else (("power-law", 64), ("uniform", 16), ("hubs", 16)):
        compare(report, kind, width, 1.0 if width == 16 else 0.25, rate)
    if options.json:
        report.write(options.json)


if __name__ == "__main__":
    main()
