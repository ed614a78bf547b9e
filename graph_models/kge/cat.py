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

    def forward(self, tokens: Tensor, asking: int | None = None) -> Tensor:
        """Return what the first `asking` tokens A, all by default, attend to [B, A, D]."""
        batch, count, _ = tokens.shape
        parts = self.project(tokens).view(batch, count, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        mixed = self.logits(q[:, :, :asking], k).softmax(-1) @ v
        out: Tensor = mixed.transpose(1, 2).flatten(2)
        return out

    def logits(self, q: Tensor, k: Tensor) -> Tensor:
        """Return logits [B, H, A, T] of queries [B, H, A, d] and keys [B, H, T, d]."""
        if not self.sign:
            return q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        kappa = self.sign * softplus(self.raw_curvature).unsqueeze(-1)
        return geodesic(q.unsqueeze(-2), k.unsqueeze(-3), kappa, softplus(self.raw_sharpness))


class CATBlock(nn.Module):
    """Gated attention of several geometries and a feed-forward net, each with pre-norm.

    What both add begins near nothing.
    """

    def __init__(
        self, width: int, heads: int, geometries: Sequence[Geometry], dropout: float
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(GeometricBranch(width, heads, name) for name in geometries)
        self.gate = nn.Linear(width, len(geometries))
        self.join, self.dropout = nn.Linear(width, width), nn.Dropout(dropout)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        wide, last = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.feed = nn.Sequential(wide, nn.GELU(), nn.Dropout(dropout), last)
        for adding in (self.join, last):
            nn.init.normal_(adding.weight, std=0.02)
            nn.init.zeros_(adding.bias)

    def forward(self, tokens: Tensor, asking: int | None = None) -> Tensor:
        """Return the first `asking` of the tokens [B, T, D], all by default, after one block."""
        x, tokens = self.first(tokens), tokens[:, :asking]
        shares = self.gate(x[:, :asking]).softmax(-1)
        told = [branch(x, asking) for branch in self.branches]
        mixed = torch.stack(told, -1) @ shares.unsqueeze(-1)
        tokens = tokens + self.dropout(self.join(mixed.squeeze(-1)))
        fed: Tensor = self.dropout(self.feed(self.second(tokens)))
        return tokens + fed


class CAT(KnowledgeModel):
    """Answers with the state of a question token that attends to head and relation.

    The question begins at the head, which the relation scales, turns in planes, and moves (MuRE:
    Balažević et al., 2019; RotE: Chami et al., 2020); the blocks add to it. Its distances to the
    tails rank them: the score is q · t - ‖t‖²/2 + b_t, and b_t is the last number of an entity.
    `geometries` names the branches; the same one several times is a fixed geometry of equal
    size. `width` is even.
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
        self.width, self.parts = width, [width, width, width // 2]
        super().__init__(num_entities, num_relations, width + 1, sum(self.parts), scale=width**-0.5)
        nn.init.zeros_(self.entity.weight.data[:, width:])
        scale, _, angle = torch.split(self.relation.weight.data, self.parts, -1)
        nn.init.ones_(scale)
        nn.init.normal_(angle, std=0.5)
        self.question = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(
            CATBlock(width, heads, geometries, dropout) for _ in range(layers)
        )
        self.before = nn.Dropout(dropout)

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the question token's last state [..., D]."""
        head = head[..., : self.width]
        scale, move, angle = torch.split(relation, self.parts, -1)
        question = self.question + turned(head * scale, angle) + move
        head, move = head.expand_as(question), move.expand_as(question)
        tokens = torch.stack([question, head, move], -2).flatten(0, -3)
        tokens = self.before(tokens)
        *blocks, last = self.blocks
        for block in blocks:
            tokens = block(tokens)
        state: Tensor = last(tokens, asking=1)
        return state.view(question.shape)

    def compare(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return scores [..., K] of queries [..., D] and tails [..., K, D + 1]."""
        return super().compare(query, tails[..., : self.width]) + self._alone(tails)

    def compare_all(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return scores [B, K] of every query [B, D] with every tail [K, D + 1]."""
        return super().compare_all(query, tails[:, : self.width]) + self._alone(tails)

    def _alone(self, tails: Tensor) -> Tensor:
        """Return what tails [..., D + 1] have without a question: b - ‖t‖²/2."""
        return tails[..., self.width] - tails[..., : self.width].pow(2).sum(-1) / 2


def turned(x: Tensor, angle: Tensor) -> Tensor:
    """Return x [..., D] with number i and i + D/2 turned as a plane by angle [..., D/2]."""
    (a, b), cos, sin = x.chunk(2, -1), angle.cos(), angle.sin()
    return torch.cat([cos * a - sin * b, sin * a + cos * b], -1)
