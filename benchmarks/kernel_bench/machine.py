"""What the benchmark ran on."""

import multiprocessing
import os
import platform
import time
from pathlib import Path

import torch


def description() -> dict[str, str]:
    """Return processor, cores, and versions."""
    names = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": str(os.cpu_count()),
        "load": " ".join(f"{x:.1f}" for x in os.getloadavg()),
        "torch": torch.__version__,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
    }


def line() -> str:
    """Return the same as one line."""
    return ", ".join(f"{name} {value}" for name, value in description().items())


def _loop(_: int) -> None:
    for _number in range(20_000_000):
        pass


def two_loops_speed_up() -> float:
    """Return how much faster two busy loops run side by side than one after the other."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        start = time.perf_counter()
        for number in range(2):
            pool.map(_loop, [number])
        middle = time.perf_counter()
        pool.map(_loop, [0, 1], chunksize=1)
        return (middle - start) / (time.perf_counter() - middle)
