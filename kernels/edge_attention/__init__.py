"""Attention whose logits are given per edge."""

from torch import Tensor

from paperflow.kernels import checks, common, dispatch, segments
from paperflow.kernels.edge_attention.naive import edge_attention as run_naive
from paperflow.kernels.edge_attention.operator import edge_attention as run_operator
from paperflow.kernels.graph import Graph


def edge_attention(logits: Tensor, v: Tensor, g: Graph, dropout: float = 0.0) -> Tensor:
    """Weigh v [Ns, H, d] by the softmax of logits [E, H] over each destination's edges.

    Returns [Nd, H, d]; a row without edges gives 0.
    """
    (v,) = common.autocast(v)
    checks.check_data("v", v, (g.num_src, None, None), v.device)
    checks.check_data("logits", logits, (g.num_edges, v.shape[1]), v.device)
    checks.check_device(g, v)
    seed = common.seed_for(dropout, v.device)
    logits = logits.to(segments.compute_dtype(v))
    run = run_naive if dispatch.backend_of(v) == "naive" else run_operator
    return run(logits, v, g, dropout, seed)[0]
