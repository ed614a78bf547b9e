"""How many nodes hyperedges share, counted by plain sparse matrices."""

import numpy as np
from scipy.sparse import csr_array, triu

BLOCK = 4_000


def incidence(graph):
    """Return hyperedges x nodes with ones, from pointers and members."""
    shape = len(graph.pointers) - 1, graph.num_nodes
    return csr_array(
        (np.ones(len(graph.members), dtype=np.int32), graph.members, graph.pointers), shape=shape
    )


def overlap_counts(graph):
    """Return how many pairs of hyperedges share exactly i nodes, i from 1 on [w + 1]."""
    matrix = incidence(graph)
    sizes = np.diff(graph.pointers)
    counts = np.zeros(sizes.max() + 1, dtype=np.int64)
    for start in range(0, len(sizes), BLOCK):
        shared = (matrix[start : start + BLOCK] @ matrix.T).data
        counts += np.bincount(shared, minlength=len(counts))
    return (counts - np.bincount(sizes)) // 2


def pair_counts(graph):
    """Return in how many hyperedges two nodes stand together, for all that do."""
    matrix = incidence(graph)
    return triu(matrix.T @ matrix, k=1).data
