"""Compiled libraries by ctypes, without torch: open one, and pack what its functions take."""

import ctypes
import struct
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "native"
ABI = 4  # the same number stands in cpp/kernels.cpp


def open_library(path: Path, abi: int = ABI) -> ctypes.CDLL | None:
    """Return the library at `path`, None where it is missing, foreign, or of another interface."""
    try:
        found = ctypes.CDLL(str(path))
    except OSError:
        return None  # not built, or built for another system
    return found if found.paperflow_abi() == abi else None


@cache
def packer(integers: int, floats: int) -> struct.Struct:
    """Return what packs a struct of int64 fields, then double fields."""
    return struct.Struct(f"{integers}q{floats}d")
