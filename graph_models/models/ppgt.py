"""PPGT (Ma et al. 2025, "Plain Transformers Can be Powerful Graph Learners").

A plain pre-norm Transformer with three changes:

    score   −½ ‖q_i − k_j‖² / √d + w · P_ij       simplified L2 attention, pair encodings P
    weight  softmax_j(score) · (1 + u · P_ij)     the pair's gate (URPE, Luo et al. 2022)
    norm    RMSNorm(x) ⊙ rms(α ⊙ x + β)           adaptive: α = 0, β = 1 is RMSNorm, α = 1, β = 0
                                                  the identity, which keeps magnitudes
    stem    P_ij = MLP(RRWP_ij)                    before the first block

The graph is the carrier: complete for small graphs (`carriers.complete`), k-hop for large ones;
`edge_attr` [E, edge_dim] holds its pairs' encodings (`encodings.relative_random_walk`).
Shapes: x [N, in], encodings [N, encoding_dim] → [N, out].
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention import Edges
from paperflow.graph_models.attention.scores import half_l2
from paperflow.graph_models.blocks import Attention, FeedForward, Stem, Transformer, stack


class PPGT(nn.Module):
    """A plain Transformer over pairs with encodings."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 3,
        heads: int = 4,
        dropout: float = 0.0,
        encoding_dim: int = 0,
        edge_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.pairs = _pair_stem(edge_dim, hidden, 2 * layers * heads) if edge_dim else None
        self.layers = stack(layers, lambda: _layer(hidden, heads, dropout))
        self.norm, self.head = AdaptiveNorm(hidden), nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]."""
        h, at = self.stem(x, encodings), Edges(graph)
        about: tuple[tuple[Tensor, ...], ...] = ((),) * len(self.layers)
        if self.pairs is not None:
            about = _bias_and_gate(self.pairs(edge_attr), len(self.layers))
        for layer, bias_and_gate in zip(self.layers, about, strict=True):
            h = layer(h, at, *bias_and_gate)
        out: Tensor = self.head(self.norm(h))
        return out


class AdaptiveNorm(nn.Module):
    """`RMSNorm(x) ⊙ rms(α ⊙ x + β)` (equation 6)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha, self.beta = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Return the normed x [N, width]."""
        scale = ((self.alpha * x + self.beta).square().mean(-1, keepdim=True) + 1e-6).sqrt()
        return F.rms_norm(x, x.shape[-1:], eps=1e-6) * scale


def _pair_stem(edge_dim: int, hidden: int, out: int) -> nn.Module:
    parts = [nn.Linear(edge_dim, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU()]
    return nn.Sequential(*parts, nn.Linear(hidden, out, bias=False))


def _bias_and_gate(pairs: Tensor, layers: int) -> tuple[tuple[Tensor, ...], ...]:
    """Return each layer's bias and gate [E, H] of what the stem made of the pairs [E, 2LH]."""
    halves = (part.chunk(2, -1) for part in pairs.chunk(layers, -1))
    return tuple((bias, 1 + gate) for bias, gate in halves)


def _layer(width: int, heads: int, dropout: float) -> Transformer:
    mixer = Attention(width, heads, score=half_l2, dropout=dropout)
    return Transformer(
        width,
        mixer,
        norm=AdaptiveNorm,
        feed=lambda: FeedForward(width, dropout, act=nn.GELU),
        dropout=dropout,
    )
