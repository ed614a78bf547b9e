"""TANGNN (E, Zhang, Xia, Xu 2024, "Graph Neural Networks with Top-m Attention Mechanism").

With an auxiliary unit vector t, in each layer:

    s_i  = cos(ReLU(h_i), t),   M = the m nodes of largest s
    a_i  = Transformer layer in which every node i attends to the nodes of M   (top-m attention)
    b_i  = ReLU(W [h_i ∥ mean_{j ∈ N(i)} h_j])                                 (neighbourhood)
    h_i' = U [b_i ∥ a_i]
    t'   = normalise(t − (t · h̄) h̄),   h̄ the unit mean of h

so that the next layer's choice looks away from what this one has seen. t is a buffer: the choice
of nodes has no gradient. The file that the authors released drops a and never updates t; these
are the paper's equations. With m ≥ N the carrier is complete, and the attention dense.
Shapes: x [N, in], encodings [N, encoding_dim] → [N, out].
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention import Dense, attend
from paperflow.graph_models.blocks import FeedForward, Stem, stack


class TANGNN(nn.Module):
    """Neighbourhood aggregation beside attention to m chosen nodes."""

    auxiliary: Tensor

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 2,
        heads: int = 1,
        m: int = 30,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.layers = stack(layers, lambda: Layer(hidden, heads, m, dropout))
        self.head = nn.Linear(hidden, out_channels)
        self.register_buffer("auxiliary", F.normalize(torch.randn(hidden), dim=0))

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h, t = self.stem(x, encodings), self.auxiliary
        for layer in self.layers:
            h, t = layer(h, t, graph), look_away(t, h)
        out: Tensor = self.head(h)
        return out


class Layer(nn.Module):
    """One layer: top-m attention and neighbourhood, joined."""

    def __init__(self, width: int, heads: int, m: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.m, self.drop = heads, m, nn.Dropout(dropout)
        self.q, self.kv, self.o = (nn.Linear(width, size) for size in (width, 2 * width, width))
        self.feed = FeedForward(width, dropout, expand=4)
        self.norms = stack(2, lambda: nn.LayerNorm(width))
        self.near, self.join = (nn.Linear(2 * width, width) for _ in range(2))

    def forward(self, h: Tensor, t: Tensor, graph: ops.Graph) -> Tensor:
        """Return the nodes [N, width] after this layer."""
        near = self.near(torch.cat([h, ops.spmm(graph, h, op="mean")], 1)).relu()
        out: Tensor = self.join(torch.cat([self.drop(near), self.top_m(h, t)], 1))
        return out

    def top_m(self, h: Tensor, t: Tensor) -> Tensor:
        """Let every node attend to the m nodes that are nearest to t."""
        chosen = h[choose(h, t, self.m)]
        q = self.q(h).view(len(h), self.heads, -1)
        k, v = self.kv(chosen).view(len(chosen), 2, self.heads, -1).unbind(1)
        mixed = attend(q, k, v, Dense(len(h), len(chosen))).flatten(1)
        h = self.norms[0](h + self.drop(self.o(mixed)))
        out: Tensor = self.norms[1](h + self.drop(self.feed(h)))
        return out


def choose(h: Tensor, t: Tensor, m: int) -> Tensor:
    """Return the m nodes of h [N, d] whose positive part has the largest cosine with t [d]."""
    similarity = F.normalize(h.detach().relu(), dim=1) @ t
    return similarity.topk(min(m, len(h))).indices


def look_away(t: Tensor, h: Tensor) -> Tensor:
    """Return t without its part along the mean of h, of length 1."""
    mean = F.normalize(h.detach().mean(0), dim=0)
    return F.normalize(t - (t @ mean) * mean, dim=0)
