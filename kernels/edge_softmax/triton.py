"""Softmax over the edges of each destination on CUDA; the function is that of native.py."""

import torch
import triton
import triton.language as tl
from torch import Tensor

from paperflow.kernels import tiles
from paperflow.kernels.graph_attention.native import Csr
from paperflow.kernels.tiles import LOG2E, load_item, look_up, pairs, put_pairs


@triton.jit
def _add_exp(a, b):
    """Return log2(2^a + 2^b)."""
    top = tl.maximum(a, b)
    safe = tl.where(top == float("-inf"), 0.0, top)
    return safe + tl.log2(tl.exp2(a - safe) + tl.exp2(b - safe))


@triton.jit
def _statistics(
    items, eid, x, grad, to, part, heads: tl.constexpr, H: tl.constexpr, BE: tl.constexpr
):
    """Row by row: the log-sum-exp of logits x in base 2, or with `grad` the sum of x · grad."""
    row, begin, end, slot = load_item(items)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    total = tl.full((H,), float("-inf") if grad is None else 0.0, tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        edge = look_up(eid, e, ok)
        values = pairs(x, edge, ok[:, None], head, heads, H)
        if grad is None:
            values = tl.where(ok[:, None], values * LOG2E, float("-inf"))
            top = tl.max(values, axis=0)
            safe = tl.where(top == float("-inf"), 0.0, top)
            mass = tl.sum(tl.exp2(values - safe[None, :]), axis=0)
            total = _add_exp(total, safe + tl.log2(mass))
        else:
            total += tl.sum(values * pairs(grad, edge, ok[:, None], head, heads, H), axis=0)
    if slot < 0:
        tl.store(to + row.to(tl.int64) * heads + h, total, mask=h < heads)
    else:
        tl.store(part + slot.to(tl.int64) * heads + h, total, mask=h < heads)


@triton.jit
def _merge(split, part, to, SUM: tl.constexpr, heads: tl.constexpr, H: tl.constexpr):
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    h = tl.program_id(1) * H + tl.arange(0, H)
    total = tl.full((H,), 0.0 if SUM else float("-inf"), tl.float32)
    for slot in range(first, first + count):
        value = tl.load(part + tl.cast(slot, tl.int64) * heads + h, mask=h < heads, other=0.0)
        total = total + value if SUM else _add_exp(total, value)
    tl.store(to + row.to(tl.int64) * heads + h, total, mask=h < heads)


@triton.jit
def _apply(
    items, eid, x, grad, of_row, out, heads: tl.constexpr, H: tl.constexpr, BE: tl.constexpr
):
    """Write the weights, or with `grad` the gradient of the logits."""
    row, begin, end, _ = load_item(items)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    base = tl.load(of_row + row.to(tl.int64) * heads + h, mask=h < heads, other=0.0)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        edge = look_up(eid, e, ok)
        values = pairs(x, edge, ok[:, None], head, heads, H)
        if grad is None:
            safe = tl.where(base == float("-inf"), 0.0, base)
            values = tl.exp2(values * LOG2E - safe[None, :])
        else:
            values *= pairs(grad, edge, ok[:, None], head, heads, H) - base[None, :]
        put_pairs(out, edge, ok[:, None], head, values, heads, H)


@tiles.on_device
def edge_softmax(g: Csr, x: Tensor, grad: Tensor | None) -> Tensor:
    """Return the weights of logits x [E, H]; with `grad`, of weights x, the logits' gradient."""
    x, grad = x.contiguous(), None if grad is None else grad.contiguous()
    out, heads, plan = torch.empty_like(x), x.shape[1], tiles.work(g.ptr)
    of_row = torch.empty(g.rows, heads, dtype=torch.float32, device=x.device)
    part = tiles.scratch(plan, heads)
    sizes = {"heads": heads, "H": min(tiles.power(heads), 32)}
    blocks, launch = triton.cdiv(heads, sizes["H"]), sizes | {"BE": 32, "num_warps": 1}
    if out.numel():
        grid = (len(plan.items), blocks)
        _statistics[grid](plan.items, g.eid, x, grad, of_row, part, **launch)
        if len(plan.split):
            merge = grad is not None
            _merge[(len(plan.split), blocks)](plan.split, part, of_row, SUM=merge, **sizes)
        _apply[grid](plan.items, g.eid, x, grad, of_row, out, **launch)
    return out
