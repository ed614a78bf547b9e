"""Calls of the compiled reductions; argument order as in cpp/reduce.h."""

import torch
from torch import Tensor

from paperflow.kernels import library, memory
from paperflow.kernels.common import rows
from paperflow.kernels.graph_attention.native import Csr
from paperflow.kernels.library import address

CODES = {"sum": 0, "mean": 1, "max": 2, "min": 3}


def _call(
    name: str, g: Csr, x: Tensor, w: Tensor | None, op: str, scale: float, *made: Tensor | None
) -> None:
    library.call(
        name,
        [
            *g.fields(),
            *(library.CODES[x.dtype], x.shape[1], x.shape[2], CODES[op]),
            *(x.data_ptr(), x.stride(0), address(w)),
            *(address(y) for y in made),
        ],
        [scale],
    )


def reduce(g: Csr, x: Tensor, w: Tensor | None, op: str = "sum", scale: float = 1.0) -> Tensor:
    """Return the sum or mean [rows, H, d] of w [E, H] · x, times scale."""
    x, w = rows(x), None if w is None else w.contiguous()
    out = memory.empty((g.rows, *x.shape[1:]), x.dtype)
    _call("reduce", g, x, w, op, scale, out, None, None, None, None)
    return out


def extreme(g: Csr, x: Tensor, w: Tensor | None, op: str) -> tuple[Tensor, Tensor]:
    """Return the maxima or minima [rows, H, d] and the edges that hold them, int32, or -1."""
    x, w = rows(x), None if w is None else w.contiguous()
    out = memory.empty((g.rows, *x.shape[1:]), x.dtype)
    arg = memory.empty(out.shape, torch.int32)
    _call("extreme", g, x, w, op, 1.0, out, arg, None, None, None)
    return out, arg


def extreme_backward(
    transposed: Csr, x: Tensor, w: Tensor | None, arg: Tensor, grad: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Return the gradients of x and w."""
    x, w = rows(x), None if w is None else w.contiguous()
    dx, dw = memory.empty_like(x), None if w is None else memory.empty_like(w)
    made = (None, arg.contiguous(), grad.contiguous(), dx, dw)
    _call("extreme_backward", transposed, x, w, "max", 1.0, *made)
    return dx, dw
