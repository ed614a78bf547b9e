"""Link prediction without learning: what two nodes' neighbours have in common."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def adjacency(edges: Ints, num_nodes: int) -> csr_array:
    """Return the symmetric 0/1 matrix [N, N] of pairs [2, E], without loops."""
    source, target = edges[:, edges[0] != edges[1]]
    both = np.concatenate([source, target]), np.concatenate([target, source])
    matrix = csr_array((np.ones(len(both[0])), both), shape=(num_nodes, num_nodes))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def common_neighbours(graph: csr_array, pairs: Ints) -> Floats:
    """Return how many neighbours the nodes of each pair [2, B] share (Newman, 2001)."""
    return _shared(graph, np.ones(graph.shape[0]), pairs)


def adamic_adar(graph: csr_array, pairs: Ints) -> Floats:
    """Return Σ 1 / log degree over shared neighbours (Adamic and Adar, 2003)."""
    degree = np.asarray(graph.sum(axis=1), dtype=np.float64)
    # A shared neighbour has at least two neighbours; others never count.
    return _shared(graph, 1 / np.log(np.maximum(degree, 2)), pairs)


def resource_allocation(graph: csr_array, pairs: Ints) -> Floats:
    """Return Σ 1 / degree over shared neighbours (Zhou et al., 2009)."""
    degree = np.asarray(graph.sum(axis=1), dtype=np.float64)
    return _shared(graph, 1 / np.maximum(degree, 1), pairs)


def shared_neighbours(graph: csr_array, pairs: Ints) -> tuple[Ints, Ints]:
    """Return bounds [B + 1] and members [S] of the neighbours that each pair [2, B] shares."""
    shared = csr_array(graph[pairs[0]].multiply(graph[pairs[1]]))
    shared.sort_indices()
    return shared.indptr.astype(np.int64), shared.indices.astype(np.int64)


HEURISTICS = {
    "common neighbours": common_neighbours,
    "Adamic-Adar": adamic_adar,
    "resource allocation": resource_allocation,
}


def _shared(graph: csr_array, weights: Floats, pairs: Ints) -> Floats:
    """Return the weights of shared neighbours summed for each pair."""
    weighted = graph @ diags_array(weights)
    rows = range(0, pairs.shape[1], 100_000)
    parts = [
        weighted[pairs[0, start : start + 100_000]]
        .multiply(graph[pairs[1, start : start + 100_000]])
        .sum(axis=1)
        for start in rows
    ]
    return np.concatenate([np.zeros(0), *parts])
