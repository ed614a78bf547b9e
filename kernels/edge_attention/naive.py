"""Attention with given logits in plain torch: the truth for the other backends."""

from torch import Tensor

from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.naive import attend


def edge_attention(
    logits: Tensor, v: Tensor, g: Graph, dropout: float, seed: Tensor
) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and log-sum-exp [Nd, H]."""
    out, lse, _ = attend(logits, v, g, None, 0, dropout, seed)
    return out, lse
