"""Weighted reduction of each destination's neighbours (sparse times dense)."""

from torch import Tensor

from paperflow.kernels import checks, common, dispatch, segments
from paperflow.kernels.graph import Graph
from paperflow.kernels.spmm.naive import spmm as run_naive
from paperflow.kernels.spmm.operator import spmm as run_operator

OPS = ("sum", "mean", "max", "min")


def spmm(g: Graph, x: Tensor, w: Tensor | None = None, op: str = "sum") -> Tensor:
    """Reduce `w · x[source]` over each destination's edges by sum, mean, max or min.

    x [Ns, F] with w [E], or x [Ns, H, d] with w [E, H] or [E]; w is 1 where it is None. Returns
    [Nd, F] or [Nd, H, d]; a row without edges gives 0. Of equal maxima the first edge gets the
    gradient.
    """
    if x.dim() == 2:
        return spmm(g, x.unsqueeze(1), w, op).squeeze(1)
    checks.check_choice("op", op, OPS)
    (x,) = common.autocast(x)
    checks.check_data("x", x, (g.num_src, None, None), x.device)
    checks.check_device(g, x)
    if w is not None:
        w = w.unsqueeze(1).expand(-1, x.shape[1]) if w.dim() == 1 else w
        checks.check_data("w", w, (g.num_edges, x.shape[1]), x.device)
        w = w.to(segments.compute_dtype(x))
    run = run_naive if dispatch.backend_of(x) == "naive" else run_operator
    return run(g, x, w, op)
