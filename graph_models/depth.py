"""Depth read-outs: what is made of a node's states after each layer, [N, d] each."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Last(nn.Module):
    """The last layer's state."""

    def forward(self, states: Sequence[Tensor]) -> Tensor:
        """Return [N, d]."""
        return states[-1]


class JumpingKnowledge(nn.Module):
    """Join all layers by concatenation and a linear map, or by their maximum (Xu et al. 2018)."""

    def __init__(self, width: int, layers: int, mode: str = "cat") -> None:
        super().__init__()
        self.join = nn.Linear(layers * width, width) if mode == "cat" else None

    def forward(self, states: Sequence[Tensor]) -> Tensor:
        """Return [N, d]."""
        if self.join is None:
            return torch.stack(tuple(states)).amax(0)
        out: Tensor = self.join(torch.cat(tuple(states), 1))
        return out


class History(nn.Module):
    """Signed attention of the last layer to all layers (HISTOGRAPH 2026).

    With sinusoidal layer positions, `c_l = mean_nodes q(h_L) · k(h_l) / √d`, `α = c / Σ c`, and
    the result is `Σ_l α_l h_l`: α may be negative, and sums to 1. It can be put on a frozen model.
    """

    positions: Tensor

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.q, self.k = nn.Linear(width, width), nn.Linear(width, width)
        self.register_buffer("positions", _positions(layers, width))

    def weights(self, states: Tensor) -> Tensor:
        """Return α [L] of the states [L, N, d]."""
        placed = states + self.positions.unsqueeze(1)
        scores = torch.einsum("nd,lnd->ln", self.q(placed[-1]), self.k(placed)).mean(1)
        total = scores.sum()
        return scores / torch.where(total.abs() < 1e-6, 1e-6, total)

    def forward(self, states: Sequence[Tensor]) -> Tensor:
        """Return [N, d]."""
        stacked = torch.stack(tuple(states))
        return torch.einsum("l,lnd->nd", self.weights(stacked), stacked)


def read_out(name: str, width: int, layers: int) -> nn.Module:
    """Return the read-out called `last`, `cat`, `max` or `history`."""
    if name in ("cat", "max"):
        return JumpingKnowledge(width, layers, name)
    if name not in ("last", "history"):
        raise ValueError(f"the read-out must be last, cat, max or history, not {name!r}")
    return History(width, layers) if name == "history" else Last()


def _positions(count: int, width: int) -> Tensor:
    """Return sines and cosines of the places 0, …, count − 1, [count, width]."""
    rate = 10_000.0 ** (-torch.arange(0, width, 2) / width)
    angle = torch.arange(count).unsqueeze(1) * rate
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)[:, :width]
