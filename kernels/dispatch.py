"""Which backend serves a call: Triton on CUDA, the compiled library on a CPU, else plain torch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from functools import cache
from importlib.util import find_spec

import torch
from torch import Tensor

from paperflow.kernels import library
from paperflow.kernels.checks import check_choice

BACKENDS = ("auto", "native", "triton", "naive")
NATIVE_DTYPES = (torch.float32, torch.float64, torch.bfloat16)
TRITON_DTYPES = (torch.float32, torch.float16, torch.bfloat16)

_wanted = os.environ.get("PAPERFLOW_KERNELS", "auto")


def set_backend(name: str) -> None:
    """Serve every later call with `auto`, `native`, `triton` or `naive`; ValueError otherwise."""
    global _wanted
    check_choice("the backend", name, BACKENDS)
    _wanted = name


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Serve the calls within a `with` block by one backend."""
    before = _wanted
    set_backend(name)
    try:
        yield
    finally:
        set_backend(before)


def backend_of(x: Tensor, has_triton: bool = False) -> str:
    """Return the backend for `x`: native, triton or naive; ValueError if the wanted can't be."""
    if torch.compiler.is_compiling():
        return str(_constant(_wanted, x.device, x.dtype, has_triton))
    return _choose(_wanted, x.device, x.dtype, has_triton, library.load())


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def _constant(wanted: str, device: torch.device, dtype: torch.dtype, has_triton: bool) -> str:
    return _choose(wanted, device, dtype, has_triton, library.load())


@cache
def _choose(
    wanted: str, where: torch.device, dtype: torch.dtype, has_triton: bool, compiled: CDLL | None
) -> str:
    check_choice("PAPERFLOW_KERNELS", wanted, BACKENDS)
    device = where.type
    native = device == "cpu" and dtype in NATIVE_DTYPES and compiled is not None
    triton = (
        has_triton
        and dtype in TRITON_DTYPES
        and find_spec("triton") is not None
        and (device == "cuda" or bool(os.environ.get("TRITON_INTERPRET")))
    )
    if wanted == "native" and not native:
        raise ValueError(f"no native kernel for {dtype} on {device}: {library.describe()}")
    if wanted == "triton":
        return "triton" if triton else "naive"
    if wanted == "auto" and device == "cuda" and triton:
        return "triton"
    return "native" if native and wanted != "naive" else "naive"


def backend_info() -> dict[str, str]:
    """Return what serves calls here: wanted backend, native library or why not, Triton."""
    triton = "importable" if find_spec("triton") else "not installed"
    cuda = torch.cuda.get_device_name() if torch.cuda.is_available() else "no CUDA device"
    return {
        "wanted": _wanted,
        "native": library.describe(),
        "triton": f"{triton}, {cuda}",
        "threads": str(torch.get_num_threads()),
    }
