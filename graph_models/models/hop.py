"""Hop transformer: attention over each node's hops (after NAGphormer, Chen et al. 2023), made
robust by random propagation (after GRAND, Feng et al. 2020).

    T_0 = DropNode(W dropout(x)),  T_k = D̂^{-½} (A + I) D̂^{-½} T_{k−1}        tokens 0, …, K
    α_k = softmax_k((mean_l T_l + c) M T_k / √d + b_k)            per head, M = Q Kᵀ in one matrix
    h   = ReLU(‖_heads Σ_k α_k T_k + c),  out = U dropout(h)

DropNode takes whole nodes out, so two passes over a graph are two views of it, and `agreement`
asks both for the same, sharpened, classes on all nodes, labelled or not. Projecting first and
propagating then is the same as the reverse, at the width of the hidden layer.
Shapes: x [N, in], dense or sparse (COO), encodings [N, encoding_dim] → [N, out].
"""

from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops


class HopTransformer(nn.Module):
    """Attention over hops, with dropped nodes."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        hops: int = 8,
        heads: int = 1,
        dropout: float = 0.0,
        drop_nodes: float = 0.0,
        drop_features: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.hops, self.heads = hops, heads
        self.drop_nodes, self.drop_features = drop_nodes, drop_features
        self.weight = nn.Parameter(torch.empty(in_channels, hidden))
        nn.init.uniform_(self.weight, -1 / sqrt(hidden), 1 / sqrt(hidden))
        self.encodings = nn.Linear(encoding_dim, hidden, bias=False) if encoding_dim else None
        self.match = nn.Parameter(torch.randn(hidden, heads, hidden) / hidden)
        self.hop = nn.Parameter(torch.zeros(hops + 1, 1, heads))
        self.bias = nn.Parameter(torch.zeros(hidden))
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h = self._drop(x) @ self.weight
        if self.encodings is not None:
            h = h + self.encodings(encodings)
        keep = F.dropout(torch.ones_like(h[:, :1]), self.drop_nodes, self.training)
        mixed = self.mix(self.tokens(h * keep, graph))
        out: Tensor = self.head(self.drop((mixed + self.bias).relu()))
        return out

    def tokens(self, h: Tensor, graph: ops.Graph) -> Tensor:
        """Return the hops of h [N, d], [K + 1, N, d]."""
        scale = (graph.ptr.diff() + 1).to(h.dtype).rsqrt().unsqueeze(1)
        found = [h]
        for _ in range(self.hops):
            scaled = scale * found[-1]
            found.append(scale * (ops.spmm(graph, scaled) + scaled))
        return torch.stack(found)

    def mix(self, tokens: Tensor) -> Tensor:
        """Let each node attend to its own hops, [K + 1, N, d] to [N, d]."""
        asked = (tokens.mean(0) + self.bias) @ self.match.flatten(1)
        # Products and sums, since many matrix products of a node's few hops are slow.
        scores = (asked.view(len(asked), self.heads, -1) * tokens.unsqueeze(2)).sum(-1)
        scores = scores / sqrt(tokens.shape[-1]) + self.hop
        weights: Tensor = scores.softmax(0).unsqueeze(-1)
        values = tokens.view(*scores.shape, -1)
        return (weights * values).sum(0).flatten(1)

    def _drop(self, x: Tensor) -> Tensor:
        if not x.is_sparse:
            return F.dropout(x, self.drop_features, self.training)
        values = F.dropout(x.values(), self.drop_features, self.training)
        return torch.sparse_coo_tensor(
            x.indices(), values, x.shape, is_coalesced=True, check_invariants=False
        )


def agreement(views: Tensor, temperature: float) -> Tensor:
    """Return how far views [S, N, C] of logits are from their sharpened mean (GRAND, eqs. 3-5)."""
    chances = views.softmax(-1)
    mean = chances.mean(0).pow(1 / temperature)
    target = (mean / mean.sum(-1, keepdim=True)).detach()
    return (chances - target).square().sum(-1).mean()
