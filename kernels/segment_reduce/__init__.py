"""Reduction of consecutive rows."""

import math

import torch
from torch import Tensor

from paperflow.kernels import checks, common, dispatch
from paperflow.kernels.segment_reduce.naive import segment_reduce as run_naive
from paperflow.kernels.segment_reduce.operator import segment_reduce as run_operator

OPS = ("sum", "mean", "max", "min")


def segment_reduce(x: Tensor, ptr: Tensor, op: str = "sum") -> Tensor:
    """Reduce the rows of x [E, …] between neighbouring bounds ptr [n + 1] to [n, …].

    An empty segment gives 0. Of equal maxima the first row gets the gradient.
    """
    checks.check_choice("op", op, OPS)
    (x,) = common.autocast(x)
    if x.dim() == 0:
        raise ValueError("x must be [E, …]")
    checks.check_data("x", x, (None,) * x.dim(), x.device)
    if ptr.device != x.device:
        raise ValueError(f"ptr is on {ptr.device}, x on {x.device}")
    checks.check_sizes(x.shape[0], max(ptr.numel() - 1, 0), x.shape[0])
    if not torch.compiler.is_compiling():  # a traced graph can't look at values
        checks.check_bounds(ptr, x.shape[0])
    flat = x.reshape(x.shape[0], math.prod(x.shape[1:]))
    run = run_naive if dispatch.backend_of(x) == "naive" else run_operator
    out = run(flat, ptr.to(torch.int64).contiguous(), op)
    return out.reshape(-1, *x.shape[1:]) if x.numel() else x.new_zeros(len(ptr) - 1, *x.shape[1:])
