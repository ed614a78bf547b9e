"""Dot products along the edges of a graph (sampled dense times dense)."""

from torch import Tensor

from paperflow.kernels import checks, common, dispatch
from paperflow.kernels.graph import Graph
from paperflow.kernels.sddmm.naive import sddmm as run_naive
from paperflow.kernels.sddmm.operator import sddmm as run_operator


def sddmm(g: Graph, a: Tensor, b: Tensor) -> Tensor:
    """Return `a[destination] · b[source]` for each edge, in float32 or wider.

    a [Nd, H, d] and b [Ns, H, d] give [E, H]; a [Nd, F] and b [Ns, F] give [E].
    """
    if a.dim() == 2 and b.dim() == 2:
        return sddmm(g, a.unsqueeze(1), b.unsqueeze(1)).squeeze(1)
    a, b = common.autocast(a, b)
    checks.check_data("a", a, (g.num_dst, None, None), a.device)
    checks.check_features("b", b, (g.num_src, *a.shape[1:]), a)
    checks.check_device(g, a)
    run = run_naive if dispatch.backend_of(a) == "naive" else run_operator
    return run(g, a, b)
