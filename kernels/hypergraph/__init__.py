"""The compiled searches in hypergraphs; plain integers and addresses, so torch is not needed.

They run on one thread, release the interpreter while they run, and use nothing beyond the
baseline of the processor, so one build serves. What each takes is its struct in `cpp/`.
"""

import ctypes
import platform
from functools import cache

from paperflow.kernels import compiled

_BASELINE = {"x86_64": "v2", "amd64": "v2", "aarch64": "neon", "arm64": "neon"}


@cache
def load() -> ctypes.CDLL | None:
    """Return the library, None where it is not built."""
    level = _BASELINE.get(platform.machine().lower(), "")
    return compiled.open_library(compiled.FOLDER / f"paperflow_{level}.so")


def call(name: str, *integers: int) -> None:
    """Run a compiled function on a struct of these fields; MemoryError when memory is short."""
    library = load()
    assert library is not None, "the hypergraph kernels are not built"
    status = getattr(library, f"paperflow_hypergraph_{name}")(
        compiled.packer(len(integers), 0).pack(*integers)
    )
    if status:
        raise MemoryError(f"no memory for the work space of {name}")
