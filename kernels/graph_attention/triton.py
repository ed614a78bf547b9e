"""Plain graph attention on CUDA: one work list, no atomics, fixed order of sums.

A program takes one item of the work list (a row, or a piece of a long one) and one group of
heads. It walks the item's edges in tiles of BE; logits are in base 2. Pieces of a cut row write
partial results to slots of scratch, which a second kernel merges in order. Backward has a pass
over rows (dq) and one over the transposed graph (dk, dv), from one source.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from paperflow.kernels.common import rows
from paperflow.kernels.graph import _plan
from paperflow.kernels.graph_attention.native import Csr

LOG2E = 1.4426950408889634
CAP = 256  # edges of a piece
TILE = 256  # values of a program's head group


@triton.jit
def _tile(x, index, stride, heads, head, ok_edge, H: tl.constexpr, D: tl.constexpr, d):
    """Load the rows `index` [BE] of x as [BE, H, D] float32."""
    at = index.to(tl.int64)[:, None, None] * stride
    h = (head + tl.arange(0, H))[None, :, None]
    c = tl.arange(0, D)[None, None, :]
    mask = ok_edge[:, None, None] & (h < heads) & (c < d)
    return tl.load(x + at + h * d + c, mask=mask, other=0.0).to(tl.float32)


@triton.jit
def _own(x, row, stride, heads, head, H: tl.constexpr, D: tl.constexpr, d):
    """Load one row of x as [H, D] float32."""
    h = (head + tl.arange(0, H))[:, None]
    c = tl.arange(0, D)[None, :]
    mask = (h < heads) & (c < d)
    return tl.load(x + row.to(tl.int64) * stride + h * d + c, mask=mask, other=0.0).to(tl.float32)


@triton.jit
def _put(x, row, heads, head, value, H: tl.constexpr, D: tl.constexpr, d):
    """Store [H, D] as one contiguous row of x."""
    h = (head + tl.arange(0, H))[:, None]
    c = tl.arange(0, D)[None, :]
    at = row.to(tl.int64) * heads * d + h * d + c
    tl.store(x + at, value.to(x.dtype.element_ty), mask=(h < heads) & (c < d))


@triton.jit
def _forward(
    items, idx, q, k, v, out, lse, part, part_m, part_l, q_stride, k_stride, v_stride, scale,
    heads, d, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    item = items + tl.program_id(0) * 4
    row, begin, end, slot = tl.load(item), tl.load(item + 1), tl.load(item + 2), tl.load(item + 3)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    own = _own(q, row, q_stride, heads, head, H, D, d) * scale
    m = tl.full((H,), float("-inf"), tl.float32)
    total = tl.zeros((H,), tl.float32)
    acc = tl.zeros((H, D), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j = tl.load(idx + e, mask=ok, other=0)
        keys = _tile(k, j, k_stride, heads, head, ok, H, D, d)
        s = tl.sum(keys * own[None, :, :], axis=2)
        s = tl.where(ok[:, None], s, float("-inf"))
        new = tl.maximum(m, tl.max(s, axis=0))
        safe = tl.where(new == float("-inf"), 0.0, new)
        shrink = tl.exp2(m - safe)
        p = tl.exp2(s - safe[None, :])
        values = _tile(v, j, v_stride, heads, head, ok, H, D, d)
        acc = acc * shrink[:, None] + tl.sum(p[:, :, None] * values, axis=0)
        total = total * shrink + tl.sum(p, axis=0)
        m = new
    if slot < 0:
        acc = acc / tl.where(total == 0.0, 1.0, total)[:, None]
        _put(out, row, heads, head, acc, H, D, d)
        tl.store(lse + row.to(tl.int64) * heads + h, m + tl.log2(total), mask=h < heads)
    else:
        _put(part, slot, heads, head, acc, H, D, d)
        tl.store(part_m + slot.to(tl.int64) * heads + h, m, mask=h < heads)
        tl.store(part_l + slot.to(tl.int64) * heads + h, total, mask=h < heads)


@triton.jit
def _merge_softmax(
    split, out, lse, part, part_m, part_l, heads, d, H: tl.constexpr, D: tl.constexpr
):
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    m = tl.full((H,), float("-inf"), tl.float32)
    total = tl.zeros((H,), tl.float32)
    acc = tl.zeros((H, D), tl.float32)
    for slot in range(first, first + count):
        at = tl.cast(slot, tl.int64) * heads + h
        piece_m = tl.load(part_m + at, mask=h < heads, other=float("-inf"))
        piece_l = tl.load(part_l + at, mask=h < heads, other=0.0)
        piece = _own(part, tl.cast(slot, tl.int64), heads * d, heads, head, H, D, d)
        new = tl.maximum(m, piece_m)
        safe = tl.where(new == float("-inf"), 0.0, new)
        old, fresh = tl.exp2(m - safe), tl.exp2(piece_m - safe)
        acc = acc * old[:, None] + piece * fresh[:, None]
        total = total * old + piece_l * fresh
        m = new
    _put(out, row, heads, head, acc / tl.where(total == 0.0, 1.0, total)[:, None], H, D, d)
    tl.store(lse + row.to(tl.int64) * heads + h, m + tl.log2(total), mask=h < heads)


@triton.jit
def _dots(out, grad, result, heads, d, H: tl.constexpr, D: tl.constexpr):
    """D = grad · out of each row and head."""
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    x = _own(out, row, heads * d, heads, head, H, D, d)
    y = _own(grad, row, heads * d, heads, head, H, D, d)
    tl.store(result + row * heads + h, tl.sum(x * y, axis=1), mask=h < heads)


@triton.jit
def _backward(
    items, idx, own_a, own_b, other_a, other_b, lse, dsum, to_a, to_b, part_a, part_b,
    own_a_stride, own_b_stride, other_a_stride, other_b_stride, scale, natural_scale, heads, d,
    SOURCES: tl.constexpr, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Rows: own = (q, grad), others = (k, v) → dq. Sources: own = (k, v), others = (q, grad)."""
    item = items + tl.program_id(0) * 4
    row, begin, end, slot = tl.load(item), tl.load(item + 1), tl.load(item + 2), tl.load(item + 3)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    mine_a = _own(own_a, row, own_a_stride, heads, head, H, D, d)
    mine_b = _own(own_b, row, own_b_stride, heads, head, H, D, d)
    sum_a = tl.zeros((H, D), tl.float32)
    sum_b = tl.zeros((H, D), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j = tl.load(idx + e, mask=ok, other=0)
        a = _tile(other_a, j, other_a_stride, heads, head, ok, H, D, d)
        b = _tile(other_b, j, other_b_stride, heads, head, ok, H, D, d)
        of = j if SOURCES else tl.zeros_like(j) + row
        at = of.to(tl.int64)[:, None] * heads + h[None, :]
        mask = ok[:, None] & (h < heads)[None, :]
        base = tl.load(lse + at, mask=mask, other=0.0)
        mass = tl.load(dsum + at, mask=mask, other=0.0)
        p = tl.exp2(tl.sum(a * mine_a[None, :, :], axis=2) * scale - base)
        p = tl.where(mask, p, 0.0)
        ds = p * (tl.sum(b * mine_b[None, :, :], axis=2) - mass)
        sum_a += tl.sum(ds[:, :, None] * a, axis=0)
        if SOURCES:
            sum_b += tl.sum(p[:, :, None] * b, axis=0)
    if slot < 0:
        _put(to_a, row, heads, head, sum_a * natural_scale, H, D, d)
        if SOURCES:
            _put(to_b, row, heads, head, sum_b, H, D, d)
    else:
        _put(part_a, slot, heads, head, sum_a * natural_scale, H, D, d)
        if SOURCES:
            _put(part_b, slot, heads, head, sum_b, H, D, d)


@triton.jit
def _merge_sums(split, to, part, heads, d, H: tl.constexpr, D: tl.constexpr):
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    head = tl.program_id(1) * H
    acc = tl.zeros((H, D), tl.float32)
    for slot in range(first, first + count):
        acc += _own(part, tl.cast(slot, tl.int64), heads * d, heads, head, H, D, d)
    _put(to, row, heads, head, acc, H, D, d)


def shape(heads: int, width: int) -> dict[str, int]:
    """Return a program's head group: powers of two with H · D ≤ TILE where one head fits."""
    padded = triton.next_power_of_2(width)
    group = min(triton.next_power_of_2(heads), max(1, TILE // padded))
    return {"H": group, "D": padded}


def tuning(heads: int, width: int) -> dict[str, int]:
    """Return edges a step and warps: starting values for wide and narrow rows."""
    return {"BE": 16, "num_warps": 4 if heads * width > 128 else 2}


def _scratch(split: Tensor, items: Tensor, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    slots = int(split[:, 2].sum())
    heads, width = like.shape[1:]
    options = {"dtype": torch.float32, "device": like.device}
    sizes = ((slots, heads, width), (slots, heads), (slots, heads))
    part, m, total = (torch.empty(size, **options) for size in sizes)
    return part, m, total


def forward(g: Csr, q: Tensor, k: Tensor, v: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and natural log-sum-exp [Nd, H]."""
    q, k, v = rows(q), rows(k), rows(v)
    heads, width = q.shape[1:]
    out = torch.empty(q.shape, dtype=q.dtype, device=q.device)
    lse = torch.empty(q.shape[:2], dtype=torch.float32, device=q.device)
    items, split = work(g)
    part, m, total = _scratch(split, items, q)
    sizes = shape(heads, width)
    groups = triton.cdiv(heads, sizes["H"])
    strides = (q.stride(0), k.stride(0), v.stride(0))
    if len(items):
        _forward[(len(items), groups)](
            items, g.idx, q, k, v, out, lse, part, m, total, *strides, scale * LOG2E,
            heads, width, **sizes, **tuning(heads, width),
        )  # fmt: skip
    if len(split):
        _merge_softmax[(len(split), groups)](split, out, lse, part, m, total, heads, width, **sizes)
    return out, lse / LOG2E


def backward(
    g: Csr,
    transposed: Csr,
    inputs: tuple[Tensor, Tensor, Tensor],
    out: Tensor,
    lse: Tensor,
    grad: Tensor,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of q, k and v."""
    q, k, v = (rows(x) for x in inputs)
    grad, heads, width = grad.contiguous(), q.shape[1], q.shape[2]
    sizes = shape(heads, width)
    grid = (q.shape[0], triton.cdiv(heads, sizes["H"]))
    dsum = torch.empty_like(lse)
    if len(q):
        _dots[grid](out.contiguous(), grad, dsum, heads, width, **sizes)
    base = torch.where(lse == -torch.inf, 0, lse * LOG2E)
    dq, dk, dv = (torch.empty(x.shape, dtype=x.dtype, device=x.device) for x in (q, k, v))
    _pass(g, (q, grad), (k, v), base, dsum, (dq, None), scale, False)
    _pass(transposed, (k, v), (q, grad), base, dsum, (dk, dv), scale, True)
    return dq, dk, dv


def _pass(g, own, others, base, dsum, to, scale, sources):  # type: ignore[no-untyped-def]
    heads, width = own[0].shape[1:]
    sizes = shape(heads, width)
    groups = triton.cdiv(heads, sizes["H"])
    items, split = work(g)
    parts = [_scratch(split, items, own[0])[0] for _ in range(2 if sources else 1)]
    strides = [x.stride(0) for x in (*own, *others)]
    if len(items):
        _backward[(len(items), groups)](
            items, g.idx, *own, *others, base, dsum, to[0], to[1] if sources else to[0],
            parts[0], parts[-1], *strides, scale * LOG2E, scale, heads, width,
            SOURCES=sources, **sizes, **tuning(heads, width),
        )  # fmt: skip
    if len(split):
        for result, part in zip(to, parts, strict=False):
            _merge_sums[(len(split), groups)](split, result, part, heads, width, **sizes)


_work: dict[int, tuple[Tensor, tuple[Tensor, Tensor]]] = {}


def work(g: Csr) -> tuple[Tensor, Tensor]:
    """Return the work list of a graph's bounds; kept for the graphs used last."""
    found = _work.get(id(g.ptr))
    if found is None or found[0] is not g.ptr:
        while len(_work) >= 64:
            _work.pop(next(iter(_work)))
        found = _work[id(g.ptr)] = (g.ptr, _plan(g.ptr, CAP))
    return found[1]
