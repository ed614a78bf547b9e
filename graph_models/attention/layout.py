"""Where the pairs of a carrier lie: one row an edge, or a dense matrix.

Scores, links and updates are written once, over either layout. A tensor of pairs is [E, H, …] in
`Edges`, in the order in which the graph's edges were given, and [Nd, Ns, H, …] in `Dense`.
"""

from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from paperflow import ops


class Edges:
    """The pairs of a sparse carrier; the work runs on the kernels."""

    def __init__(self, graph: ops.Graph) -> None:
        self.graph = graph

    def ends(self) -> tuple[Tensor, Tensor]:
        """Return the receiver and the sender of every pair, [E] each."""
        senders, receivers = self.graph.ends()
        return receivers, senders

    def dot(self, a: Tensor, b: Tensor) -> Tensor:
        """Return `a[receiver] · b[sender]` of every pair, [E, H]."""
        return ops.sddmm(self.graph, a, b).to(a.dtype)

    def receivers(self, x: Tensor) -> Tensor:
        """Give every pair its receiver's row of x [Nd, …]."""
        return x[self.graph.ends()[1]]

    def senders(self, x: Tensor) -> Tensor:
        """Give every pair its sender's row of x [Ns, …]."""
        return x[self.graph.ends()[0]]

    def sum_in(self, pairs: Tensor) -> Tensor:
        """Sum pairs [E, …] over each receiver's senders, [Nd, …]."""
        return _sum(pairs, self.graph)

    def sum_out(self, pairs: Tensor) -> Tensor:
        """Sum pairs [E, …] over each sender's receivers, [Ns, …]."""
        return _sum(pairs, self.graph.T)

    def sum_all(self, pairs: Tensor) -> Tensor:
        """Sum pairs [E, …] to […]."""
        return pairs.sum(0)

    def softmax_in(self, pairs: Tensor) -> Tensor:
        """Normalise exp(pairs) over each receiver's senders."""
        return ops.edge_softmax(pairs, self.graph)

    def softmax_out(self, pairs: Tensor) -> Tensor:
        """Normalise exp(pairs) over each sender's receivers."""
        return ops.edge_softmax(pairs, self.graph.T)

    def keep_top(self, pairs: Tensor, m: int) -> Tensor:
        """Set to -inf all but the m largest pairs [E, H] of each receiver and head."""
        rows = self.graph.ends()[1].unsqueeze(1).expand_as(pairs)
        order = pairs.detach().argsort(dim=0, descending=True, stable=True)
        order = order.gather(0, rows.gather(0, order).argsort(dim=0, stable=True))
        place = torch.arange(len(pairs), device=pairs.device).unsqueeze(1)
        rank = place - self.graph.ptr[rows.gather(0, order)]
        kept = torch.zeros_like(order, dtype=torch.bool).scatter(0, order, rank < m)
        return pairs.masked_fill(~kept, -torch.inf)

    def mix(self, weights: Tensor, v: Tensor) -> Tensor:
        """Sum v [Ns, H, d] over each receiver's senders by weights [E, H], [Nd, H, d]."""
        return ops.spmm(self.graph, v, weights)

    def extreme(self, weights: Tensor, v: Tensor, op: str) -> Tensor:
        """Return the `max` or `min` of weights · v over each receiver's senders, [Nd, H, d]."""
        return ops.spmm(self.graph, v, weights, op)

    def attention(
        self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, dropout: float
    ) -> Tensor:
        """Run scaled dot-product attention in one kernel."""
        out = ops.graph_attention(q, k, v, self.graph, bias=bias, dropout=dropout)
        assert isinstance(out, Tensor)
        return out


