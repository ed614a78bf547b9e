"""The topology for learning: tensors on the same memory, for our kernels and for PyG."""

from typing import TYPE_CHECKING

import numpy as np

from paperflow.graphs.hypergraph.measures import pairs
from paperflow.graphs.hypergraph.topology import Hypergraph

if TYPE_CHECKING:
    from torch import Tensor

    from paperflow.ops import Graph


def incidence_graph(h: Hypergraph) -> "Graph":
    """Return the whole incidence for `ops.hypergraph_propagate`, on the arrays of `h` themselves.

    Sources are the N nodes, destinations the E hyperedges. What a filter leaves out is
    weighed by 0: pass `h.edge_ok` as weights, and set rows of nodes to 0.
    """
    import torch

    from paperflow.ops import Graph

    inc = h.incidence
    rows = (inc.edge_pointers, inc.edge_nodes, inc.node_pointers, inc.node_edges)
    return Graph.from_both(*map(torch.from_numpy, rows))


def hyperedge_index(h: Hypergraph) -> "Tensor":
    """Return PyG's `hyperedge_index` [2, I]: a node and its hyperedge, of the pairs that count."""
    import torch

    edges, nodes = pairs(h)
    return torch.from_numpy(np.stack([nodes.astype(np.int64), edges]))
