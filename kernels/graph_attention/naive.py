"""Graph attention in plain torch: the truth that the other backends are held to."""

from torch import Tensor

from paperflow.kernels import segments
from paperflow.kernels.graph import Graph


def graph_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    g: Graph,
    bias: Tensor | None,
    edge: Tensor | None,
    edge_q: Tensor | None,
    scale: float,
    top_m: int,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return output [Nd, H, d], log-sum-exp [Nd, H], and mean edge features [Nd, H, c]."""
    src, dst = g.ends()
    wide = segments.compute_dtype(q)
    logits = (q.to(wide)[dst] * k.to(wide)[src]).sum(-1) * scale
    if bias is not None:
        logits = logits + bias
    if edge is not None and edge_q is not None:
        logits = logits + (edge_q.to(wide)[dst] * edge.to(wide).unsqueeze(1)).sum(-1)
    return attend(logits, v, g, edge, top_m, dropout, seed)


def attend(
    logits: Tensor,
    v: Tensor,
    g: Graph,
    edge: Tensor | None,
    top_m: int,
    dropout: float,
    seed: Tensor,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Weigh v [Ns, H, d] and edge features by the softmax of logits [E, H]."""
    src, dst = g.ends()
    if top_m:
        logits = segments.keep_top(logits, dst, g.ptr, top_m)
    weights, lse = segments.softmax(logits, dst, g.num_dst)
    if dropout:
        weights = weights * segments.dropout_mask(weights, dropout, seed)
    wide = weights.unsqueeze(-1)
    out = segments.segment_sum(wide * v.to(weights.dtype)[src], dst, g.num_dst).to(v.dtype)
    if edge is None:
        return out, lse, None
    mean = segments.segment_sum(wide * edge.unsqueeze(1).to(weights.dtype), dst, g.num_dst)
    return out, lse, mean.to(v.dtype)