class Dense:
    """All pairs of `num_dst` receivers and `num_src` senders, or those that `mask` names."""

    def __init__(self, num_dst: int, num_src: int, mask: Tensor | None = None) -> None:
        self.num_dst, self.num_src, self.mask = num_dst, num_src, mask

    @classmethod
    def of(cls, graph: ops.Graph) -> Self:
        """Make the dense layout of a graph; ValueError where a pair has several edges."""
        src, dst = graph.ends()
        mask = torch.zeros(graph.num_dst, graph.num_src, dtype=torch.bool, device=graph.device)
        mask[dst, src] = True
        if int(mask.sum()) != graph.num_edges:
            raise ValueError("a dense carrier can't hold several edges between the same two nodes")
        return cls(graph.num_dst, graph.num_src, mask)

    def _inside(self, pairs: Tensor, outside: float) -> Tensor:
        if self.mask is None:
            return pairs.expand(self.num_dst, self.num_src, *pairs.shape[2:])
        mask = self.mask.view(*self.mask.shape, *[1] * (pairs.dim() - 2))
        return torch.where(mask, pairs, outside)

    def ends(self) -> tuple[Tensor, Tensor]:
        """Return the receiver and the sender of every pair, row by row, [Nd · Ns] each."""
        receivers, senders = torch.arange(self.num_dst), torch.arange(self.num_src)
        return receivers.repeat_interleave(self.num_src), senders.repeat(self.num_dst)

    def dot(self, a: Tensor, b: Tensor) -> Tensor:
        """Return `a[receiver] · b[sender]` of every pair, [Nd, Ns, H]."""
        return torch.einsum("nhd,mhd->nmh", a, b)

    def receivers(self, x: Tensor) -> Tensor:
        """Give every pair its receiver's row of x [Nd, …], by broadcasting."""
        return x.unsqueeze(1)

    def senders(self, x: Tensor) -> Tensor:
        """Give every pair its sender's row of x [Ns, …], by broadcasting."""
        return x.unsqueeze(0)

    def sum_in(self, pairs: Tensor) -> Tensor:
        """Sum pairs [Nd, Ns, …] over each receiver's senders, [Nd, …]."""
        return self._inside(pairs, 0.0).sum(1)

    def sum_out(self, pairs: Tensor) -> Tensor:
        """Sum pairs [Nd, Ns, …] over each sender's receivers, [Ns, …]."""
        return self._inside(pairs, 0.0).sum(0)

    def sum_all(self, pairs: Tensor) -> Tensor:
        """Sum pairs [Nd, Ns, …] to […]."""
        return self._inside(pairs, 0.0).sum((0, 1))

    def softmax_in(self, pairs: Tensor) -> Tensor:
        """Normalise exp(pairs) over each receiver's senders."""
        return _softmax(self._inside(pairs, -torch.inf), 1)

    def softmax_out(self, pairs: Tensor) -> Tensor:
        """Normalise exp(pairs) over each sender's receivers."""
        return _softmax(self._inside(pairs, -torch.inf), 0)

    def keep_top(self, pairs: Tensor, m: int) -> Tensor:
        """Set to -inf all but the m largest pairs [Nd, Ns, H] of each receiver and head."""
        inside = self._inside(pairs, -torch.inf)
        order = inside.detach().argsort(dim=1, descending=True, stable=True)
        rank = order.argsort(dim=1)
        return inside.masked_fill(rank >= m, -torch.inf)

    def mix(self, weights: Tensor, v: Tensor) -> Tensor:
        """Sum v [Ns, H, d] over each receiver's senders by weights [Nd, Ns, H], [Nd, H, d]."""
        return torch.einsum("nmh,mhd->nhd", self._inside(weights, 0.0), v)

    def extreme(self, weights: Tensor, v: Tensor, op: str) -> Tensor:
        """Return the `max` or `min` of weights · v over each receiver's senders, [Nd, H, d]."""
        sign = 1 if op == "max" else -1
        messages = self._inside(sign * weights.unsqueeze(-1) * v.unsqueeze(0), -torch.inf)
        best = messages.amax(1)
        return sign * torch.where(best == -torch.inf, 0, best)

    def attention(
        self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, dropout: float
    ) -> Tensor:
        """Run torch's scaled dot-product attention; a receiver without senders gets 0."""
        mask = self.mask
        if bias is not None:
            mask = self._inside(bias, -torch.inf).permute(2, 0, 1)
        q, k, v = (x.transpose(0, 1).unsqueeze(0) for x in (q, k, v))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        return out.squeeze(0).transpose(0, 1)


Layout = Edges | Dense


def _sum(pairs: Tensor, graph: ops.Graph) -> Tensor:
    """Sum pairs [E, …] of a graph over each destination's edges."""
    return ops.segment_reduce(pairs if graph.eid is None else pairs[graph.eid], graph.ptr)


def _softmax(pairs: Tensor, dim: int) -> Tensor:
    """Return the softmax along `dim`, 0 where all is -inf, without NaN in the gradient."""
    top = pairs.detach().amax(dim, keepdim=True)
    weights = torch.exp(pairs - torch.where(top == -torch.inf, 0, top))
    total = weights.sum(dim, keepdim=True)
    return weights / torch.where(total == 0, 1, total)
