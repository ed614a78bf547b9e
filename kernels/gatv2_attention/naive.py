"""GATv2 attention in plain torch: the truth that the other backends are held to."""

from torch import Tensor
from torch.nn.functional import leaky_relu

from paperflow.kernels import segments
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.naive import attend


def gatv2_attention(
    l: Tensor,  # noqa: E741
    r: Tensor,
    v: Tensor,
    att: Tensor,
    g: Graph,
    slope: float,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and log-sum-exp [Nd, H]."""
    src, dst = g.ends()
    wide = segments.compute_dtype(l)
    hidden = leaky_relu(l.to(wide)[src] + r.to(wide)[dst], slope)
    logits = (hidden * att.to(wide)).sum(-1)
    out, lse, _ = attend(logits, v, g, None, 0, dropout, seed)
    return out, lse
