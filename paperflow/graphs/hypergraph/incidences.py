"""Incidences and codes as the smallest arrays that hold them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Mask

Codes = NDArray[np.integer[Any]]


def incidence_of(pointers: Int64, members: Int32, num_nodes: int) -> Incidence:
    """Return both directions of rows that are ascending and without repeats."""
    node_pointers, node_edges = backend().transposed(pointers, members, num_nodes)
    return Incidence(
        edge_pointers=pointers,
        edge_nodes=members,
        node_pointers=node_pointers,
        node_edges=node_edges,
    )


def small(values: Codes) -> Codes:
    """Return codes in the smallest signed integers that hold them."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    kinds = (np.int8, np.int16, np.int32)
    kind = next(k for k in kinds if np.iinfo(k).min <= low and high <= np.iinfo(k).max)
    return values if values.dtype == kind else values.astype(kind)


def counted(pointers: Int64, entries: Int32, ok: Mask | None) -> Int64:
    """Return how many entries of each row count."""
    if ok is None:
        return np.diff(pointers)
    before = np.zeros(len(entries) + 1, np.int64)
    np.cumsum(ok[entries], out=before[1:])
    return before[pointers[1:]] - before[pointers[:-1]]
