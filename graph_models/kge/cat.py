"""CAT: a transformer over (head, relation) that attends in several geometries at once.

After "Curvature-Adaptive Transformers" (2025): each token's gate mixes Euclidean, hyperbolic,
and spherical attention. In branch c with curvature κ_c, queries and keys are points
x = exp_0(Wx) and logits are -d_κ(q, k) · τ; values are summed in the tangent space at 0:

    out_i = Σ_c g_ic W_o Σ_j softmax_j(-τ d_κc(q_ci, k_cj)) v_cj,   g_i = softmax(W_g x_i)

The Euclidean branch has scaled dot products. Curvatures are learnt, their signs are kept.
"""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from paperflow.graph_models.attention.scores import geodesic
from paperflow.graph_models.kge.base import KnowledgeModel

Geometry = Literal["euclidean", "hyperbolic", "spherical"]
ALL: tuple[Geometry, ...] = ("euclidean", "hyperbolic", "spherical")
_SIGN = {"euclidean": 0.0, "hyperbolic": -1.0, "spherical": 1.0}


class GeometricBranch(nn.Module):
    """Attention of one geometry among the tokens [B, T, D], with `heads` heads."""

    def __init__(self, width: int, heads: int, geometry: Geometry) -> None:
        super().__init__()
        self.heads, self.sign = heads, _SIGN[geometry]
        self.project = nn.Linear(width, 3 * width)
        if self.sign:
            self.raw_curvature = nn.Parameter(torch.zeros(heads, 1, 1))
            self.raw_sharpness = nn.Parameter(torch.zeros(heads, 1, 1))

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the attended values [B, T, D], heads side by side."""
        batch, count, _ = tokens.shape
        parts = self.project(tokens).view(batch, count, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = self.logits(q, k).softmax(-1) @ v
        out: Tensor = mixed.transpose(1, 2).reshape(batch, count, -1)
        return out

    def logits(self, q: Tensor, k: Tensor) -> Tensor:
        """Return logits [B, H, T, T] of queries and keys [B, H, T, d]."""
        if not self.sign:
            return q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        kappa = self.sign * softplus(self.raw_curvature).unsqueeze(-1)
        return geodesic(q.unsqueeze(-2), k.unsqueeze(-3), kappa, softplus(self.raw_sharpness))


class CATBlock(nn.Module):
    """Gated attention of several geometries and a feed-forward net, each with pre-norm."""

    def __init__(
        self, width: int, heads: int, geometries: Sequence[Geometry], dropout: float
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(GeometricBranch(width, heads, name) for name in geometries)
        self.gate = nn.Linear(width, len(geometries))
        self.join, self.dropout = nn.Linear(width, width), nn.Dropout(dropout)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the tokens [B, T, D] after one block."""
        x = self.first(tokens)
        shares = self.gate(x).softmax(-1)
        mixed = torch.stack([branch(x) for branch in self.branches], -1) @ shares.unsqueeze(-1)
        tokens = tokens + self.dropout(self.join(mixed.squeeze(-1)))
        fed: Tensor = self.dropout(self.feed(self.second(tokens)))
        return tokens + fed


class CAT(KnowledgeModel):
    """Answers with the state of a question token that attends to head and relation.

    `geometries` names the branches; the same one several times is a fixed geometry of equal
    size. The score of a tail is its dot product with the answer, plus its own bias.
    """

    def __init__(
        self,
        num_entities: int,
        num_relations: int,
        width: int = 32,
        *,
        layers: int = 2,
        heads: int = 2,
        geometries: Sequence[Geometry] = ALL,
        dropout: float = 0.1,
    ) -> None:
        super().__init__(num_entities, num_relations, width, scale=width**-0.5)
        self.question = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(
            CATBlock(width, heads, geometries, dropout) for _ in range(layers)
        )
        self.norm, self.before = nn.LayerNorm(width), nn.Dropout(dropout)

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the question token's last state [..., D]."""
        question = self.question + head * relation
        head, relation = head.expand_as(question), relation.expand_as(question)
        tokens = torch.stack([question, head, relation], -2).flatten(0, -3)
        tokens = self.before(tokens)
        for block in self.blocks:
            tokens = block(tokens)
        state: Tensor = self.norm(tokens[:, 0])
        return state.view(head.shape)
