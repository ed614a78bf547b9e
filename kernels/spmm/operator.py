"""Sparse times dense as a torch operator."""

import torch
from torch import Tensor

from paperflow.kernels import common
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import Csr


def spmm(g: Graph, x: Tensor, w: Tensor | None, op: str) -> Tensor:
    """Reduce w [E, H] · x [Ns, H, d] over each destination's edges to [Nd, H, d]."""
    return spmm_op(x, w, *common.graph_tensors(g, x, w), op)[0]


@torch.library.custom_op("paperflow::spmm", mutates_args=())
def spmm_op(
    x: Tensor,
    w: Tensor | None,
    ptr: Tensor,
    idx: Tensor | None,
    eid: Tensor | None,
    t_ptr: Tensor | None,
    t_idx: Tensor | None,
    t_eid: Tensor | None,
    op: str,
) -> tuple[Tensor, Tensor]:
    """Return the reduction and, for max and min, the edges that hold it [Nd, H, d] int32.

    Without `idx` a slot's source is the slot itself.
    """
    g = Csr(ptr, idx, eid, x.shape[0] if idx is None else idx.shape[0])
    if op in ("max", "min"):
        return kernels("spmm", x).extreme(g, x, w, op)
    return kernels("spmm", x).reduce(g, x, w, op), x.new_empty(0, dtype=torch.int32)


@spmm_op.register_fake
def _(x, w, ptr, idx, eid, t_ptr, t_idx, t_eid, op):
    shape = (ptr.shape[0] - 1, *x.shape[1:])
    arg = shape if op in ("max", "min") else (0,)
    return x.new_empty(shape), x.new_empty(arg, dtype=torch.int32)


@torch.library.custom_op("paperflow::spmm_backward", mutates_args=())
def backward_op(
    grad: Tensor,
    arg: Tensor,
    x: Tensor,
    w: Tensor | None,
    ptr: Tensor,
    idx: Tensor | None,
    eid: Tensor | None,
    t_ptr: Tensor,
    t_idx: Tensor,
    t_eid: Tensor | None,
    op: str,
) -> tuple[Tensor, Tensor]:
    """Return the gradients of x and w; the latter empty where there is no w."""
    edges = t_idx.shape[0]
    g, t = Csr(ptr, idx, eid, edges), Csr(t_ptr, t_idx, t_eid, edges)
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    if op in ("max", "min"):
        dx, dw = kernels("spmm", x).extreme_backward(t, x, w, arg, grad)
        return dx, x.new_empty(0, dtype=wide) if dw is None else dw
    if op == "mean":
        degree = (ptr[1:] - ptr[:-1]).clamp(min=1).to(wide)
        grad = (grad / degree.view(-1, 1, 1)).to(x.dtype)
    dx = kernels("spmm", x).reduce(t, grad, w)
    if w is None:
        return dx, x.new_empty(0, dtype=wide)
    return dx, kernels("sddmm", x).sddmm(g, grad, x)


@backward_op.register_fake
def _(grad, arg, x, w, ptr, idx, eid, t_ptr, t_idx, t_eid, op):
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    return x.new_empty(x.shape), x.new_empty((0,) if w is None else w.shape, dtype=wide)


def _setup(ctx, inputs, output):
    *tensors, ctx.op = inputs
    ctx.mark_non_differentiable(output[1])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(output[1], *tensors)


def _backward(ctx, grad, _):
    if grad is None:
        return (None,) * 9
    arg, x, w, *graph = ctx.saved_tensors
    dx, dw = backward_op(grad, arg, x, w, *graph, ctx.op)
    return dx, None if w is None else dw, *[None] * 7


spmm_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
