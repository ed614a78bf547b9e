"""Messages from nodes to hyperedges and back, in plain torch."""

from torch import Tensor

from paperflow.kernels.graph import Graph
from paperflow.kernels.spmm.naive import spmm


def hypergraph_propagate(inc: Graph, x: Tensor, w_edge: Tensor | None, op: str) -> Tensor:
    """Reduce nodes x [N, H, d] to hyperedges, weigh them by w_edge [M], and go back."""
    inside = spmm(inc, x, None, op)
    if w_edge is not None:
        inside = inside * w_edge.view(-1, 1, 1)
    return spmm(inc.T, inside, None, op)
