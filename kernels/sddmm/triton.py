"""Dot products along edges on CUDA; the function is that of native.py."""

import torch
import triton
import triton.language as tl
from torch import Tensor

from paperflow.kernels import tiles
from paperflow.kernels.common import rows
from paperflow.kernels.graph_attention.native import Csr
from paperflow.kernels.tiles import load_item, look_up, own, put_pairs, tile


@triton.jit
def _sddmm(
    items, idx, eid, a, b, out, a_stride: tl.constexpr, b_stride: tl.constexpr,
    heads: tl.constexpr, d: tl.constexpr, H: tl.constexpr, D: tl.constexpr, BE: tl.constexpr,
):  # fmt: skip
    row, begin, end, _ = load_item(items)
    head = tl.program_id(1) * H
    mine = own(a, row, a_stride, head, 0, heads, d, H, D)
    for t in range(begin, end, BE):
        e = t + tl.arange(0, BE)
        ok = e < end
        j, edge = look_up(idx, e, ok), look_up(eid, e, ok)
        others = tile(b, j, b_stride, ok[:, None], head, 0, heads, d, H, D)
        dots = tl.sum(others * mine[None, :, :], axis=2)
        put_pairs(out, edge, ok[:, None], head, dots, heads, H)


@tiles.on_device
def sddmm(g: Csr, a: Tensor, b: Tensor) -> Tensor:
    """Return a[row] · b[neighbour] [E, H] in float32."""
    a, b = rows(a), rows(b)
    out = torch.empty(g.edges, a.shape[1], dtype=torch.float32, device=a.device)
    plan, sizes = tiles.work(g.ptr), tiles.shape(*a.shape[1:])
    if out.numel():
        _sddmm[(len(plan.items), tiles.groups(sizes)[0])](
            plan.items, g.idx, g.eid, a, b, out, a.stride(0), b.stride(0),
            **sizes, **tiles.tuning(sizes),
        )  # fmt: skip
    return out
