"""The compiled kernels: find the best one that this processor runs, load it, call it."""

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from paperflow.kernels.compiled import ABI, FOLDER, open_library, packer

# Best first: the part of the file name, and the capabilities of torch's that imply it.
LEVELS = {
    "v4": ("AVX512",),
    "v3": ("AVX512", "AVX2"),
    "v2": ("AVX512", "AVX2", "DEFAULT", "NO AVX"),
    "neon": ("DEFAULT", "SVE256", "SVE128", "SVE"),
}
CODES = {torch.float32: 0, torch.float64: 1, torch.bfloat16: 2}

_forced: str | None = None


def force(level: str | None) -> None:
    """Use one instruction set of LEVELS from now on, for tests; None chooses by processor."""
    global _forced
    _forced = level
    load.cache_clear()
    function.cache_clear()


def levels() -> list[str]:
    """Return the compiled instruction sets that this processor runs, best first."""
    capability = torch.backends.cpu.get_cpu_capability()
    return [name for name, runs in LEVELS.items() if capability in runs and _path(name).exists()]


@cache
def load() -> ctypes.CDLL | None:
    """Return the library for this processor on torch's threads, or None where there is none."""
    for level in [_forced] if _forced else levels():
        # What was built for another system is passed over; describe() names what is used.
        if (found := open_library(_path(level), ABI)) is not None:
            found.paperflow_set_threads(ctypes.c_void_p(_parallel_for()))
            return found
    return None


def describe() -> str:
    """Say which library is used, or what to do where there is none."""
    found = load()
    if found is None:
        return "no compiled kernels: run python -m paperflow.kernels.build"
    name = Path(found._name).stem
    return f"{name} ({'torch threads' if _parallel_for() else 'one thread, torch is before 2.10'})"


@cache
def function(name: str) -> Callable[[bytes], int]:
    """Return a compiled function that takes one packed struct."""
    found = load()
    if found is None:
        raise RuntimeError(describe())
    called: Callable[[bytes], int] = getattr(found, f"paperflow_{name}")
    called.argtypes, called.restype = [ctypes.c_char_p], ctypes.c_int  # type: ignore[attr-defined]
    return called


def call(name: str, integers: list[int], floats: list[float]) -> None:
    """Run a compiled function on a struct of int64 fields, then double fields."""
    status = function(name)(packer(len(integers), len(floats)).pack(*integers, *floats))
    if status:
        raise MemoryError(f"no memory for the work space of {name}")


def address(x: Tensor | None) -> int:
    """Return where a tensor's data lies, 0 for none."""
    return 0 if x is None else x.data_ptr()


def graph_fields(ptr: Tensor, idx: Tensor | None, eid: Tensor | None, edges: int) -> list[int]:
    """Return the struct's first five fields: bounds, neighbours, edges, and the two sizes."""
    return [ptr.data_ptr(), address(idx), address(eid), ptr.shape[0] - 1, edges]


def _path(level: str) -> Path:
    return FOLDER / f"paperflow_{level}.so"


def _parallel_for() -> int:
    """Return the address of torch's `torch_parallel_for`, 0 before torch 2.10."""
    try:
        torch_cpu = ctypes.CDLL(str(_torch_cpu()))
        return ctypes.cast(torch_cpu.torch_parallel_for, ctypes.c_void_p).value or 0
    except (OSError, AttributeError):
        return 0


def _torch_cpu() -> Path:
    folder = Path(torch.__file__).parent / "lib"
    return next(path for path in folder.glob("libtorch_cpu.*") if path.suffix != ".lib")


def chunks(rows: int, edges: int) -> int:
    """Return into how many chunks the kernels cut a graph: its partial sums' number."""
    found = load()
    assert found is not None, describe()
    counted = found.paperflow_chunks
    counted.argtypes, counted.restype = [ctypes.c_int64, ctypes.c_int64], ctypes.c_int64
    return int(counted(rows, edges))
