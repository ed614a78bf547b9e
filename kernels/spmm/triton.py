"""Sparse times dense on CUDA; the functions are those of native.py."""

import torch
import triton
import triton.language as tl
from torch import Tensor

from paperflow.kernels import tiles
from paperflow.kernels.common import rows
from paperflow.kernels.graph_attention.native import Csr
from paperflow.kernels.tiles import (
    load_item,
    look_up,
    ordered,
    own,
    pairs,
    put,
    put_pairs,
    settle,
    tile,
)

LOWEST = tl.constexpr(-(2**31))


@triton.jit
def _reduce(
    items, ptr, idx, eid, x, w, out, part, scale,
    x_stride: tl.constexpr,
    MEAN: tl.constexpr, heads: tl.constexpr, d: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    row, begin, end, slot = load_item(items)
    head, col = tl.program_id(1) * H, tl.program_id(2) * D
    total = tl.zeros((H, D), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j = look_up(idx, e, ok)
        values = tile(x, j, x_stride, ok[:, None], head, col, heads, d, H, D)
        if w is not None:
            weights = pairs(w, look_up(eid, e, ok), ok[:, None], head, heads, H)
            values = values * weights[:, :, None]
        total += tl.sum(values, axis=0)
    if MEAN:
        total = total / tl.maximum(tl.load(ptr + row + 1) - tl.load(ptr + row), 1).to(tl.float32)
    settle(out, part, row, slot, head, col, total * scale, heads, d, H, D)


@triton.jit
def _messages(x, w, j, e, eid, x_stride, ok, head, col, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load w · x of a tile's edges [BE, H, D]."""
    values = tile(x, j, x_stride, ok[:, None], head, col, heads, d, H, D)
    if w is not None:
        values *= pairs(w, look_up(eid, e, ok), ok[:, None], head, heads, H)[:, :, None]
    return values


@triton.jit
def _put_extreme(
    idx, eid, x, w, out, arg, row, at, x_stride, head, col, heads, d,
    H: tl.constexpr, D: tl.constexpr,
):  # fmt: skip
    """Store the values that lie in the slots `at` [H, D], and their edges; 0 and -1 for none."""
    h = (head + tl.arange(0, H))[:, None]
    c = (col + tl.arange(0, D))[None, :]
    inside = (h < heads) & (c < d)
    ok = inside & (at >= 0)
    j = at if idx is None else tl.load(idx + at, mask=ok, other=0)
    edge = at if eid is None else tl.load(eid + at, mask=ok, other=0)
    value = tl.load(x + j.to(tl.int64) * x_stride + h * d + c, mask=ok, other=0.0).to(tl.float32)
    if w is not None:
        value *= tl.load(w + edge.to(tl.int64) * heads + h, mask=ok, other=0.0)
    put(out, row, head, col, value, heads, d, H, D)
    put(arg, row, head, col, tl.where(at >= 0, edge, -1), heads, d, H, D)


@triton.jit
def _extreme(
    items, idx, eid, x, w, out, arg, part, part_at, x_stride: tl.constexpr, sign,
    heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    row, begin, end, slot = load_item(items)
    head, col = tl.program_id(1) * H, tl.program_id(2) * D
    best = tl.full((H, D), LOWEST, tl.int32)
    at = tl.full((H, D), -1, tl.int32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j = look_up(idx, e, ok)
        values = _messages(x, w, j, e, eid, x_stride, ok, head, col, heads, d, H, D)
        key = tl.where(ok[:, None, None], ordered(values * sign), LOWEST)
        top = tl.max(key, axis=0)
        is_top = (key == top[None, :, :]) & ok[:, None, None]
        first = tl.min(tl.where(is_top, e[:, None, None], 0x7FFFFFFF), axis=0)
        at = tl.where(top > best, first, at)
        best = tl.maximum(best, top)
    if slot < 0:
        _put_extreme(idx, eid, x, w, out, arg, row, at, x_stride, head, col, heads, d, H, D)
    else:
        put(part, slot, head, col, best, heads, d, H, D)
        put(part_at, slot, head, col, at, heads, d, H, D)


@triton.jit
def _load_ints(x, row, head, col, heads, d, H: tl.constexpr, D: tl.constexpr):
    h = (head + tl.arange(0, H))[:, None]
    c = (col + tl.arange(0, D))[None, :]
    at = tl.cast(row, tl.int64) * heads * d + h * d + c
    return tl.load(x + at, mask=(h < heads) & (c < d), other=-1)


@triton.jit
def _merge_extreme(
    split, idx, eid, x, w, out, arg, part, part_at, x_stride: tl.constexpr,
    heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr,
):  # fmt: skip
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    head, col = tl.program_id(1) * H, tl.program_id(2) * D
    best = tl.full((H, D), LOWEST, tl.int32)
    at = tl.full((H, D), -1, tl.int32)
    for slot in range(first, first + count):
        key = _load_ints(part, slot, head, col, heads, d, H, D)
        at = tl.where(key > best, _load_ints(part_at, slot, head, col, heads, d, H, D), at)
        best = tl.maximum(best, key)
    _put_extreme(idx, eid, x, w, out, arg, row, at, x_stride, head, col, heads, d, H, D)


@triton.jit
def _extreme_backward(
    items, idx, eid, x, w, arg, grad, dx, dw, part, x_stride: tl.constexpr,
    heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Over sources: add up the gradients of the rows that took their value from here."""
    row, begin, end, slot = load_item(items)
    head, col = tl.program_id(1) * H, tl.program_id(2) * D
    total = tl.zeros((H, D), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        i = look_up(idx, e, ok)
        edge = look_up(eid, e, ok)
        h = (head + tl.arange(0, H))[None, :, None]
        c = (col + tl.arange(0, D))[None, None, :]
        at = i.to(tl.int64)[:, None, None] * heads * d + h * d + c
        held = tl.load(arg + at, mask=ok[:, None, None] & (h < heads) & (c < d), other=-1)
        values = tile(grad, i, heads * d, ok[:, None], head, col, heads, d, H, D)
        took = held == edge[:, None, None]
        if w is not None:
            products = values * own(x, row, x_stride, head, col, heads, d, H, D)[None, :, :]
            products = tl.sum(tl.where(took, products, 0.0), axis=2)
            put_pairs(dw, edge, ok[:, None], head, products, heads, H)
            values *= pairs(w, edge, ok[:, None], head, heads, H)[:, :, None]
        total += tl.sum(tl.where(took, values, 0.0), axis=0)
    settle(dx, part, row, slot, head, col, total, heads, d, H, D)


def _flat(x: Tensor, w: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return x [N, H, d] with rows that lie together, as one head where w tells none apart."""
    x = rows(x)
    return (x.flatten(1).unsqueeze(1), None) if w is None else (x, w.contiguous())


@tiles.on_device
def reduce(g: Csr, x: Tensor, w: Tensor | None, op: str = "sum", scale: float = 1.0) -> Tensor:
    """Return the sum or mean [rows, H, d] of w [E, H] · x, times scale."""
    out = x.new_empty(g.rows, *x.shape[1:])
    x, w = _flat(x, w)
    plan, sizes = tiles.work(g.ptr), tiles.shape(*x.shape[1:], cut=True)
    part = tiles.scratch(plan, *x.shape[1:])
    if out.numel():
        _reduce[(len(plan.items), *tiles.groups(sizes))](
            plan.items, g.ptr, g.idx, g.eid, x, w, out, part, scale, x.stride(0),
            MEAN=op == "mean", **sizes, **tiles.tuning(sizes),
        )  # fmt: skip
        tiles.merge_sums(plan, part, out, sizes)
    return out


@tiles.on_device
def extreme(g: Csr, x: Tensor, w: Tensor | None, op: str) -> tuple[Tensor, Tensor]:
    """Return the maxima or minima [rows, H, d] and the edges that hold them, int32, or -1."""
    out = x.new_empty(g.rows, *x.shape[1:])
    arg = torch.empty_like(out, dtype=torch.int32)
    x, w = _flat(x, w)
    plan, sizes = tiles.work(g.ptr), tiles.shape(*x.shape[1:], cut=True)
    part, part_at = (tiles.scratch(plan, *x.shape[1:]).view(torch.int32) for _ in range(2))
    tensors = (g.idx, g.eid, x, w, out, arg, part, part_at, x.stride(0))
    if out.numel():
        _extreme[(len(plan.items), *tiles.groups(sizes))](
            plan.items, *tensors, 1.0 if op == "max" else -1.0, **sizes, **tiles.tuning(sizes)
        )
    if len(plan.split):
        _merge_extreme[(len(plan.split), *tiles.groups(sizes))](plan.split, *tensors, **sizes)
    return out, arg


@tiles.on_device
def extreme_backward(
    transposed: Csr, x: Tensor, w: Tensor | None, arg: Tensor, grad: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Return the gradients of x and w."""
    dx, dw = torch.empty_like(x, memory_format=torch.contiguous_format), None
    x, w = _flat(x, w)
    if w is not None:
        dw = torch.empty_like(w)
    plan, sizes = tiles.work(transposed.ptr), tiles.shape(*x.shape[1:], cut=w is None)
    part = tiles.scratch(plan, *x.shape[1:])
    if dx.numel():
        _extreme_backward[(len(plan.items), *tiles.groups(sizes))](
            plan.items, transposed.idx, transposed.eid, x, w, arg.contiguous(), grad.contiguous(),
            dx, dw, part, x.stride(0), **sizes, **tiles.tuning(sizes),
        )  # fmt: skip
        tiles.merge_sums(plan, part, dx, sizes)
    return dx, dw
