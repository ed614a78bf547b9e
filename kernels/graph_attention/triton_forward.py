"""Forward kernels of attention: scores, the m largest, online softmax in base 2."""

import triton
import triton.language as tl

from paperflow.kernels.tiles import (
    LN2,
    LOG2E,
    dropout_factor,
    load_item,
    look_up,
    ordered,
    own,
    pairs,
    put,
    put_pairs,
    tile,
)


@triton.jit
def own_score(q, att, row, stride, scale, head, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load the row's query, times scale and log₂e; for GATv2 as it is; None without one."""
    mine = None
    if q is not None:
        mine = own(q, row, stride, head, 0, heads, d, H, D)
        if att is None:
            mine *= scale * LOG2E
    return mine


@triton.jit
def row_or_none(x, row, head, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load one row of the contiguous x [·, heads, d] as [H, D] float32, or None without x."""
    found = None
    if x is not None:
        found = own(x, row, heads * d, head, 0, heads, d, H, D)
    return found


@triton.jit
def channels(edge, index, ok, c, C: tl.constexpr):
    """Load the edges' own features [BE, 1, C], or None without them."""
    found = None
    if edge is not None:
        found = tile(edge, index, c, ok[:, None], 0, 0, 1, c, 1, C)
    return found


@triton.jit
def scores(mine, keys, att, slope, bias, x, mine_x, edge, ok, head, heads, H: tl.constexpr):
    """Return base-2 logits [BE, H]: dot products or GATv2's, bias, and edge features."""
    s = tl.zeros((ok.shape[0], H), tl.float32)
    if att is not None:
        z = mine[None, :, :] + keys
        s += tl.sum(att[None, :, :] * tl.where(z > 0, z, z * slope), axis=2) * LOG2E
    elif mine is not None:
        s += tl.sum(keys * mine[None, :, :], axis=2)
    if bias is not None:
        s += pairs(bias, edge, ok[:, None], head, heads, H) * LOG2E
    if x is not None:
        s += tl.sum(x * mine_x[None, :, :], axis=2) * LOG2E
    return s


@triton.jit
def keys_or_none(k, index, stride, ok, head, heads, d, H: tl.constexpr, D: tl.constexpr):
    """Load the neighbours' keys [BE, H, D], or None without keys."""
    found = None
    if k is not None:
        found = tile(k, index, stride, ok, head, 0, heads, d, H, D)
    return found


@triton.jit
def score(
    items, idx, eid, q, k, bias, edge, edge_q, to,
    q_stride: tl.constexpr, k_stride: tl.constexpr, scale,
    heads: tl.constexpr, d: tl.constexpr, c: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, C: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Write base-2 logits [E, H] slot by slot, for the choice of the largest."""
    row, begin, end, _ = load_item(items)
    head = tl.program_id(1) * H
    mine = own_score(q, None, row, q_stride, scale, head, heads, d, H, D)
    mine_x = row_or_none(edge_q, row, head, heads, c, H, C)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j, at = look_up(idx, e, ok), look_up(eid, e, ok)
        keys = keys_or_none(k, j, k_stride, ok[:, None], head, heads, d, H, D)
        x = channels(edge, at, ok, c, C)
        s = scores(mine, keys, None, 0.0, bias, x, mine_x, at, ok, head, heads, H)
        put_pairs(to, e, ok[:, None], head, s, heads, H)


@triton.jit
def keep_top(ptr, logits, m, heads: tl.constexpr, H: tl.constexpr, BE: tl.constexpr):
    """Set all but a row's m largest logits to -inf; the first of equal ones stay.

    The m-th largest is found bit by bit: the greatest key that m keys reach.
    """
    row, head = tl.program_id(0), tl.program_id(1) * H
    begin, end = tl.load(ptr + row).to(tl.int32), tl.load(ptr + row + 1).to(tl.int32)
    if end - begin > m:
        least = tl.full((H,), -(2**31), tl.int64)
        step = tl.full((H,), 2**31, tl.int64)
        above = tl.zeros((H,), tl.int32)
        for _ in range(32):
            count = tl.zeros((H,), tl.int32)
            for t in range(begin, end, BE):
                e = t + tl.arange(0, BE)
                ok = e < end
                key = ordered(pairs(logits, e, ok[:, None], head, heads, H)).to(tl.int64)
                count += tl.sum((ok[:, None] & (key >= (least + step)[None, :])).to(tl.int32), 0)
            above = tl.where(count >= m, above, count)
            least = tl.where(count >= m, least + step, least)
            step = step // 2
        for t in range(begin, end, BE):
            e = t + tl.arange(0, BE)
            ok = e < end
            s = pairs(logits, e, ok[:, None], head, heads, H)
            key = ordered(s).to(tl.int64)
            ties = (ok[:, None] & (key == least[None, :])).to(tl.int32)
            rank = above[None, :] + tl.cumsum(ties, axis=0)
            kept = (key > least[None, :]) | ((ties > 0) & (rank <= m))
            put_pairs(logits, e, ok[:, None], head, tl.where(kept, s, float("-inf")), heads, H)
            above += tl.sum(ties, 0)


@triton.jit
def _finish(row, head, m, total, acc, mean, out, lse, out_x, heads, d, c, H: tl.constexpr,
            D: tl.constexpr, C: tl.constexpr):  # fmt: skip
    """Divide by the weights' sum and store a row's results."""
    h = head + tl.arange(0, H)
    divisor = tl.where(total == 0.0, 1.0, total)[:, None]
    put(out, row, head, 0, acc / divisor, heads, d, H, D)
    tl.store(lse + row.to(tl.int64) * heads + h, (m + tl.log2(total)) * LN2, mask=h < heads)
    if out_x is not None:
        put(out_x, row, head, 0, mean / divisor, heads, c, H, C)


@triton.jit
def attend(
    items, idx, eid, q, k, v, att, bias, edge, edge_q, logits, seed,
    out, lse, out_x, part, part_m, part_l, part_x,
    q_stride: tl.constexpr, k_stride: tl.constexpr, v_stride: tl.constexpr,
    scale, slope, below, keep,
    heads: tl.constexpr, d: tl.constexpr, c: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, C: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    """Attend; `logits` are base-2 logits slot by slot that are known, `seed` means dropout."""
    row, begin, end, slot = load_item(items)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    mine = own_score(q, att, row, q_stride, scale, head, heads, d, H, D)
    mine_x = row_or_none(edge_q, row, head, heads, c, H, C)
    vector = row_or_none(att, 0, head, heads, d, H, D)
    m = tl.full((H,), float("-inf"), tl.float32)
    total = tl.zeros((H,), tl.float32)
    acc = tl.zeros((H, D), tl.float32)
    mean = tl.zeros((H, C), tl.float32)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j, at = look_up(idx, e, ok), look_up(eid, e, ok)
        x = channels(edge, at, ok, c, C)
        if logits is None:
            keys = keys_or_none(k, j, k_stride, ok[:, None], head, heads, d, H, D)
            s = scores(mine, keys, vector, slope, bias, x, mine_x, at, ok, head, heads, H)
        else:
            s = pairs(logits, e, ok[:, None], head, heads, H)
        s = tl.where(ok[:, None], s, float("-inf"))
        top = tl.maximum(m, tl.max(s, axis=0))
        safe = tl.where(top == float("-inf"), 0.0, top)
        shrink = tl.exp2(m - safe)
        p = tl.exp2(s - safe[None, :])
        total = total * shrink + tl.sum(p, axis=0)
        m = top
        p *= dropout_factor(at, head, seed, below, keep, H)
        needed = ok[:, None] if logits is None else ok[:, None] & (p != 0)
        values = tile(v, j, v_stride, needed, head, 0, heads, d, H, D)
        acc = acc * shrink[:, None] + tl.sum(p[:, :, None] * values, axis=0)
        if x is not None:
            mean = mean * shrink[:, None] + tl.sum(p[:, :, None] * x, axis=0)
    if slot < 0:
        _finish(row, head, m, total, acc, mean, out, lse, out_x, heads, d, c, H, D, C)
    else:
        put(part, slot, head, 0, acc, heads, d, H, D)
        tl.store(part_m + slot.to(tl.int64) * heads + h, m, mask=h < heads)
        tl.store(part_l + slot.to(tl.int64) * heads + h, total, mask=h < heads)
        if part_x is not None:
            put(part_x, slot, head, 0, mean, heads, c, H, C)


@triton.jit
def merge(
    split, out, lse, out_x, part, part_m, part_l, part_x,
    heads: tl.constexpr, d: tl.constexpr, c: tl.constexpr,
    H: tl.constexpr, D: tl.constexpr, C: tl.constexpr,
):  # fmt: skip
    """Join the pieces of a cut row in order."""
    entry = split + tl.program_id(0) * 3
    row, first, count = tl.load(entry), tl.load(entry + 1), tl.load(entry + 2)
    head = tl.program_id(1) * H
    h = head + tl.arange(0, H)
    m = tl.full((H,), float("-inf"), tl.float32)
    total = tl.zeros((H,), tl.float32)
    acc = tl.zeros((H, D), tl.float32)
    mean = tl.zeros((H, C), tl.float32)
    for slot in range(first, first + count):
        at = tl.cast(slot, tl.int64) * heads + h
        piece_m = tl.load(part_m + at, mask=h < heads, other=float("-inf"))
        piece_l = tl.load(part_l + at, mask=h < heads, other=0.0)
        top = tl.maximum(m, piece_m)
        safe = tl.where(top == float("-inf"), 0.0, top)
        old, new = tl.exp2(m - safe), tl.exp2(piece_m - safe)
        acc = (
            acc * old[:, None] + own(part, slot, heads * d, head, 0, heads, d, H, D) * new[:, None]
        )
        total = total * old + piece_l * new
        m = top
        if part_x is not None:
            piece = row_or_none(part_x, slot, head, heads, c, H, C)
            mean = mean * old[:, None] + piece * new[:, None]
    _finish(row, head, m, total, acc, mean, out, lse, out_x, heads, d, c, H, D, C)
