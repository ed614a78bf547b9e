"""Weighted reduction of neighbours in plain torch."""

import torch
from torch import Tensor

from paperflow.kernels import segments
from paperflow.kernels.graph import Graph


def spmm(g: Graph, x: Tensor, w: Tensor | None, op: str) -> Tensor:
    """Reduce w [E, H] · x [Ns, H, d] over each destination's edges to [Nd, H, d]."""
    src, dst = g.ends()
    wide = segments.compute_dtype(x)
    messages = x.to(wide)[src]
    if w is not None:
        messages = messages * w.to(wide).unsqueeze(-1)
    return reduce_messages(messages, dst, g.num_dst, op).to(x.dtype)


def reduce_messages(messages: Tensor, rows: Tensor, num: int, op: str) -> Tensor:
    """Reduce messages [E, …] by row to [num, …]; an empty row gives 0."""
    if op in ("max", "min"):
        sign = 1 if op == "max" else -1
        edge = segments.segment_argmax(sign * messages, rows, num)
        padded = torch.cat([messages, messages.new_zeros(1, *messages.shape[1:])])
        return torch.gather(padded, 0, edge)
    total = segments.segment_sum(messages, rows, num)
    if op == "sum":
        return total
    count = segments.segment_sum(torch.ones_like(rows), rows, num).clamp(min=1)
    return total / count.view(-1, *[1] * (total.dim() - 1))
