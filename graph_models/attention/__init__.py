"""The attention operator: carrier, score, link and update are its four inputs.

    weights = link(score(q, k, carrier), carrier)
    out     = update(weights, v, carrier)

A carrier says who may look at whom: `Edges(graph)` on the kernels, or `Dense(…)`; both give the
same result. Every model of this package is a choice of the four (after Geometric Attention, 2026).
"""

import torch.nn.functional as F
from torch import Tensor

from paperflow import ops
from paperflow.graph_models.attention.layout import Dense, Edges, Layout
from paperflow.graph_models.attention.links import Link, softmax
from paperflow.graph_models.attention.scores import Additive, Biased, Score, dot
from paperflow.graph_models.attention.updates import Update, mix

__all__ = ["Dense", "Edges", "Layout", "Link", "Score", "Update", "attend"]


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    carrier: Layout,
    score: Score = dot,
    link: Link = softmax,
    update: Update = mix,
    dropout: float = 0.0,
) -> Tensor:
    """Let receivers q [Nd, H, d] attend to senders k [Ns, H, d] with values v [Ns, H, e].

    `dropout` is the rate at which weights are dropped. Returns [Nd, H, e], or what `update`
    makes of it. Where one kernel computes the whole, it does.
    """
    if link is softmax and update is mix and q.shape[1:] == v.shape[1:]:
        fused = _fused(q, k, v, carrier, score, dropout)
        if fused is not None:
            return fused
    weights = link(score(q, k, carrier), carrier)
    return update(F.dropout(weights, dropout), v, carrier)


def _fused(
    q: Tensor, k: Tensor, v: Tensor, carrier: Layout, score: Score, dropout: float
) -> Tensor | None:
    """Return softmax attention by one kernel, or None where there is none for the score."""
    if score is dot:
        return carrier.attention(q, k, v, None, dropout)
    if isinstance(score, Biased) and score.score is dot:
        return carrier.attention(q, k, v, score.bias, dropout)
    if isinstance(score, Additive) and isinstance(carrier, Edges):
        return ops.gatv2_attention(k, q, v, score.a, carrier.graph, score.slope, dropout)
    return None
