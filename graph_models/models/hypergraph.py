"""Hypergraph Transformer (after Chien et al. 2022, "You are AllSet": multiset attention both ways).

Through an incidence graph that leads from N nodes to M hyperedges:

    e  = S + attend(S, h, incidence),      e ← LN(e), e ← LN(e + FFN(e))     nodes to hyperedges
    h' = h + attend(h, e, incidenceᵀ),     h' ← LN(h'), h' ← LN(h' + FFN(h'))  and back

S [heads · d] is learnt and asks each hyperedge the same question. A statement is never expanded
into pairs. Shapes: x [N, in], encodings [N, encoding_dim], graph N → M → [N, out]; a plain graph
serves too, each node's neighbours being a hyperedge.
"""

import torch
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention import Edges, attend
from paperflow.graph_models.blocks import FeedForward, Stem, stack


class HypergraphTransformer(nn.Module):
    """Attention from nodes to hyperedges and back."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 2,
        heads: int = 4,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.layers = stack(layers, lambda: Layer(hidden, heads, dropout))
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h = self.stem(x, encodings)
        for layer in self.layers:
            h, _ = layer(h, graph)
        out: Tensor = self.head(h)
        return out


class Layer(nn.Module):
    """One step from nodes to hyperedges and one back."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.question = nn.Parameter(torch.randn(width) / width**0.5)
        self.gather, self.spread = (Half(width, heads, dropout) for _ in range(2))

    def forward(self, h: Tensor, incidence: ops.Graph) -> tuple[Tensor, Tensor]:
        """Return nodes [N, width] and hyperedges [M, width]."""
        asked = self.question.expand(incidence.num_dst, -1)
        e = self.gather(asked, h, incidence)
        return self.spread(h, e, incidence.T), e


class Half(nn.Module):
    """Receivers attend to their senders; residual, norm and feed-forward follow."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.drop = heads, nn.Dropout(dropout)
        self.q, self.kv, self.o = (nn.Linear(width, size) for size in (width, 2 * width, width))
        self.feed, self.norms = FeedForward(width, dropout), stack(2, lambda: nn.LayerNorm(width))

    def forward(self, x: Tensor, senders: Tensor, graph: ops.Graph) -> Tensor:
        """Return the receivers [Nd, width]."""
        q = self.q(x).view(len(x), self.heads, -1)
        k, v = self.kv(senders).view(len(senders), 2, self.heads, -1).unbind(1)
        x = self.norms[0](x + self.drop(self.o(attend(q, k, v, Edges(graph)).flatten(1))))
        out: Tensor = self.norms[1](x + self.drop(self.feed(x)))
        return out
