"""Updates: what a receiver makes of its weighted senders, `update(weights, v, at)`.

weights are pairs [.., H] and v is [Ns, H, d]; the result is [Nd, H, …]. All but `mix` and
`EdgeMix` read a receiver's own value too, so their carriers have the same nodes on both sides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow.graph_models.attention.layout import Layout
from paperflow.graph_models.attention.links import TINY

Update = Callable[[Tensor, Tensor, Layout], Tensor]


def mix(weights: Tensor, v: Tensor, at: Layout) -> Tensor:
    """Return the weighted sum of v."""
    return at.mix(weights, v)


@dataclass(frozen=True)
class EdgeMix:
    """The weighted sum of v plus a value [pairs, H, d] of each pair (TransformerConv, GINE)."""

    value: Tensor

    def __call__(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return `Σ w (v + value)`."""
        return at.mix(weights, v) + at.sum_in(weights.unsqueeze(-1) * self.value)


@dataclass(frozen=True)
class Gin:
    """`mlp((1 + ε) v + Σ w v)` (Xu et al. 2019; on attention: Buehler 2025)."""

    mlp: Callable[[Tensor], Tensor]
    eps: float | Tensor = 0.0

    def __call__(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return the isomorphic update."""
        return self.mlp((1 + self.eps) * v + at.mix(weights, v))


def pna(weights: Tensor, v: Tensor, at: Layout) -> Tensor:
    """Return mean, deviation, maximum and minimum of `w v`, [N, H, 4d] (Corso et al. 2020)."""
    count = at.sum_in(torch.ones_like(weights)).clamp(min=1).unsqueeze(-1)
    mean = at.mix(weights, v) / count
    spread = (at.mix(weights.square(), v.square()) / count - mean.square()).relu()
    ends = [at.extreme(weights, v, op) for op in ("max", "min")]
    return torch.cat([mean, (spread + 1e-5).sqrt(), *ends], -1)


@dataclass(frozen=True)
class Neumann:
    """`Σ_{k=1..steps} γ^k W^k v`: nearly `((I − γW)⁻¹ − I) v` (InfSA; Katz and PageRank).

    For ‖W‖ ≤ 1 it lacks at most `γ^{steps+1} / (1 − γ) · ‖v‖`.
    """

    gamma: float = 0.5
    steps: int = 8

    def __call__(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return the diffused values."""
        total = term = self.gamma * at.mix(weights, v)
        for _ in range(self.steps - 1):
            term = self.gamma * at.mix(weights, term)
            total = total + term
        return total


@dataclass(frozen=True)
class PLaplacian:
    """One step of p-Laplacian smoothing (Fu, Zhao, Bian 2022, equations 11 to 13).

    Symmetric weights W are rescaled to `M = W ‖v_i/√d_i − v_j/√d_j‖^{p−2}`, and the result is
    `α D^{-½} M D^{-½} v + β v` with `α = 1 / (Σ_j M_ij/d_i + 2μ/p)` and `β = 2μα/p`. With p = 2
    and μ = 0 it is the symmetric normalised propagation of a GCN.
    """

    p: float = 2.0
    mu: float = 0.0

    def __call__(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return the smoothed values."""
        degree = at.sum_in(weights) + TINY
        scaled = v / degree.sqrt().unsqueeze(-1)
        gap = (at.receivers(scaled) - at.senders(scaled)).square().sum(-1) + TINY
        m = weights * gap.pow(self.p / 2 - 1)
        alpha: Tensor = 1 / (at.sum_in(m) / degree + 2 * self.mu / self.p + TINY)
        moved = at.mix(m, scaled) / degree.sqrt().unsqueeze(-1)
        return alpha.unsqueeze(-1) * (moved + 2 * self.mu / self.p * v)


class Gated(nn.Module):
    """`g ⊙ Σ w v + (1 − g) ⊙ v` with `g = σ(A [v ∥ Σ w v])` (NiNformer, 2024)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gate = nn.Linear(2 * width, width)

    def forward(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return the gated values."""
        message = at.mix(weights, v)
        gate: Tensor = self.gate(torch.cat([v, message], -1)).sigmoid()
        return gate * message + (1 - gate) * v


class BiInteraction(nn.Module):
    """`leaky(A (v + m)) + leaky(B (v ⊙ m))` with `m = Σ w v` (KGAT 2019, equation 8)."""

    def __init__(self, width: int, out_width: int) -> None:
        super().__init__()
        self.added, self.multiplied = nn.Linear(width, out_width), nn.Linear(width, out_width)

    def forward(self, weights: Tensor, v: Tensor, at: Layout) -> Tensor:
        """Return the joined values [N, H, out_width]."""
        return bi_interaction(v, at.mix(weights, v), self.added, self.multiplied)


def bi_interaction(v: Tensor, message: Tensor, added: nn.Module, multiplied: nn.Module) -> Tensor:
    """Join values and what they hear, `leaky(A (v + m)) + leaky(B (v ⊙ m))`."""
    return F.leaky_relu(added(v + message)) + F.leaky_relu(multiplied(v * message))
