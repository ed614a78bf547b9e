"""Reduction of consecutive rows, as a sparse product whose sources are the slots."""

import torch
from torch import Tensor

from paperflow.kernels.spmm.operator import spmm_op


def segment_reduce(x: Tensor, ptr: Tensor, op: str) -> Tensor:
    """Reduce the rows x [E, F] between neighbouring bounds `ptr` [n + 1] to [n, F]."""
    t_ptr = t_idx = None
    if torch.is_grad_enabled() and x.requires_grad:
        slots = torch.arange(x.shape[0] + 1, device=x.device)
        t_ptr, t_idx = slots, (torch.searchsorted(ptr, slots[:-1], right=True) - 1).int()
    out, _ = spmm_op(x.unsqueeze(1), None, ptr, None, None, t_ptr, t_idx, None, op)
    return out.squeeze(1)
