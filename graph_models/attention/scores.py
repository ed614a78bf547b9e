"""Scores: how well a sender answers a receiver, `score(q, k, at)`.

q [Nd, H, d] and k [Ns, H, d] give one value a pair and head, in the layout `at`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow.graph_models.attention.geometry import distance, from_tangent
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
    """`q G kᵀ / √d` with G [H, d, d]; G = I is the dot product."""

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
        """Return the score under each pair's relation."""

        def under(r: int, q: Tensor, k: Tensor) -> Tensor:
            return (_turned(q, self.W[r]) * k).sum(-1) / sqrt(k.shape[-1])

        return _by_relation(self.relation, len(self.W), q, k, at, under)


@dataclass(frozen=True)
class TransR:
    """`W_r k · tanh(W_r q + e_r)`: how near k lies to q, moved by the relation (KGAT, equation 4).

    `relation` [E] or [Nd, Ns] names a row of W [R, H, d, e] and of the shifts e [R, H, e].
    """

    W: Tensor
    shift: Tensor
    relation: Tensor

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the score under each pair's relation."""

        def under(r: int, q: Tensor, k: Tensor) -> Tensor:
            asked = (_turned(q, self.W[r]) + self.shift[r]).tanh()
            return (_turned(k, self.W[r]) * asked).sum(-1)

        return _by_relation(self.relation, len(self.W), q, k, at, under)


@dataclass(frozen=True)
class Geodesic:
    """`−τ d_κ(exp_0(q / √d), exp_0(k / √d))`: near points of a curved space (CAT, 2025).

    The curvature κ [H] is negative in hyperbolic heads and positive in spherical ones; at 0 the
    score is `−2τ ‖q − k‖ / √d`. The sharpness τ [H] is positive.
    """

    curvature: Tensor
    sharpness: Tensor

    def __call__(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return minus the distances, times the sharpness."""
        kappa = self.curvature.unsqueeze(-1)
        return geodesic(at.receivers(q), at.senders(k), kappa, self.sharpness)


def geodesic(q: Tensor, k: Tensor, kappa: Tensor, tau: Tensor) -> Tensor:
    """Return `−τ d_κ` [...] of tangent vectors q and k [..., d], scaled by 1/√d; κ is [..., 1]."""
    asked, answer = (from_tangent(x / sqrt(x.shape[-1]), kappa) for x in (q, k))
    return -tau * distance(asked, answer, kappa)


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
    """`q G kᵀ / √d` with the curvature tensor G of q (Gokden 2025, power-law graph attention).

    The receivers' density `qᵀq / N` [H, d, d] passes a residual map to a positive metric A;
    potentials `A^p` with learnt exponents p, weighted by learnt couplings a, give `G = Σ a A^p`.
    A kept G gives the same score as `Bilinear(G)`.
    """

    def __init__(self, heads: int, width: int) -> None:
        super().__init__()
        self.map = nn.Linear(width, width)
        self.power = nn.Parameter(torch.ones(heads, width, width))
        self.coupling = nn.Parameter(torch.eye(width).repeat(heads, 1, 1))

    def curvature(self, q: Tensor) -> Tensor:
        """Return G [H, d, d] of q [N, H, d]."""
        density = torch.einsum("nhd,nhe->hde", q, q) / len(q)
        metric = F.softplus(density + F.silu(self.map(density)))
        return self.coupling @ metric.pow(self.power)

    def forward(self, q: Tensor, k: Tensor, at: Layout) -> Tensor:
        """Return the score of every pair."""
        return Bilinear(self.curvature(q))(q, k, at)


def symmetric(w: Tensor) -> Tensor:
    """Return `W Wᵀ` [H, d, d]: q and k share it, and the score of a pair has no direction."""
    return w @ w.transpose(-1, -2)


def momentum(x: Tensor, gamma: float) -> Tensor:
    """Add `γ (x_t − x_{t−1})` along ordered nodes to x [N, …]; the first has no past.

    It is the filter `1 + γ (1 − e^{−iω})` on queries and keys (Momentum attention, 2026).
    """
    past = torch.cat([x[:1], x[:-1]])
    return x + gamma * (x - past)


def _turned(x: Tensor, W: Tensor) -> Tensor:
    """Return x [B, H, d] by each head's matrix of W [H, d, e]."""
    return (x.transpose(0, 1) @ W).transpose(0, 1)


def _by_relation(
    relation: Tensor,
    count: int,
    q: Tensor,
    k: Tensor,
    at: Layout,
    under: Callable[[int, Tensor, Tensor], Tensor],
) -> Tensor:
    """Score all pairs of one relation together by `under(r, their q, their k)`."""
    receivers, senders = (end.to(q.device) for end in at.ends())
    kind = relation.flatten()
    order = kind.argsort(stable=True)
    parts = torch.split(order, kind.bincount(minlength=count).tolist())
    found = [under(r, q[receivers[rows]], k[senders[rows]]) for r, rows in enumerate(parts)]
    return torch.cat(found)[order.argsort()].view(*relation.shape, -1)
