"""The device under test: its clock, its memory, its name."""

import time
from collections.abc import Callable

import torch
import triton


class Device:
    """A CUDA device; or a CPU under Triton's interpreter, whose times mean nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_cuda = name == "cuda"
        self.start = time.perf_counter()

    def description(self) -> dict[str, str]:
        """Return what the figures depend on."""
        found = {"triton": triton.__version__, "cuda": str(torch.version.cuda)}
        if not self.is_cuda:
            return {"device": "CPU: no figure counts"} | found
        about = torch.cuda.get_device_properties(0)
        memory = f"{about.total_memory / 2**30:.0f} GiB"
        return {"device": about.name, "memory": memory} | found

    def median(self, run: Callable[[], object]) -> float:
        """Return the median milliseconds of a run; on a CPU those of one run."""
        if self.is_cuda:
            from triton.testing import do_bench

            return float(do_bench(run, warmup=10, rep=60, quantiles=[0.5]))
        start = time.perf_counter()
        run()
        return 1e3 * (time.perf_counter() - start)

    def peak(self, run: Callable[[], object]) -> float:
        """Return by how many MiB a run raises the device's memory; 0 on a CPU."""
        if not self.is_cuda:
            return 0.0
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        run()
        return (torch.cuda.max_memory_allocated() - before) / 2**20

    def copy_rate(self) -> float:
        """Return the bytes a second that a copy reads and writes."""
        x = torch.empty(2**28 if self.is_cuda else 2**20, device=self.name)
        return 2 * x.nbytes / (self.median(lambda: x.clone()) / 1e3)

    def minutes(self) -> float:
        """Return the minutes since the benchmark began."""
        return (time.perf_counter() - self.start) / 60
