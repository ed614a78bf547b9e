"""Softmax over the edges of each destination as a torch operator."""

import torch
from torch import Tensor

from paperflow.kernels import common
from paperflow.kernels.dispatch import kernels
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.native import Csr


def edge_softmax(logits: Tensor, g: Graph) -> Tensor:
    """Return weights [E, H] that sum to one in each row and head."""
    return softmax_op(logits, g.ptr, g.eid)


@torch.library.custom_op("paperflow::edge_softmax", mutates_args=())
def softmax_op(logits: Tensor, ptr: Tensor, eid: Tensor | None) -> Tensor:
    """Return the weights."""
    g = Csr(ptr, None, eid, logits.shape[0])
    return kernels("edge_softmax", logits).edge_softmax(g, logits, None)


@softmax_op.register_fake
def _(logits, ptr, eid):
    return logits.new_empty(logits.shape)


@torch.library.custom_op("paperflow::edge_softmax_backward", mutates_args=())
def backward_op(grad: Tensor, weights: Tensor, ptr: Tensor, eid: Tensor | None) -> Tensor:
    """Return the gradient of the logits."""
    g = Csr(ptr, None, eid, weights.shape[0])
    return kernels("edge_softmax", weights).edge_softmax(g, weights, grad)


@backward_op.register_fake
def _(grad, weights, ptr, eid):
    return weights.new_empty(weights.shape)


def _setup(ctx, inputs, output):
    ctx.save_for_backward(output, *inputs[1:])


def _backward(ctx, grad):
    return backward_op(grad, *ctx.saved_tensors), None, None


softmax_op.register_autograd(_backward, setup_context=_setup)
common.refuse_double_backward(backward_op)
