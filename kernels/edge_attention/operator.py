"""Attention with given logits as a torch operator."""

import torch
from torch import Tensor

from paperflow.kernels import common
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import GIVEN, Csr, Extras


def edge_attention(
    logits: Tensor, v: Tensor, g: Graph, dropout: float, seed: Tensor
) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and log-sum-exp [Nd, H]."""
    return attention_op(logits, v, *common.graph_tensors(g, logits, v), dropout, seed)


@torch.library.custom_op("paperflow::edge_attention", mutates_args=())
def attention_op(
    logits: Tensor,
    v: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor | None,
    t_idx: Tensor | None,
    t_eid: Tensor | None,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return the output and the log-sum-exp."""
    x = Extras(bias=logits, dropout=dropout, seed=seed)
    g = Csr(ptr, idx, eid, idx.shape[0])
    return kernels("graph_attention", v).general_forward(GIVEN, g, None, None, v, x)[:2]


@attention_op.register_fake
def _(logits, v, ptr, idx, eid, t_ptr, t_idx, t_eid, dropout, seed):
    rows = ptr.shape[0] - 1
    return v.new_empty(rows, *v.shape[1:]), logits.new_empty(rows, v.shape[1])


@torch.library.custom_op("paperflow::edge_attention_backward", mutates_args=())
def backward_op(
    grad: Tensor,
    out: Tensor,
    lse: Tensor,
    logits: Tensor,
    v: Tensor,
    ptr: Tensor,
    idx: Tensor,
    eid: Tensor | None,
    t_ptr: Tensor,
    t_idx: Tensor,
    t_eid: Tensor,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return the gradients of logits and v."""
    x = Extras(bias=logits, dropout=dropout, seed=seed)
    g, t = Csr(ptr, idx, eid, idx.shape[0]), Csr(t_ptr, t_idx, t_eid, idx.shape[0])
    made = kernels("graph_attention", v).general_backward(
        GIVEN, g, None, None, v, x, (out, lse, lse), grad, None
    )
    return made["dlogits"], kernels("spmm", v).reduce(t, grad, made["weights"])


@backward_op.register_fake
def _(grad, out, lse, logits, v, ptr, idx, eid, t_ptr, t_idx, t_eid, dropout, seed):
    return logits.new_empty(logits.shape), v.new_empty(v.shape)


def _setup(ctx, inputs, output):
    *tensors, ctx.dropout, seed = inputs
    ctx.mark_non_differentiable(output[1])
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*output, *tensors, seed)


def _backward(ctx, grad, _):
    if grad is None:
        return (None,) * 10
    *inputs, seed = ctx.saved_tensors
    return *backward_op(grad, *inputs, ctx.dropout, seed), *[None] * 8


attention_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
