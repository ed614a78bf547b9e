"""The same questions in plain scipy.sparse: what every other answer is held against."""

from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from hypergraph_bench.cases import FEW, partition, spread, total
from hypergraph_bench.operations import Operation, Operations, State

BLOCK = 4_000


def _matrix(state: State) -> Any:
    """Return hyperedges x nodes, with ones."""
    if "matrix" not in state.built:
        graph = state.case.graph
        shape = graph.num_hyperedges, graph.num_nodes
        ones = np.ones(len(graph.members), dtype=np.int32)
        state.built["matrix"] = csr_array((ones, graph.members, graph.pointers), shape=shape)
    return state.built["matrix"]


def _build(state: State) -> Any:
    graph = state.case.graph
    shape = graph.num_hyperedges, graph.num_nodes
    ones = np.ones(len(graph.members), dtype=np.int32)
    matrix = csr_array((ones, graph.members, graph.pointers), shape=shape)
    return matrix, matrix.T.tocsr()


def _bipartite(state: State) -> Any:
    """Return hyperedges and nodes as one symmetric matrix."""
    if "bipartite" not in state.built:
        matrix = _matrix(state).tocoo()
        size = sum(matrix.shape)
        ends = matrix.row, matrix.col + matrix.shape[0]
        both = np.concatenate(ends), np.concatenate(ends[::-1])
        ones = np.ones(len(both[0]), dtype=np.int8)
        state.built["bipartite"] = csr_array(coo_array((ones, both), shape=(size, size)))
    return state.built["bipartite"]


def line_graph(matrix: Any, s: int) -> Any:
    """Return which hyperedges share at least s nodes, by blocks of rows."""
    rows, columns = [], []
    for start in range(0, matrix.shape[0], BLOCK):
        shared = (matrix[start : start + BLOCK] @ matrix.T).tocoo()
        kept = (shared.data >= s) & (shared.row + start != shared.col)
        rows.append(shared.row[kept] + start)
        columns.append(shared.col[kept])
    ends = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(ends[0]), dtype=np.int8)
    return csr_array(coo_array((ones, ends), shape=(matrix.shape[0],) * 2))


def _line_graph(state: State) -> Any:
    if "line graph" not in state.built:
        state.built["line graph"] = line_graph(_matrix(state), 2)
    return state.built["line graph"]


def _lengths(s: int, state: State) -> list[int]:
    """Return how many hyperedges the shortest path between each few concepts has, 0 for none."""
    return [_length(state, s, source, target) for source, target in state.case.pairs(FEW).tolist()]


def _length(state: State, s: int, source: int, target: int) -> int:
    by_node = _matrix(state).T.tocsr()[[source, target]]
    starts, ends = (by_node[[row]].indices for row in (0, 1))
    large = state.case.sizes >= s
    starts, ends = starts[large[starts]], ends[large[ends]]
    graph = _bipartite(state) if s == 1 else _line_graph(state)
    if not len(starts) or not len(ends):
        return 0
    steps = dijkstra(graph, indices=starts, unweighted=True, min_only=True)[ends].min()
    return 0 if np.isinf(steps) else 1 + int(steps) // (2 if s == 1 else 1)


def _distances(state: State) -> Any:
    found = dijkstra(_bipartite(state), indices=state.case.start_edge, unweighted=True)
    return found[: state.case.graph.num_hyperedges]


OPERATIONS: Operations = {
    "build from arrays": Operation(_build, repeat=True),
    "degrees": Operation(
        lambda state: np.bincount(state.case.graph.members, minlength=state.case.graph.num_nodes),
        repeat=True,
        said=lambda state, found: total(found),
    ),
    "s=1 components": Operation(
        lambda graph: connected_components(graph, directed=False)[1],
        ready=_bipartite,
        said=lambda state, found: partition(found[: len(state.case.sizes)], state.case.sizes >= 1),
        repeat=True,
    ),
    "s=2 components": Operation(
        lambda matrix: connected_components(line_graph(matrix, 2), directed=False)[1],
        ready=_matrix,
        said=lambda state, found: partition(found, state.case.sizes >= 2),
    ),
    "s=1 distances": Operation(
        _distances,
        said=lambda state, found: spread(np.where(np.isinf(found), -1, found / 2)),
        repeat=True,
    ),
    "few s=1 paths": Operation(partial(_lengths, 1), said=lambda state, found: found),
    "few s=2 paths": Operation(
        partial(_lengths, 2),
        ready=lambda state: (_line_graph(state), state)[1],
        said=lambda state, found: found,
    ),
}
