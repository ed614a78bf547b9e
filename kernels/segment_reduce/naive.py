"""Reduction of consecutive rows in plain torch."""

import torch
from torch import Tensor

from paperflow.kernels import segments
from paperflow.kernels.spmm.naive import reduce_messages


def segment_reduce(x: Tensor, ptr: Tensor, op: str) -> Tensor:
    """Reduce the rows x [E, …] between neighbouring bounds `ptr` [n + 1] to [n, …]."""
    slots = torch.arange(x.shape[0], device=x.device)
    rows = torch.searchsorted(ptr, slots, right=True) - 1
    wide = segments.compute_dtype(x)
    return reduce_messages(x.to(wide), rows, ptr.shape[0] - 1, op).to(x.dtype)
