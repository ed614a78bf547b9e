"""Backward kernels of attention: over rows and over sources from one source."""

import triton
import triton.language as tl

from paperflow.kernels.graph_attention.triton_forward import (
    channels,
    keys_or_none,
    own_score,
    row_or_none,
    scores,
)
from paperflow.kernels.tiles import (
    LOG2E,
    dropout_factor,
    load_item,
    look_up,
    own,
    pairs,
    put,
    put_pairs,
    settle,
    tile,
)


@triton.jit
def statistics(
    out, grad, mean, grad_mean, lse, base, mass, rows,
    heads: tl.constexpr, d: tl.constexpr, c: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, C: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Write of each row the base-2 log-sum-exp, 0 for an empty one, and D = g · o + g' · m."""
    row = tl.program_id(0) * BE + tl.arange(0, BE)
    ok = (row < rows)[:, None]
    head = tl.program_id(1) * H
    total = tl.sum(
        tile(out, row, heads * d, ok, head, 0, heads, d, H, D)
        * tile(grad, row, heads * d, ok, head, 0, heads, d, H, D),
        axis=2,
    )
    if grad_mean is not None:
        total += tl.sum(
            tile(mean, row, heads * c, ok, head, 0, heads, c, H, C)
            * tile(grad_mean, row, heads * c, ok, head, 0, heads, c, H, C),
            axis=2,
        )
    put_pairs(mass, row, ok, head, total, heads, H)
    own_lse = pairs(lse, row, ok, head, heads, H)
    own_lse = tl.where(own_lse == float("-inf"), 0.0, own_lse * LOG2E)
    put_pairs(base, row, ok, head, own_lse, heads, H)


@triton.jit
def _dots(b, mine, x, mine_x):
    """Return b · mine [BE, H], with x · mine_x where there are edge features."""
    found = tl.sum(b * mine[None, :, :], axis=2)
    if mine_x is not None:
        found += tl.sum(x * mine_x[None, :, :], axis=2)
    return found


@triton.jit
def _sums(ds, a, mine, vector, slope, H: tl.constexpr, D: tl.constexpr):
    """Return what a tile adds: Σ ∂s a, 0; of GATv2 Σ ∂s φ'(z), Σ ∂s φ(z); of given logits 0, 0."""
    first, second = tl.zeros((H, D), tl.float32), tl.zeros((H, D), tl.float32)
    if vector is not None:
        z = mine[None, :, :] + a
        slant = tl.where(z > 0, 1.0, slope) * ds[:, :, None]
        first, second = tl.sum(slant, axis=0), tl.sum(slant * z, axis=0)
    elif a is not None:
        first = tl.sum(ds[:, :, None] * a, axis=0)
    return first, second


@triton.jit
def backward(
    items, idx, eid, own_a, own_b, other_a, other_b, att, bias, edge, edge_q, grad_mean, logits,
    seed, base, mass, to_a, to_b, to_x, dlogits, weights, part_a, part_b, part_x,
    own_a_stride: tl.constexpr, own_b_stride: tl.constexpr,
    other_a_stride: tl.constexpr, other_b_stride: tl.constexpr, scale, slope, below, keep,
    SOURCES: tl.constexpr, heads: tl.constexpr, d: tl.constexpr, c: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, C: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Rows: own = (q, g), others = (k, v) → dq. Sources: own = (k, v), others = (q, g) → dk, dv.

    The pass over rows hands the gradients of logits and the weights over per edge, if asked to,
    and for GATv2 writes each item's sum of ∂s φ(z) to `to_b`. The pass over sources serves plain
    attention alone.
    """
    row, begin, end, slot = load_item(items)
    head = tl.program_id(1) * H
    mine_a = own_score(own_a, att, row, own_a_stride, scale, head, heads, d, H, D)
    mine_b = own(own_b, row, own_b_stride, head, 0, heads, d, H, D)
    mine_x = row_or_none(edge_q, row, head, heads, c, H, C)
    grad_x = row_or_none(grad_mean, row, head, heads, c, H, C)
    vector = row_or_none(att, 0, head, heads, d, H, D)
    sum_a, sum_b = tl.zeros((H, D), tl.float32), tl.zeros((H, D), tl.float32)
    sum_x = tl.zeros((H, C), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = (e < end)[:, None]
        j, at = look_up(idx, e, e < end), look_up(eid, e, e < end)
        of = j if SOURCES else tl.zeros_like(j) + row
        ground = pairs(base, of, ok, head, heads, H)
        x = channels(edge, at, e < end, c, C)
        if logits is None:
            a = keys_or_none(other_a, j, other_a_stride, ok, head, heads, d, H, D)
            s = scores(mine_a, a, vector, slope, bias, x, mine_x, at, e < end, head, heads, H)
            p = tl.where(ok, tl.exp2(s - ground), 0.0)
            b = tile(other_b, j, other_b_stride, ok, head, 0, heads, d, H, D)
        else:
            p = tl.where(ok, tl.exp2(pairs(logits, e, ok, head, heads, H) - ground), 0.0)
            a = keys_or_none(other_a, j, other_a_stride, ok & (p != 0), head, heads, d, H, D)
            b = tile(other_b, j, other_b_stride, ok & (p != 0), head, 0, heads, d, H, D)
        factor = dropout_factor(at, head, seed, below, keep, H)
        dp = _dots(b, mine_b, x, grad_x) * factor
        ds = p * (dp - pairs(mass, of, ok, head, heads, H))
        first, second = _sums(ds, a, mine_a, vector, slope, H, D)
        sum_a += first
        sum_b += tl.sum(p[:, :, None] * b, axis=0) if SOURCES else second
        if x is not None:
            sum_x += tl.sum(ds[:, :, None] * x, axis=0)
        if dlogits is not None:
            put_pairs(dlogits, at, ok, head, ds, heads, H)
            put_pairs(weights, at, ok, head, p * factor, heads, H)
    if att is not None:
        settle(to_a, part_a, row, slot, head, 0, sum_a * vector, heads, d, H, D)
        put(to_b, tl.program_id(0), head, 0, sum_b, heads, d, H, D)
    else:
        settle(to_a, part_a, row, slot, head, 0, sum_a * scale, heads, d, H, D)
        settle(to_b, part_b, row, slot, head, 0, sum_b, heads, d, H, D)
    settle(to_x, part_x, row, slot, head, 0, sum_x, heads, c, H, C)


@triton.jit
def edge_gradient(
    items, eid, dlogits, weights, edge_q, grad_mean, to,
    heads: tl.constexpr, c: tl.constexpr, H: tl.constexpr, C: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Write ∂x_e = Σ_h ∂s_e edge_q_i + w_e g'_i for each edge's features [E, c]."""
    row, begin, end, _ = load_item(items)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        at = look_up(eid, e, ok)
        total = tl.zeros((BE, C), tl.float32)
        for head in range(0, heads, H):
            ds = pairs(dlogits, at, ok[:, None], head, heads, H)[:, :, None]
            w = pairs(weights, at, ok[:, None], head, heads, H)[:, :, None]
            queries = row_or_none(edge_q, row, head, heads, c, H, C)[None, :, :]
            grads = row_or_none(grad_mean, row, head, heads, c, H, C)[None, :, :]
            total += tl.sum(ds * queries + w * grads, axis=1)
        put_pairs(to, at, ok[:, None], 0, total, c, C)


@triton.jit
def gatv2_sources(
    items, idx, eid, own_l, others, att, dlogits, to, part,
    own_stride: tl.constexpr, other_stride: tl.constexpr, slope,
    heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Over sources: ∂l_j = a ⊙ Σ ∂s_e φ'(l_j + r_i), with ∂s handed over."""
    row, begin, end, slot = load_item(items)
    head = tl.program_id(1) * H
    mine = own(own_l, row, own_stride, head, 0, heads, d, H, D)
    total = tl.zeros((H, D), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        i, at = look_up(idx, e, ok), look_up(eid, e, ok)
        z = mine[None, :, :] + tile(others, i, other_stride, ok[:, None], head, 0, heads, d, H, D)
        ds = pairs(dlogits, at, ok[:, None], head, heads, H)
        total += tl.sum(tl.where(z > 0, 1.0, slope) * ds[:, :, None], axis=0)
    total *= own(att, 0, 0, head, 0, heads, d, H, D)
    settle(to, part, row, slot, head, 0, total, heads, d, H, D)
