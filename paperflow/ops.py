"""The public face of the kernels: sparse operators for graphs and hypergraphs."""

from paperflow.kernels.dispatch import backend_info, set_backend, use_backend
from paperflow.kernels.edge_attention import edge_attention
from paperflow.kernels.edge_softmax import edge_softmax
from paperflow.kernels.gatv2_attention import gatv2_attention
from paperflow.kernels.graph import Graph
from paperflow.kernels.graph_attention import graph_attention
from paperflow.kernels.hypergraph_propagate import hypergraph_propagate
from paperflow.kernels.memory import empty_cache
from paperflow.kernels.sddmm import sddmm
from paperflow.kernels.segment_reduce import segment_reduce
from paperflow.kernels.spmm import spmm

__all__ = [
    "Graph",
    "backend_info",
    "edge_attention",
    "edge_softmax",
    "empty_cache",
    "gatv2_attention",
    "graph_attention",
    "hypergraph_propagate",
    "sddmm",
    "segment_reduce",
    "set_backend",
    "spmm",
    "use_backend",
]
