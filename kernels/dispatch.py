"""Which backend serves a call: Triton on CUDA, the compiled library on a CPU, else plain torch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

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


def backend_of(x: Tensor) -> str:
    """Return the backend for `x`: native, triton or naive; ValueError if the wanted can't be."""
    if torch.compiler.is_compiling():
        return str(_constant(_wanted, x.device, x.dtype))
    return _choose(_wanted, x.device, x.dtype, library.load())


def kernels(operator: str, x: Tensor) -> Any:
    """Return the module with an operator's calls for `x`: its native.py or its triton.py.

    It is asked inside torch operators, where plain torch is no choice any more.
    """
    on_triton = x.is_cuda or (_wanted == "triton" and backend_of(x) == "triton")
    return _module(operator, "triton" if on_triton else "native")


@cache
def _module(operator: str, backend: str) -> Any:
    return import_module(f"paperflow.kernels.{operator}.{backend}")


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def _constant(wanted: str, device: torch.device, dtype: torch.dtype) -> str:
    return _choose(wanted, device, dtype, library.load())


@cache
def _choose(wanted: str, where: torch.device, dtype: torch.dtype, compiled: CDLL | None) -> str:
    check_choice("PAPERFLOW_KERNELS", wanted, BACKENDS)
    device = where.type
    native = device == "cpu" and dtype in NATIVE_DTYPES and compiled is not None
    if wanted == "native" and not native:
        raise ValueError(f"no native kernel for {dtype} on {device}: {library.describe()}")
    obstacle = _why_no_triton(device, dtype)
    if wanted == "triton" and obstacle:
        raise ValueError(f"no Triton kernel for {dtype} on {device}: {obstacle}")
    if wanted == "triton" or (wanted == "auto" and device == "cuda" and not obstacle):
        return "triton"
    return "native" if native and wanted != "naive" else "naive"


def _why_no_triton(device: str, dtype: torch.dtype) -> str:
    """Say what keeps Triton from serving; nothing does where this is empty."""
    if find_spec("triton") is None:
        return "the package triton is not installed"
    if device != "cuda" and not (device == "cpu" and os.environ.get("TRITON_INTERPRET")):
        return "Triton runs on CUDA, or slowly on a CPU under TRITON_INTERPRET=1"
    if dtype not in TRITON_DTYPES:
        return "it has float32, float16 and bfloat16"
    return ""


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
