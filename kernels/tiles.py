"""What the Triton kernels share: tiles of rows, work items, dropout, launch parameters.

A program takes one item of the work list (a row, or a piece of a long one) and one group of
heads, and walks the item's edges in tiles of BE. Pieces of a cut row write partial results to
slots of scratch, which a second kernel merges in order: no atomics, one order of every sum.
Sizes are compiled in; an input that is None is compiled away.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from paperflow.kernels.plan import Plan, plan_of

LOG2E = tl.constexpr(1.4426950408889634)
LN2 = tl.constexpr(0.6931471805599453)
CAP = 256  # edges of a piece
TILE = 256  # values of a row that one program handles


@triton.jit
def load_item(items):
    """Return this program's row, first and last slot, and slot of scratch or -1."""
    at = items + tl.program_id(0) * 4
    return tl.load(at), tl.load(at + 1), tl.load(at + 2), tl.load(at + 3)


@triton.jit
def tile(x, index, stride, ok, head, col, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load the rows `index` [BE] of x as [BE, H, D] float32; `ok` is [BE, 1] or [BE, H]."""
    h = (head + tl.arange(0, H))[None, :, None]
    c = (col + tl.arange(0, D))[None, None, :]
    at = index.to(tl.int64)[:, None, None] * stride + h * d + c
    return tl.load(x + at, mask=ok[:, :, None] & (h < heads) & (c < d), other=0.0).to(tl.float32)


@triton.jit
def own(x, row, stride, head, col, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load one row of x as [H, D] float32."""
    h = (head + tl.arange(0, H))[:, None]
    c = (col + tl.arange(0, D))[None, :]
    at = tl.cast(row, tl.int64) * stride + h * d + c
    return tl.load(x + at, mask=(h < heads) & (c < d), other=0.0).to(tl.float32)


@triton.jit
def put(x, row, head, col, value, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Store [H, D] into one row of the contiguous x."""
    h = (head + tl.arange(0, H))[:, None]
    c = (col + tl.arange(0, D))[None, :]
    at = tl.cast(row, tl.int64) * heads * d + h * d + c
    tl.store(x + at, value.to(x.dtype.element_ty), mask=(h < heads) & (c < d))


@triton.jit
def settle(to, part, row, slot, head, col, value, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Store a whole row's result [H, D], or a piece's into scratch; nothing if `to` is None."""
    if to is not None:
        if slot < 0:
            put(to, row, head, col, value, heads, d, H, D)
        else:
            put(part, slot, head, col, value, heads, d, H, D)


@triton.jit
def pairs(x, index, ok, head, heads, H: tl.constexpr):
    """Load the rows `index` [BE] of x [·, heads] as [BE, H] float32."""
    h = (head + tl.arange(0, H))[None, :]
    at = index.to(tl.int64)[:, None] * heads + h
    return tl.load(x + at, mask=ok & (h < heads), other=0.0).to(tl.float32)


@triton.jit
def put_pairs(x, index, ok, head, value, heads, H: tl.constexpr):
    """Store [BE, H] into the rows `index` [BE] of x [·, heads]."""
    h = (head + tl.arange(0, H))[None, :]
    at = index.to(tl.int64)[:, None] * heads + h
    tl.store(x + at, value.to(x.dtype.element_ty), mask=ok & (h < heads))


@triton.jit
def look_up(table, e, ok):
    """Return what a table holds for the slots e [BE]: the slots themselves without one."""
    found = e
    if table is not None:
        found = tl.load(table + e, mask=ok, other=0)
    return found


@triton.jit
def ordered(x):
    """Map float32 to int32 in the same order; zeros are equal, undefined values come last."""
    bits = tl.where(x == 0, 0.0, x).to(tl.int32, bitcast=True)
    return tl.where(x != x, 0x7FFFFFFF, tl.where(bits < 0, bits ^ 0x7FFFFFFF, bits))


@triton.jit
def dropout_factor(edge, head, seed, below, keep, H: tl.constexpr):
    """Return dropout's factors [BE, H], 0 or keep, or 1 without a seed.

    They are those of segments.dropout_mask.
    """
    factor = 1.0
    if seed is not None:
        h = (head + 1 + tl.arange(0, H)).to(tl.uint32)[None, :]
        x = edge.to(tl.uint32)[:, None] * 0x9E3779B1
        x = x ^ (h * 0x85EBCA77) ^ tl.load(seed).to(tl.uint32)
        x = (x ^ (x >> 16)) * 0x85EBCA6B
        x = (x ^ (x >> 13)) * 0xC2B2AE35
        factor = tl.where((x ^ (x >> 16)).to(tl.int64) < below, 0.0, keep)
    return factor


@triton.jit
def _merge_sums(
    split, part, to, heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr
):
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    head, col = tl.program_id(1) * H, tl.program_id(2) * D
    total = tl.zeros((H, D), tl.float32)
    for slot in range(first, first + count):
        total += own(part, slot, heads * d, head, col, heads, d, H, D)
    put(to, row, head, col, total, heads, d, H, D)


def merge_sums(plan: Plan, part: Tensor, to: Tensor, sizes: dict[str, int]) -> None:
    """Add the pieces `part` [slots, heads, d] of cut rows to rows of `to` [n, heads, d]."""
    if len(plan.split):
        grid = (len(plan.split), *groups(sizes))
        _merge_sums[grid](plan.split, part, to, **sizes)


def on_device(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a graph's device the current one, on which Triton launches, during a call."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> Any:
        graph = next(x for x in args if hasattr(x, "ptr"))
        with torch.cuda.device_of(graph.ptr):
            return function(*args, **options)

    return run


def work(ptr: Tensor) -> Plan:
    """Return the work list of row bounds."""
    return plan_of(ptr, CAP)


def shape(heads: int, width: int, beside: int = 1, cut: bool = False) -> dict[str, int]:
    """Return a row's sizes and a program's part of them, powers of two of H · D ≤ TILE.

    One head is never cut unless `cut` allows it; `beside` is another width that must fit.
    """
    padded = power(width)
    group = min(power(heads), max(1, TILE // max(padded, power(beside))))
    return {"heads": heads, "d": width, "H": group, "D": min(padded, TILE) if cut else padded}


def power(size: int) -> int:
    """Return the least power of two that is not below a size, nor below 1."""
    return int(triton.next_power_of_2(max(size, 1)))


def groups(sizes: dict[str, int]) -> tuple[int, int]:
    """Return how many programs share a row: by heads, by columns."""
    return triton.cdiv(sizes["heads"], sizes["H"]), triton.cdiv(sizes["d"], sizes["D"])


def tuning(sizes: dict[str, int], most: int = 16) -> dict[str, int]:
    """Return edges a step, at most `most`, and warps, for about 16 values a thread.

    Starting values: with 8 heads of 16 no kernel spills on sm_90, under Triton 3.6 and 3.7 alike.
    """
    values = sizes["H"] * (sizes["D"] + sizes.get("C", 1) - 1)  # C: edge features beside it
    warps = 2 if values <= 64 else 4 if values <= TILE else 8
    edges = power(512 * warps // values + 1) // 2  # the power of two below
    return {"BE": max(1, min(edges, most)), "num_warps": warps}


def scratch(plan: Plan, *sizes: int) -> Tensor:
    """Return float32 memory for the pieces of cut rows."""
    return torch.empty(plan.slots, *sizes, dtype=torch.float32, device=plan.items.device)
