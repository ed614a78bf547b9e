"""Communities of nodes: Louvain's method on a graph made from the hypergraph."""

import numpy as np

from paperflow.graphs.arrays import Int32
from paperflow.graphs.hypergraph.measures import pairs
from paperflow.graphs.hypergraph.topology import Hypergraph


def communities(
    h: Hypergraph, *, min_shared: int = 2, resolution: float = 1.0, seed: int = 0
) -> Int32:
    """Return the smallest node of each one's community [N], -1 for nodes without a partner.

    The graph is the clique projection: two nodes are joined if they share at least
    `min_shared` hyperedges, by as many as the edge weighs. The method is networkx's
    `louvain_communities`; its result follows the seed.
    """
    import networkx

    left, right, shared = projection(h, min_shared)
    graph = networkx.Graph()
    graph.add_weighted_edges_from(zip(left.tolist(), right.tolist(), shared.tolist(), strict=True))
    label = np.full(h.num_nodes, -1, np.int32)
    for group in networkx.community.louvain_communities(graph, resolution=resolution, seed=seed):
        label[list(group)] = min(group)
    return label


def projection(h: Hypergraph, min_shared: int = 1) -> tuple[Int32, Int32, Int32]:
    """Return the pairs of nodes [n], [n] that share at least `min_shared` hyperedges [n]."""
    from scipy.sparse import csr_array, triu

    edges, nodes = pairs(h)
    shape = h.num_nodes, h.num_hyperedges
    incidence = csr_array((np.ones(len(nodes), np.int32), (nodes, edges)), shape=shape)
    found = triu(incidence @ incidence.T, k=1).tocoo()
    order = np.lexsort((found.col, found.row))
    order = order[found.data[order] >= min_shared]
    return found.row[order], found.col[order], found.data[order]
