"""GATv2 attention as a torch operator."""

import torch
from torch import Tensor

from paperflow.kernels import common, segments
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import GATV2, Csr, Extras

# ruff: noqa: E741


def gatv2_attention(
    l: Tensor,
    r: Tensor,
    v: Tensor,
    att: Tensor,
    g: Graph,
    slope: float,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and log-sum-exp [Nd, H]."""
    graph = common.graph_tensors(g, l, r, v, att)
    return attention_op(l, r, v, att, *graph, slope, dropout, seed)


def _extras(att: Tensor, slope: float, dropout: float, seed: Tensor) -> Extras:
    wide = att.to(segments.compute_dtype(att))
    return Extras(att=wide, slope=slope, dropout=dropout, seed=seed)


@torch.library.custom_op("paperflow::gatv2_attention", mutates_args=())
def attention_op(
    l: Tensor,
    r: Tensor,
    v: Tensor,
    att: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor | None,
    t_idx: Tensor | None,
    t_eid: Tensor | None,
    slope: float,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return the output and the log-sum-exp."""
    x = _extras(att, slope, dropout, seed)
    g = Csr(ptr, idx, eid, idx.shape[0])
    return kernels("graph_attention", r).general_forward(GATV2, g, r, l, v, x)[:2]


@attention_op.register_fake
def _(l, r, v, att, ptr, idx, eid, t_ptr, t_idx, t_eid, slope, dropout, seed):
    wide = torch.float64 if r.dtype == torch.float64 else torch.float32
    return r.new_empty(r.shape), r.new_empty(r.shape[:2], dtype=wide)


@torch.library.custom_op("paperflow::gatv2_attention_backward", mutates_args=())
def backward_op(
    grad: Tensor,
    out: Tensor,
    lse: Tensor,
    l: Tensor,
    r: Tensor,
    v: Tensor,
    att: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor,
    t_idx: Tensor,
    t_eid: Tensor,
    slope: float,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of l, r, v and att; partial sums of the last in a fixed order."""
    x = _extras(att, slope, dropout, seed)
    g, t = Csr(ptr, idx, eid, idx.shape[0]), Csr(t_ptr, t_idx, t_eid, idx.shape[0])
    attention = kernels("graph_attention", r)
    made = attention.general_backward(GATV2, g, r, l, v, x, (out, lse, lse), grad, None)
    dl = attention.gatv2_sources(t, r, l, x, made["dlogits"])
    dv = kernels("spmm", r).reduce(t, grad, made["weights"])
    return dl, made["dq"], dv, _ordered_sum(made["datt"]).to(att.dtype)


def _ordered_sum(parts: Tensor) -> Tensor:
    """Sum over the first dimension by halves, in an order that no thread count changes."""
    while parts.shape[0] > 1:
        half = parts.shape[0] // 2
        rest = parts[2 * half :]
        parts = torch.cat([parts[:half] + parts[half : 2 * half], rest])
    return parts.sum(0)  # one row, or none


@backward_op.register_fake
def _(grad, out, lse, l, r, v, att, ptr, idx, eid, t_ptr, t_idx, t_eid, slope, dropout, seed):
    return tuple(x.new_empty(x.shape) for x in (l, r, v, att))


def _setup(ctx, inputs, output):
    *tensors, slope, dropout, seed = inputs
    ctx.numbers = slope, dropout
    ctx.mark_non_differentiable(output[1])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*output, *tensors, seed)


def _backward(ctx, grad, _):
    if grad is None:
        return (None,) * 13
    *inputs, seed = ctx.saved_tensors
    return *backward_op(grad, *inputs, *ctx.numbers, seed), *[None] * 9


attention_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
