"""Large results in memory that was used before.

The system gives fresh memory page by page, each one zeroed: for the results of a pass over a
large graph that takes up to a third of the time. So a block comes back here when the last
tensor on it is gone, and a later result of its size is written into it. Blocks wait in a deque,
as all of its operations that serve here are atomic: tensors die in any thread, at any time.
"""

import weakref
from collections import deque
from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

LEAST = 1 << 22  # bytes of a result; malloc keeps smaller ones at hand by itself
MOST = 1 << 31  # bytes that wait; beyond, what has waited longest goes
_waiting: deque[Tensor] = deque()


def empty(shape: Sequence[int], dtype: torch.dtype) -> Tensor:
    """Return a contiguous CPU tensor of any content; large ones can't be resized in place."""
    size = prod(shape) * dtype.itemsize
    if size < LEAST:
        return torch.empty(shape, dtype=dtype)
    block = _take(_rounded(size))
    lent = block.numpy()  # made for this tensor alone, and gone with the last view of it
    weakref.finalize(lent, _give_back, block).atexit = False
    return torch.from_numpy(lent)[:size].view(dtype).view(torch.Size(shape))


def empty_like(x: Tensor) -> Tensor:
    """Return a contiguous CPU tensor of the shape and type of x, of any content."""
    return empty(x.shape, x.dtype)


def empty_cache() -> None:
    """Give the memory that waits for its next use back to the system.

    Results above 4 MiB leave up to 2 GiB waiting. Named after `torch.cuda.empty_cache`.
    """
    _waiting.clear()


def _rounded(size: int) -> int:
    """Return the next of eight sizes an octave, so that about equal results share blocks."""
    step = 1 << max(0, size.bit_length() - 4)
    return -(-size // step) * step


def _take(size: int) -> Tensor:
    for _ in range(len(_waiting)):
        try:
            block = _waiting.pop()  # the last one used: more of it is in the caches
        except IndexError:  # another thread was faster
            break
        if block.numel() == size:
            return block
        _waiting.appendleft(block)
    return torch.empty(size, dtype=torch.uint8)


def _give_back(block: Tensor) -> None:
    _waiting.append(block)
    while sum(kept.numel() for kept in tuple(_waiting)) > MOST:
        try:
            _waiting.popleft()
        except IndexError:
            break
