"""Sums, maxima and softmax over the edges of each destination, in plain torch.

All of it is differentiable twice. `rows` [E] int64 names each edge's destination.
"""

import torch
from torch import Tensor


def compute_dtype(x: Tensor) -> torch.dtype:
    """Return the dtype in which sums run: float32 for the narrow types, else the own."""
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def segment_sum(x: Tensor, rows: Tensor, num: int) -> Tensor:
    """Sum x [E, …] to [num, …]; 0 where nothing is summed."""
    return x.new_zeros(num, *x.shape[1:]).index_add(0, rows, x)


def segment_max(x: Tensor, rows: Tensor, num: int) -> Tensor:
    """Return the largest x [E, …] of each row [num, …], detached; -inf where there is none."""
    index = rows.view(-1, *[1] * (x.dim() - 1)).expand_as(x)
    low = torch.full((num, *x.shape[1:]), -torch.inf, dtype=x.dtype, device=x.device)
    return low.scatter_reduce(0, index, x.detach(), "amax")


def segment_argmax(x: Tensor, rows: Tensor, num: int) -> Tensor:
    """Return the first edge that holds each row's maximum [num, …] int64, E where none does."""
    size = x.shape[0]
    found = (x == segment_max(x, rows, num)[rows]) | x.isnan()
    edge = torch.arange(size, device=x.device).view(-1, *[1] * (x.dim() - 1))
    edge = torch.where(found, edge, size)
    index = rows.view(-1, *[1] * (x.dim() - 1)).expand_as(x)
    full = torch.full((num, *x.shape[1:]), size, device=x.device)
    return full.scatter_reduce(0, index, edge, "amin")


def softmax(logits: Tensor, rows: Tensor, num: int) -> tuple[Tensor, Tensor]:
    """Return the softmax of logits [E, H] in each row, and the detached log-sum-exp [num, H].

    A row without edges, or whose logits are all -inf, has no weights and a log-sum-exp of -inf.
    """
    top = segment_max(logits, rows, num)
    top = torch.where(top == -torch.inf, 0, top)
    weights = torch.exp(logits - top[rows])
    total = segment_sum(weights, rows, num)
    weights = weights / torch.where(total == 0, 1, total)[rows]
    return weights, (top + total.detach().log())


def keep_top(logits: Tensor, rows: Tensor, ptr: Tensor, m: int) -> Tensor:
    """Return logits [E, H] with -inf outside each row's m largest; ties go to the first edge."""
    order = torch.argsort(logits.detach(), dim=0, descending=True, stable=True)
    by_row = torch.argsort(rows[order], dim=0, stable=True)
    order = torch.gather(order, 0, by_row)
    place = torch.arange(logits.shape[0], device=logits.device).unsqueeze(1)
    rank = place - ptr[rows[order]]
    kept = torch.zeros_like(order, dtype=torch.bool).scatter_(0, order, rank < m)
    return torch.where(kept, logits, -torch.inf)


def dropout_mask(like: Tensor, rate: float, seed: Tensor) -> Tensor:
    """Return dropout's factors, 0 or 1 / (1 - rate), in the shape [E, H] and type of `like`.

    Each is a hash of (seed, edge, head), so every backend draws the same.
    """
    edge = torch.arange(like.shape[0], device=like.device).unsqueeze(1)
    head = torch.arange(like.shape[1], device=like.device).unsqueeze(0)
    x = _mul(edge, 0x9E3779B1) ^ _mul(head + 1, 0x85EBCA77) ^ (seed.long() & 0xFFFFFFFF)
    x = _mul(x ^ (x >> 16), 0x85EBCA6B)
    x = _mul(x ^ (x >> 13), 0xC2B2AE35)
    x = x ^ (x >> 16)
    return (x >= drop_threshold(rate)).to(like.dtype) / (1 - rate)


def drop_threshold(rate: float) -> int:
    """Return the hash value below which an edge is dropped."""
    return min(int(rate * 2**32), 2**32 - 1)


def _mul(x: Tensor, factor: int) -> Tensor:
    """Multiply modulo 2^32."""
    return (x * factor) & 0xFFFFFFFF
