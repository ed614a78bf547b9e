"""Graph attention as a torch operator."""

import torch
from torch import Tensor

from paperflow.kernels import common
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import DOT, Csr, Extras


def graph_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    g: Graph,
    bias: Tensor | None,
    edge: Tensor | None,
    edge_q: Tensor | None,
    scale: float,
    top_m: int,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return output [Nd, H, d], log-sum-exp [Nd, H], and mean edge features [Nd, H, c]."""
    graph = common.graph_tensors(g, q, k, v, bias, edge, edge_q)
    out, lse, mean = attention_op(q, k, v, *graph, bias, edge, edge_q, scale, top_m, dropout, seed)
    return out, lse, None if edge is None else mean.to(v.dtype)


@torch.library.custom_op("paperflow::graph_attention", mutates_args=())
def attention_op(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor | None,
    t_idx: Tensor | None,
    t_eid: Tensor | None,
    bias: Tensor | None,
    edge: Tensor | None,
    edge_q: Tensor | None,
    scale: float,
    top_m: int,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Attend; the transposed graph (t_…) is there for the backward pass alone."""
    g = Csr(ptr, idx, eid, idx.shape[0])
    if bias is not None or edge is not None or top_m or dropout:
        x = Extras(bias, edge, edge_q, None, scale, 0.0, top_m, dropout, seed)
        return kernels("graph_attention", q).general_forward(DOT, g, q, k, v, x)
    out, lse = kernels("graph_attention", q).forward(g, q, k, v, scale)
    return out, lse, lse.new_empty(0)


@attention_op.register_fake
def _(q, k, v, ptr, idx, eid, t_ptr, t_idx, t_eid, bias, edge, edge_q, scale, top_m, dropout, seed):
    wide = torch.float64 if q.dtype == torch.float64 else torch.float32
    mean = (0,) if edge is None else (*q.shape[:2], edge.shape[1])
    lse = q.new_empty(q.shape[:2], dtype=wide)
    return q.new_empty(q.shape), lse, q.new_empty(mean, dtype=wide)


@torch.library.custom_op("paperflow::graph_attention_backward", mutates_args=())
def backward_op(
    grad: Tensor,
    grad_mean: Tensor | None,
    out: Tensor,
    lse: Tensor,
    mean: Tensor,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor,
    t_idx: Tensor,
    t_eid: Tensor,
    bias: Tensor | None,
    edge: Tensor | None,
    edge_q: Tensor | None,
    scale: float,
    top_m: int,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of q, k, v, bias, edge and edge_q; empty where there is no input."""
    g, t = Csr(ptr, idx, eid, idx.shape[0]), Csr(t_ptr, t_idx, t_eid, idx.shape[0])
    nothing = lse.new_empty(0)
    if bias is not None or edge is not None or top_m or dropout:
        x = Extras(bias, edge, edge_q, None, scale, 0.0, top_m, dropout, seed)
        return _general_backward(g, t, q, k, v, x, (out, lse, mean), grad, grad_mean)
    dq, dk, dv = kernels("graph_attention", q).backward(g, t, (q, k, v), out, lse, grad, scale)
    return dq, dk, dv, nothing, nothing.clone(), nothing.clone()


def _general_backward(
    g: Csr,
    t: Csr,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    x: Extras,
    saved: tuple[Tensor, Tensor, Tensor],
    grad: Tensor,
    grad_mean: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    lse = saved[1]
    if x.edge is not None and grad_mean is None:
        grad_mean = lse.new_zeros(*lse.shape, x.edge.shape[1])
    made = kernels("graph_attention", q).general_backward(
        DOT, g, q, k, v, x, saved, grad, grad_mean
    )
    reduce = kernels("spmm", q).reduce
    dk = reduce(t, q, made["dlogits"], scale=x.scale)
    dv = reduce(t, grad, made["weights"])
    nothing = lse.new_empty(0)
    dbias = nothing if x.bias is None else made["dlogits"]
    dedge, dedge_q = (made.get(name, lse.new_empty(0)) for name in ("dedge", "dedge_q"))
    return made["dq"], dk, dv, dbias, dedge, dedge_q


@backward_op.register_fake
def _(
    grad, grad_mean, out, lse, mean, q, k, v, ptr, idx, eid, t_ptr, t_idx, t_eid, bias, edge,
    edge_q, scale, top_m, dropout, seed,
):  # fmt: skip
    dense = [torch.empty_like(x, memory_format=torch.contiguous_format) for x in (q, k, v)]
    extra = [
        lse.new_empty(0) if x is None else lse.new_empty(x.shape) for x in (bias, edge, edge_q)
    ]
    return *dense, *extra


def _setup(ctx, inputs, output):
    *tensors, scale, top_m, dropout, seed = inputs
    _, lse, _ = output
    ctx.mark_non_differentiable(lse)
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*output, *tensors, seed)
    ctx.numbers = scale, top_m, dropout


def _backward(ctx, grad, _grad_lse, grad_mean):
    out, lse, mean, *inputs, seed = ctx.saved_tensors
    grad = torch.zeros_like(out) if grad is None else grad
    bias, edge, edge_q = inputs[9:12]
    grads = backward_op(
        grad, None if edge is None else grad_mean, out, lse, mean, *inputs, *ctx.numbers, seed
    )
    extra = (None if x is None else y for x, y in zip((bias, edge, edge_q), grads[3:], strict=True))
    return *grads[:3], *[None] * 6, *extra, *[None] * 4


attention_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
