"""Who runs the searches: the compiled kernels, or NumPy where they are not built."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_forced: str | None = None


def backend() -> Any:
    """Return the module `native` or `plain`: the same functions with the same results."""
    from paperflow.graphs.hypergraph import native, plain
    from paperflow.kernels.hypergraph import load

    wanted = _forced or ("native" if load() is not None else "plain")
    return native if wanted == "native" else plain


@contextmanager
def use(name: str) -> "Iterator[None]":
    """Run the searches by "native" or "plain" inside, for tests."""
    global _forced
    before, _forced = _forced, name
    try:
        yield
    finally:
        _forced = before
