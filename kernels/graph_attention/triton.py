"""Attention on CUDA; the functions are those of native.py, the kernels lie in triton_*.py."""

import torch
import triton
from torch import Tensor

from paperflow.kernels import segments, tiles
from paperflow.kernels.common import rows
from paperflow.kernels.graph_attention import triton_backward, triton_forward
from paperflow.kernels.graph_attention.native import DOT, GATV2, Csr, Extras
from paperflow.kernels.plan import Plan

Saved = tuple[Tensor, Tensor, Tensor]  # output, log-sum-exp, mean edge features


@tiles.on_device
def forward(g: Csr, q: Tensor, k: Tensor, v: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Return output [Nd, H, d] and natural log-sum-exp [Nd, H] of plain attention."""
    out, lse, _ = general_forward(DOT, g, q, k, v, Extras(scale=scale))
    return out, lse


@tiles.on_device
def general_forward(
    score: int, g: Csr, q: Tensor | None, k: Tensor | None, v: Tensor, x: Extras
) -> tuple[Tensor, Tensor, Tensor]:
    """Return output [Nd, H, d], log-sum-exp [Nd, H], mean edge features [Nd, H, c] or [0]."""
    q, k, v, x = _rows(q), _rows(k), rows(v), x.contiguous()
    heads, width = v.shape[1:]
    plan, sizes = tiles.work(g.ptr), _sizes(v, x)
    out = v.new_empty(g.rows, heads, width)
    lse = torch.empty(g.rows, heads, dtype=torch.float32, device=v.device)
    mean = lse.new_empty(0) if x.edge is None else lse.new_empty(g.rows, heads, sizes["c"])
    made = (out, lse, None if x.edge is None else mean)
    parts = tuple(tiles.scratch(plan, *size) for size in ((heads, width), (heads,), (heads,)))
    parts += (None if x.edge is None else tiles.scratch(plan, heads, sizes["c"]),)
    if lse.numel():
        logits = _largest(g, plan, q, k, x, sizes)
        triton_forward.attend[_grid(plan.items, sizes)](
            plan.items, g.idx, g.eid, q, k, v, x.att, x.bias, x.edge, x.edge_q, logits, _seed(x),
            *made, *parts, _stride(q), _stride(k), v.stride(0), x.scale, x.slope, *_drop(x),
            **sizes, **tiles.tuning(sizes),
        )  # fmt: skip
    if len(plan.split):
        triton_forward.merge[_grid(plan.split, sizes)](plan.split, *made, *parts, **sizes)
    return out, lse, mean


def _largest(
    g: Csr, plan: Plan, q: Tensor | None, k: Tensor | None, x: Extras, sizes: dict[str, int]
) -> Tensor | None:
    """Return base-2 logits [E, H] slot by slot, -inf but for the top m; None without top_m."""
    if not x.top_m:
        return None
    logits = torch.empty(g.edges, sizes["heads"], dtype=torch.float32, device=g.ptr.device)
    triton_forward.score[_grid(plan.items, sizes)](
        plan.items, g.idx, g.eid, q, k, x.bias, x.edge, x.edge_q, logits, _stride(q), _stride(k),
        x.scale, **sizes, **tiles.tuning(sizes),
    )  # fmt: skip
    triton_forward.keep_top[g.rows, tiles.groups(sizes)[0]](
        g.ptr, logits, x.top_m, heads=sizes["heads"], H=sizes["H"], BE=32, num_warps=1
    )
    return logits


@tiles.on_device
def backward(
    g: Csr,
    transposed: Csr,
    inputs: tuple[Tensor, Tensor, Tensor],
    out: Tensor,
    lse: Tensor,
    grad: Tensor,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of q, k and v of plain attention."""
    q, k, v = (rows(y) for y in inputs)
    grad, x = grad.contiguous(), Extras(scale=scale)
    stats = _statistics(x, (out, lse, lse), grad, None)
    dq, dk, dv = (torch.empty_like(y, memory_format=torch.contiguous_format) for y in (q, k, v))
    _pass(transposed, (k, v), (q, grad), x, stats, {"to_a": dk, "to_b": dv}, sources=True)
    _pass(g, (q, grad), (k, v), x, stats, {"to_a": dq})
    return dq, dk, dv


@tiles.on_device
def general_backward(
    score: int,
    g: Csr,
    q: Tensor | None,
    k: Tensor | None,
    v: Tensor,
    x: Extras,
    saved: Saved,
    grad: Tensor,
    grad_mean: Tensor | None,
) -> dict[str, Tensor]:
    """Return dq, dlogits and weights [E, H], dedge, dedge_q and datt, where they exist."""
    q, k, v, x, grad = _rows(q), _rows(k), rows(v), x.contiguous(), grad.contiguous()
    grad_mean = None if grad_mean is None else grad_mean.contiguous()
    wide = {"dtype": torch.float32, "device": v.device}
    stats = _statistics(x, saved, grad, grad_mean)
    made = {name: torch.empty(g.edges, v.shape[1], **wide) for name in ("dlogits", "weights")}
    if q is not None:
        made["to_a"] = torch.empty_like(q, memory_format=torch.contiguous_format)
    if score == GATV2:
        made["to_b"] = torch.empty(len(tiles.work(g.ptr).items), *v.shape[1:], **wide)
    if x.edge_q is not None:
        made["to_x"] = torch.empty_like(x.edge_q)
    _pass(g, (q, grad), (k, v), x, stats, made, grad_mean)
    if x.edge is not None:
        made["dedge"] = _edge_gradient(g, x, made, grad_mean)
    names = {"to_a": "dq", "to_b": "datt", "to_x": "dedge_q"}
    return {names.get(name, name): y for name, y in made.items()}


def _statistics(
    x: Extras, saved: Saved, grad: Tensor, grad_mean: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the base-2 log-sum-exp, 0 for empty rows, and D [Nd, H] of each row."""
    out, lse, mean = (y.contiguous() for y in saved)
    base, mass, sizes = torch.empty_like(lse), torch.empty_like(lse), _sizes(out, x)
    launch = tiles.tuning(sizes)
    if lse.numel():
        blocks = triton.cdiv(len(out), launch["BE"]), tiles.groups(sizes)[0]
        triton_backward.statistics[blocks](
            out, grad, mean, grad_mean, lse, base, mass, len(out), **sizes, **launch
        )
    return base, mass


def _pass(
    g: Csr,
    own: tuple[Tensor | None, Tensor],
    others: tuple[Tensor | None, Tensor],
    x: Extras,
    stats: tuple[Tensor, Tensor],
    made: dict[str, Tensor],
    grad_mean: Tensor | None = None,
    sources: bool = False,
) -> None:
    """Fill the tensors `made` by one pass over rows, or over sources."""
    values = own[1]
    plan, sizes = tiles.work(g.ptr), _sizes(values, x)
    if not len(plan.items) * sizes["heads"]:
        return
    logits = _largest(g, plan, own[0], others[0], x, sizes)
    parts = {name: tiles.scratch(plan, *y.shape[1:]) for name, y in made.items() if name in PARTS}
    names = ("to_a", "to_b", "to_x", "dlogits", "weights")
    triton_backward.backward[_grid(plan.items, sizes)](
        plan.items, g.idx, g.eid, *own, *others, x.att, x.bias, x.edge, x.edge_q, grad_mean,
        logits, _seed(x), *stats, *(made.get(name) for name in names),
        *(parts.get(name) for name in PARTS), *(_stride(y) for y in (*own, *others)),
        x.scale, x.slope, *_drop(x), SOURCES=sources, **sizes, **tiles.tuning(sizes, 8),
    )  # fmt: skip
    for name, part in parts.items():
        if name == "to_b" and not sources:
            continue  # GATv2's sums stay one an item
        beside = tiles.shape(*made[name].shape[1:])
        tiles.merge_sums(plan, part, made[name], beside)


PARTS = ("to_a", "to_b", "to_x")


def _edge_gradient(g: Csr, x: Extras, made: dict[str, Tensor], grad_mean: Tensor | None) -> Tensor:
    assert x.edge is not None
    assert x.edge_q is not None
    dedge, plan = torch.empty_like(x.edge), tiles.work(g.ptr)
    sizes = tiles.shape(*x.edge_q.shape[1:])
    if dedge.numel():
        triton_backward.edge_gradient[(len(plan.items),)](
            plan.items, g.eid, made["dlogits"], made["weights"], x.edge_q, grad_mean,
            dedge, heads=sizes["heads"], c=sizes["d"], H=sizes["H"], C=sizes["D"],
            **tiles.tuning(sizes, 8),
        )  # fmt: skip
    return dedge


@tiles.on_device
def gatv2_sources(
    transposed: Csr,
    r: Tensor,
    l: Tensor,  # noqa: E741
    x: Extras,
    dlogits: Tensor,
) -> Tensor:
    """Return GATv2's gradient of l [Ns, H, d] by way of the logits."""
    r, l, x = rows(r), rows(l), x.contiguous()  # noqa: E741
    dl = torch.empty_like(l, memory_format=torch.contiguous_format)
    plan, sizes = tiles.work(transposed.ptr), tiles.shape(*l.shape[1:])
    part = tiles.scratch(plan, *l.shape[1:])
    if dl.numel():
        triton_backward.gatv2_sources[_grid(plan.items, sizes)](
            plan.items, transposed.idx, transposed.eid, l, r, x.att, dlogits, dl, part,
            l.stride(0), r.stride(0), x.slope, **sizes, **tiles.tuning(sizes, 8),
        )  # fmt: skip
        tiles.merge_sums(plan, part, dl, sizes)
    return dl


def _rows(x: Tensor | None) -> Tensor | None:
    return None if x is None else rows(x)


def _stride(x: Tensor | None) -> int:
    return 0 if x is None else x.stride(0)


def _sizes(v: Tensor, x: Extras) -> dict[str, int]:
    """Return the sizes of a row of v [·, H, d] beside edge features."""
    c = 1 if x.edge is None else x.edge.shape[1]
    return tiles.shape(*v.shape[1:], c) | {"c": c, "C": tiles.power(c)}


def _grid(items: Tensor, sizes: dict[str, int]) -> tuple[int, int]:
    return len(items), tiles.groups(sizes)[0]


def _seed(x: Extras) -> Tensor | None:
    return x.seed if x.dropout else None


def _drop(x: Extras) -> tuple[int, float]:
    """Return the hash below which an edge is dropped, and the factor of the others."""
    return segments.drop_threshold(x.dropout), 1 / (1 - x.dropout)
