"""Spaces of constant curvature in stereographic coordinates, negative, zero, or positive.

Bachmann, Bécigneul and Ganea, "Constant Curvature Graph Convolutional Networks" (2020), with
one formula for all signs of κ. Points are [..., D]; κ is a scalar tensor.
"""

import torch
from torch import Tensor

_SMALL = 1e-15
_EDGE = 1 - 4e-3  # how near to the rim of the ball float32 can still tell points apart


def _tan(x: Tensor, kappa: Tensor) -> Tensor:
    """Return tan_κ: tanh for κ < 0, tan for κ > 0, each over √|κ|; a series near 0."""
    root = kappa.abs().clamp(min=1e-12).sqrt()
    curved = torch.where(
        kappa < 0,
        (root * x).clamp(max=15).tanh(),
        (root * x).clamp(max=torch.pi / 2 - 1e-3).tan(),
    )
    return torch.where(kappa.abs() < 1e-6, x + kappa * x**3 / 3, curved / root)


def _arctan(x: Tensor, kappa: Tensor) -> Tensor:
    """Return the inverse of `_tan`."""
    root = kappa.abs().clamp(min=1e-12).sqrt()
    curved = torch.where(kappa < 0, (root * x).clamp(max=1 - 1e-6).atanh(), (root * x).atan())
    return torch.where(kappa.abs() < 1e-6, x - kappa * x**3 / 3, curved / root)


def _norm(x: Tensor) -> Tensor:
    return (x.pow(2).sum(-1, keepdim=True) + _SMALL).sqrt()


def project(x: Tensor, kappa: Tensor) -> Tensor:
    """Return points pulled inside the ball of radius 1/√-κ; as they are for κ ≥ 0."""
    norm = _norm(x)
    most = _EDGE / kappa.abs().clamp(min=1e-12).sqrt()
    return torch.where((kappa < 0) & (norm > most), x / norm * most, x)


def from_tangent(v: Tensor, kappa: Tensor) -> Tensor:
    """Return exp_0(v): the point reached from the origin along v."""
    norm = _norm(v)
    return project(_tan(norm, kappa) * v / norm, kappa)


def to_tangent(x: Tensor, kappa: Tensor) -> Tensor:
    """Return log_0(x), the inverse of `from_tangent`."""
    norm = _norm(x)
    return _arctan(norm, kappa) * x / norm


def distance(x: Tensor, y: Tensor, kappa: Tensor) -> Tensor:
    """Return the distance [...] of points; at κ = 0 twice the Euclidean one, as is its limit."""
    dot = (x * y).sum(-1, keepdim=True)
    x2, y2 = x.pow(2).sum(-1, keepdim=True), y.pow(2).sum(-1, keepdim=True)
    # ‖(-x) ⊕ y‖² in closed form: the Möbius difference itself is not needed.
    gap = (x - y).pow(2).sum(-1, keepdim=True)
    below = (1 + 2 * kappa * dot + kappa**2 * x2 * y2).clamp(min=_SMALL)
    norm = (gap / below + _SMALL).sqrt()
    return 2 * _arctan(norm, kappa).squeeze(-1)
