"""Dot products along edges as a torch operator, served by the compiled library."""

import torch
from torch import Tensor

from paperflow.kernels import common
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import Csr


def sddmm(g: Graph, a: Tensor, b: Tensor) -> Tensor:
    """Return a[destination] · b[source] for each edge and head, [E, H]."""
    return sddmm_op(a, b, *common.graph_tensors(g, a, b))


@torch.library.custom_op("paperflow::sddmm", mutates_args=())
def sddmm_op(
    a: Tensor,
    b: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor | None,
    t_idx: Tensor | None,
    t_eid: Tensor | None,
) -> Tensor:
    """Return the products in the compute dtype."""
    return kernels("sddmm", a).sddmm(Csr(ptr, idx, eid, idx.shape[0]), a, b)


@sddmm_op.register_fake
def _(a, b, ptr, idx, eid, t_ptr, t_idx, t_eid):
    wide = torch.float64 if a.dtype == torch.float64 else torch.float32
    return a.new_empty(idx.shape[0], a.shape[1], dtype=wide)


@torch.library.custom_op("paperflow::sddmm_backward", mutates_args=())
def backward_op(
    grad: Tensor,
    a: Tensor,
    b: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor,
    t_idx: Tensor,
    t_eid: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return the gradients of a and b."""
    edges, reduce = idx.shape[0], kernels("spmm", a).reduce
    da = reduce(Csr(ptr, idx, eid, edges), b, grad)
    return da, reduce(Csr(t_ptr, t_idx, t_eid, edges), a, grad)


@backward_op.register_fake
def _(grad, a, b, ptr, idx, eid, t_ptr, t_idx, t_eid):
    return a.new_empty(a.shape), b.new_empty(b.shape)


def _setup(ctx, inputs, output):
    ctx.save_for_backward(*inputs)


def _backward(ctx, grad):
    return *backward_op(grad, *ctx.saved_tensors), *[None] * 6


sddmm_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
