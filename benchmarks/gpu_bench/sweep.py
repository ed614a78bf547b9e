"""The launch parameters: edges a step, warps, and edges of a piece."""

from itertools import product

import torch

from gpu_bench.device import Device
from gpu_bench.operators import Operator, run
from paperflow.kernels import tiles

EDGES, WARPS, CAPS = (8, 16, 32), (1, 2, 4), (128, 512)


def set_launch(edges: int, warps: int, cap: int) -> None:
    """Launch all kernels with these parameters from now on."""
    tiles.tuning = lambda sizes, most=0: {"BE": edges, "num_warps": warps}
    tiles.CAP = cap


def sweep(device: Device, attention: Operator, quick: bool) -> list[dict[str, float]]:
    """Time attention under each choice, in milliseconds, and keep the fastest for both passes."""
    steps = list(product(*((EDGES[1:2], WARPS[1:2]) if quick else (EDGES, WARPS))))
    found = [_time(device, attention, edges, warps, tiles.CAP) for edges, warps in steps]
    best = min(found, key=lambda row: row["both"])
    for cap in () if quick else CAPS:
        found.append(_time(device, attention, int(best["edges"]), int(best["warps"]), cap))
    best = min(found, key=lambda row: row["both"])
    set_launch(*(int(best[name]) for name in ("edges", "warps", "cap")))
    return sorted(found, key=lambda row: row["both"])


def _time(
    device: Device, attention: Operator, edges: int, warps: int, cap: int
) -> dict[str, float]:
    set_launch(edges, warps, cap)
    found: dict[str, float] = {"edges": edges, "warps": warps, "cap": cap}
    for name, both in (("forward", False), ("both", True)):
        found[name] = device.median(lambda b=both: run(attention.ours, attention.inputs, b))  # type: ignore[misc]
    return found


def same_bits(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    """Tell whether two runs agree in every bit."""
    return all(torch.equal(x, y) for x, y in zip(first, second, strict=True))
