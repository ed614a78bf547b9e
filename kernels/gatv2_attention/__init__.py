"""GATv2 attention along the edges of a graph (Brody, Alon, Yahav 2022, equation 7)."""

from torch import Tensor

from paperflow.kernels import checks, common, dispatch
from paperflow.kernels.gatv2_attention.naive import gatv2_attention as run_naive
from paperflow.kernels.gatv2_attention.operator import gatv2_attention as run_operator
from paperflow.kernels.graph import Graph


def gatv2_attention(
    l: Tensor,  # noqa: E741
    r: Tensor,
    v: Tensor | None,
    att: Tensor,
    g: Graph,
    slope: float = 0.2,
    dropout: float = 0.0,
) -> Tensor:
    """Attend with the logits `att · leaky_relu(l[source] + r[destination])` of each head.

    l and v [Ns, H, d], r [Nd, H, d], att [H, d]; v is l where it is None. Returns [Nd, H, d];
    a row without edges gives 0.
    """
    l, r, att = common.autocast(l, r, att)  # noqa: E741
    v = l if v is None else common.autocast(v)[0]
    checks.check_data("l", l, (g.num_src, None, None), l.device)
    heads, width = l.shape[1:]
    checks.check_features("r", r, (g.num_dst, heads, width), l)
    checks.check_features("v", v, (g.num_src, heads, width), l)
    checks.check_features("att", att, (heads, width), l)
    checks.check_device(g, l)
    seed = common.seed_for(dropout, l.device)
    run = run_naive if dispatch.backend_of(l) == "naive" else run_operator
    return run(l, r, v, att, g, slope, dropout, seed)[0]
