"""Selective state spaces over sequences of tokens (Gu, Dao 2023, Mamba), in plain torch.

    Δ_t = softplus(W_Δ x_t),  h_t = exp(Δ_t A) h_{t−1} + Δ_t B_t x_t,  y_t = C_t · h_t + D ⊙ x_t

A [d, n] is negative, B_t and C_t [n] are linear in x_t; each of d channels has n states.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHUNK = 64


def scan(a: Tensor, b: Tensor) -> Tensor:
    """Return h with `h_t = a_t h_{t−1} + b_t`, h_{−1} = 0, along dimension 1 of [B, L, …].

    Within a chunk by doubling, from chunk to chunk in order: time linear in L.
    """
    found, state = [], torch.zeros_like(b[:, :1])
    for first in range(0, a.shape[1], CHUNK):
        a_part, b_part = (x[:, first : first + CHUNK] for x in (a, b))
        factor, part = _double(a_part, b_part)
        part = part + factor * state
        state = part[:, -1:]
        found.append(part)
    return torch.cat(found, 1)


def _double(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return each place's product of all a so far, and its h from h_{−1} = 0."""
    step, length = 1, a.shape[1]
    while step < length:
        b = torch.cat([b[:, :step], b[:, step:] + a[:, step:] * b[:, :-step]], 1)
        a = torch.cat([a[:, :step], a[:, step:] * a[:, :-step]], 1)
        step *= 2
    return a, b


class Selective(nn.Module):
    """One direction: x [B, L, d] to y [B, L, d]; y_t sees x_0, …, x_t."""

    def __init__(self, width: int, states: int = 8) -> None:
        super().__init__()
        self.log_a = nn.Parameter(torch.arange(1.0, states + 1).log().repeat(width, 1))
        self.delta, self.bc = nn.Linear(width, width), nn.Linear(width, 2 * states, bias=False)
        self.skip = nn.Parameter(torch.ones(width))
        nn.init.constant_(self.delta.bias, -2.0)  # steps of about 0.1 at first

    def forward(self, x: Tensor) -> Tensor:
        """Return y."""
        a, b, c = self.recurrence(x)
        return torch.einsum("bldn,bln->bld", scan(a, b), c) + self.skip * x

    def recurrence(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the factors and inputs [B, L, d, n], and C [B, L, n]."""
        delta = F.softplus(self.delta(x)).unsqueeze(-1)
        b, c = self.bc(x).chunk(2, -1)
        return (-delta * self.log_a.exp()).exp(), delta * b.unsqueeze(2) * x.unsqueeze(-1), c


class Bidirectional(nn.Module):
    """Selective state spaces forwards and backwards, gated: `O ((f(u) + b(u)) ⊙ silu(z))`."""

    def __init__(self, width: int, states: int = 8) -> None:
        super().__init__()
        self.split, self.join = nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.ahead, self.back = Selective(width, states), Selective(width, states)

    def forward(self, x: Tensor) -> Tensor:
        """Return [B, L, d] of x [B, L, d]."""
        u, gate = self.split(x).chunk(2, -1)
        u = F.silu(u)
        both = self.ahead(u) + self.back(u.flip(1)).flip(1)
        out: Tensor = self.join(both * F.silu(gate))
        return out
