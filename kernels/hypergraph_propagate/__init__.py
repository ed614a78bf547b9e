"""Messages from nodes to hyperedges and back."""

from torch import Tensor

from paperflow.kernels import checks
from paperflow.kernels.graph import Graph
from paperflow.kernels.spmm import spmm


def hypergraph_propagate(
    inc: Graph, x: Tensor, w_edge: Tensor | None = None, op: str = "sum"
) -> Tensor:
    """Reduce nodes x [N, F] to hyperedges, weigh those by w_edge [M], and reduce them to nodes.

    `inc` is the incidence graph: its sources are the N nodes, its destinations the M
    hyperedges. `op` (sum, mean, max, min) serves both steps. Returns [N, F].
    """
    inside = spmm(inc, x, op=op)
    if w_edge is not None:
        checks.check_data("w_edge", w_edge, (inc.num_dst,), x.device)
        inside = inside * w_edge.to(inside.dtype).view(-1, *[1] * (inside.dim() - 1))
    return spmm(inc.T, inside, op=op)
