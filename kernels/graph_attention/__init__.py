"""Scaled dot-product attention along the edges of a graph."""

from torch import Tensor

from paperflow.kernels import checks, common, dispatch, segments
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention.naive import graph_attention as run_naive
from paperflow.kernels.graph_attention.operator import graph_attention as run_operator


def graph_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    g: Graph,
    bias: Tensor | None = None,
    edge: Tensor | None = None,
    edge_q: Tensor | None = None,
    scale: float | None = None,
    top_m: int | None = None,
    dropout: float = 0.0,
    return_lse: bool = False,
) -> Tensor | tuple[Tensor, ...]:
    """Attend from each destination to its sources.

    q [Nd, H, d]; k and v [Ns, H, d]. The logit of an edge is `scale · q·k + edge_q·e + bias`,
    where `scale` is 1/√d by default, bias is [E, H], e is the edge's row of `edge` [E, c], and
    edge_q is [Nd, H, c]. `top_m` keeps each row and head's m largest logits. A row without
    edges gives 0. Returns [Nd, H, d]; with `edge` also the weighted mean of e [Nd, H, c]; with
    `return_lse` also the log-sum-exp [Nd, H], without gradient.
    """
    q, k, v = common.autocast(q, k, v)
    _check(q, k, v, g, bias, edge, edge_q)
    if top_m is not None and top_m < 1:
        raise ValueError(f"top_m must be at least 1, not {top_m}")
    scale = q.shape[2] ** -0.5 if scale is None else scale
    seed = common.seed_for(dropout, q.device)
    wide = segments.compute_dtype(q)
    plain = bias is None and edge is None and top_m is None and not dropout
    if not plain:
        bias, edge, edge_q = (x if x is None else x.to(wide) for x in (bias, edge, edge_q))
    backend = dispatch.backend_of(q)
    run = run_naive if backend == "naive" else run_operator
    out, lse, mean = run(q, k, v, g, bias, edge, edge_q, scale, top_m or 0, dropout, seed)
    parts = [out, *([] if mean is None else [mean]), *([lse.detach()] if return_lse else [])]
    return out if len(parts) == 1 else tuple(parts)


def _check(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    g: Graph,
    bias: Tensor | None,
    edge: Tensor | None,
    edge_q: Tensor | None,
) -> None:
    if bias is None and edge is None and edge_q is None and checks.fits(g, q, k, v):
        return  # the usual case, in a few microseconds
    checks.check_data("q", q, (g.num_dst, None, None), q.device)
    heads, width = q.shape[1:]
    checks.check_features("k", k, (g.num_src, heads, width), q)
    checks.check_features("v", v, (g.num_src, heads, width), q)
    checks.check_device(g, q)
    if bias is not None:
        checks.check_data("bias", bias, (g.num_edges, heads), q.device)
    if (edge is None) != (edge_q is None):
        raise ValueError("edge and edge_q must be given together")
    if edge is not None and edge_q is not None:
        checks.check_data("edge", edge, (g.num_edges, None), q.device)
        checks.check_data("edge_q", edge_q, (g.num_dst, heads, edge.shape[1]), q.device)
