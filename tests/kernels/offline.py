"""Compile the Triton kernels that a call would launch for a GPU that need not be there."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from triton.runtime.jit import JITFunction

TYPES = {
    torch.float32: "*fp32",
    torch.bfloat16: "*bf16",
    torch.int32: "*i32",
    torch.int64: "*i64",
}


def launches(call: Callable[[], object], monkeypatch: Any) -> dict[str, tuple[Any, Any, Any]]:
    """Return each kernel that `call` launches with its last arguments, and run none of them."""
    seen: dict[str, tuple[Any, Any, Any]] = {}

    def run(self: Any, *args: Any, grid: Any, warmup: bool, **options: Any) -> None:
        seen[self.__name__] = (self, args, options)

    monkeypatch.setattr(JITFunction, "run", run)
    call()
    return seen


def compile_for_sm_90(function: Any, args: Any, options: Any) -> Any:
    """Compile a launch as it would be: the same types, known ones, and alignments."""
    values = dict(zip(function.arg_names, args, strict=False)) | options
    signature, constants, aligned = {}, {}, {}
    for place, name in enumerate(function.arg_names):
        value = values.pop(name)
        signature[name] = _type(value, function.params[place].is_constexpr)
        if signature[name] == "constexpr":
            constants[name] = value
        elif signature[name][0] == "*" or (isinstance(value, int) and value % 16 == 0):
            aligned[(place,)] = [["tt.divisibility", 16]]  # torch's memory is aligned
    source = ASTSource(function, signature, constants, aligned)
    return triton.compile(source, target=GPUTarget("cuda", 90, 32), options=values)


def _type(value: Any, is_constant: bool) -> str:
    if is_constant or value is None or (type(value) is int and value == 1):
        return "constexpr"
    if isinstance(value, torch.Tensor):
        return TYPES[value.dtype]
    return "fp32" if isinstance(value, float) else "i32" if value < 2**31 else "i64"


def machine_code(made: Any, folder: Path) -> str:
    """Return the assembly of a compiled kernel, by the disassembler that Triton brings."""
    tool = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"
    cubin = folder / "kernel.cubin"
    cubin.write_bytes(made.asm["cubin"])
    run = subprocess.run([tool, "-sass", cubin], capture_output=True, text=True, check=True)
    return run.stdout
