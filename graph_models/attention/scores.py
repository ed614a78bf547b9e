"""Scores: how well a sender answers a receiver, `score(q, k, at)`.

q [Nd, H, d] and k [Ns, H, d] give one value a pair and head, in the layout `at`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow.graph_models.attention.layout import Layout

Score = Callable[[Tensor, Tensor, Layout], Tensor]


def dot(q: Tensor, k: Tensor, at: Layout) -> Tensor:
    """Score `q · k / √d` (Vaswani et al. 2017)."""
    return at.dot(q, k) / sqrt(q.shape[-1])


def half_l2(q: Tensor, k: Tensor, at: Layout) -> Tensor:
    """Score `−½ ‖q − k‖² / √d` (Ma et al. 2025, PPGT).

    Under a softmax over senders it equals the dot product less ½ ‖k‖².
    """
    lengths = at.receivers(q.square().sum(-1)) + at.senders(k.square().sum(-1))
    return (at.dot(q, k) - 0.5 * lengths) / sqrt(q.shape[-1])


@dataclass(frozen=True)
class Biased:
    """Another score plus a bias [pairs, H]: edge features, hop distance, log-counts."""

    bias: Tensor
    score: Score = dot

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return score + bias."""
        return self.score(q, k, at) + self.bias


@dataclass(frozen=True)
class Bilinear:
    """`q G kᵀ / √d` with G [H, d, d]; G = I is the dot product.

    With G from `PowerLaw` it is power-law graph attention, and G may be kept between calls.
    """

    G: Tensor

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the bilinear form of every pair."""
        return dot(torch.einsum("nhd,hde->nhe", q, self.G), k, at)


@dataclass(frozen=True)
class Relational:
    """`q W_r kᵀ / √d` with the matrix of each pair's relation (RESCAL, Nickel et al. 2011).

    `relation` [E] or [Nd, Ns] names a row of W [R, H, d, d].
    """

    W: Tensor
    relation: Tensor

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the score under each pair's relation; R passes over the pairs."""
        scores = [
            torch.where((self.relation == r).unsqueeze(-1), Bilinear(G)(q, k, at), 0)
            for r, G in enumerate(self.W)
        ]
        return torch.stack(scores).sum(0)


@dataclass(frozen=True)
class Features:
    """`φ(q) · φ(k)` for a positive feature map φ: the evidence of kernel and flow attention."""

    phi: Callable[[Tensor], Tensor]

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the dot products of the features."""
        return at.dot(self.phi(q), self.phi(k))


class Additive(nn.Module):
    """`a · leaky_relu(q + k)` (Brody, Alon, Yahav 2022, GATv2, equation 7)."""

    def __init__(self, heads: int, width: int, slope: float = 0.2) -> None:
        super().__init__()
        self.a, self.slope = nn.Parameter(torch.empty(heads, width)), slope
        nn.init.xavier_uniform_(self.a)

    def forward(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the score of every pair."""
        both = F.leaky_relu(at.receivers(q) + at.senders(k), self.slope)
        return (both * self.a).sum(-1)


class PowerLaw(nn.Module):
    """The curvature tensor G of power-law graph attention (Gokden 2025, PLDR).

    The receivers' density `qᵀq / N` [H, d, d] passes a residual map to a positive metric A;
    potentials `A^p` with learnt exponents p, weighted by learnt couplings a, give `G = Σ a A^p`.
    """

    def __init__(self, heads: int, width: int) -> None:
        super().__init__()
        self.map = nn.Linear(width, width)
        self.power = nn.Parameter(torch.ones(heads, width, width))
        self.coupling = nn.Parameter(torch.eye(width).repeat(heads, 1, 1))

    def forward(self, q: Tensor) -> Tensor:
        """Return G [H, d, d] of q [N, H, d]."""
        density = torch.einsum("nhd,nhe->hde", q, q) / len(q)
        metric = F.softplus(density + F.silu(self.map(density)))
        return self.coupling @ metric.pow(self.power)


def symmetric(w: Tensor) -> Tensor:
    """Return `W Wᵀ` [H, d, d]: q and k share it, and the score of a pair has no direction."""
    return w @ w.transpose(-1, -2)


def momentum(x: Tensor, gamma: float) -> Tensor:
    """Add `γ (x_t − x_{t−1})` along ordered nodes to x [N, …]; the first has no past.

    It is the filter `1 + γ (1 − e^{−iω})` on queries and keys (Momentum attention, 2026).
    """
    past = torch.cat([x[:1], x[:-1]])
    return x + gamma * (x - past)
