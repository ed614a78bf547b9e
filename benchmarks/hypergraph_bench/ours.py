"""The same questions to ours, and those that only ours answers."""

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from hypergraph_bench.cases import FEW, MANY, NEIGHBOURS, PAPER, partition, spread, total
from hypergraph_bench.operations import Operation, Operations, State
from paperflow.graphs.hypergraph.measures import neighbours
from paperflow.graphs.hypergraph.paths import path_batch, shortest_paths
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.hypergraph.walks import edge_components, edge_distances

BATCH = 10_000


def _build(state: State) -> Hypergraph:
    graph = state.case.graph
    return Hypergraph.from_csr(graph.pointers, graph.members, graph.num_nodes)


def _graph(state: State) -> Hypergraph:
    if "graph" not in state.built:
        state.built["graph"] = _build(state)
    found: Hypergraph = state.built["graph"]
    return found


def _fresh(state: State) -> Hypergraph:
    """Return the graph without what it has made so far."""
    return Hypergraph.from_incidence(_graph(state).incidence)


def _lifted(state: State, s: int) -> Hypergraph:
    graph = _graph(state)
    graph.lift(s)
    edge_components(graph, s)  # makes what a first question makes
    return graph


def _lifted_anew(state: State, s: int) -> Hypergraph:
    graph = _fresh(state)
    graph.lift(s)
    return graph


def _neighbours(s: int, ready: Any) -> list[int]:
    graph, edges = ready
    return [len(neighbours(graph, edge, s).rows) for edge in edges]


def _asked(state: State) -> Any:
    return _graph(state), state.case.edges(NEIGHBOURS).tolist()


def _paths(state: State, s: int, k: int, count: int) -> Any:
    graph = _lifted(state, s)
    shortest_paths(graph, *state.case.pairs(1)[0].tolist(), s=s)
    return [(graph, pair, s, k) for pair in state.case.pairs(count).tolist()]


def _path(question: Any) -> Any:
    graph, (source, target), s, k = question
    return shortest_paths(graph, source, target, s=s, k=k, slack=0).paths


def _lengths(state: State, found: Any) -> list[int]:
    return [len(paths[0].edges) if paths else 0 for paths in found]


def _right(s: int, state: State, found: Any) -> list[int]:
    """Return lengths, after holding every path against the definition and the shortest steps."""
    graph = _lifted(state, s)
    pairs = state.case.pairs(len(found)).tolist()
    for (source, target), paths in zip(pairs, found, strict=True):
        for path in paths:
            _follow(graph, path, source, target, s)
    for (source, target), paths in list(zip(pairs, found, strict=True))[: _checked(state)]:
        if _steps(graph, source, target, s) != (len(paths[0].edges) if paths else 0):
            raise SystemExit("not timed: a path is not of minimal length")
    return _lengths(state, found)


def _checked(state: State) -> int:
    """Return of how many pairs the path lengths are checked by another search."""
    return 30 if state.case.graph.num_hyperedges < 1_000_000 else 3


def _follow(graph: Hypergraph, path: Any, source: int, target: int, s: int) -> None:
    rows = [set(graph.members(edge).tolist()) for edge in path.edges]
    shared = [len(a & b) for a, b in pairwise(rows)]
    if source not in rows[0] or target not in rows[-1] or any(n < s for n in shared):
        raise SystemExit("not timed: a path does not hold")


def _steps(graph: Hypergraph, source: int, target: int, s: int) -> int:
    starts, ends = (
        [edge for edge in graph.memberships(node).tolist() if graph.sizes[edge] >= s]
        for node in (source, target)
    )
    if not starts or not ends:
        return 0
    return 1 + int(min((x for x in edge_distances(graph, starts, s)[ends] if x >= 0), default=-1))


def _batch(ready: Any) -> Any:
    graph, pairs = ready
    return [path_batch(graph, pairs, s) for s in (1, 2, 3)]


def _pairs(state: State) -> Any:
    for s in (2, 3):
        _lifted(state, s)
    return _graph(state), state.case.pairs(BATCH)


def _of_edges(s: int, state: State, found: Any) -> list[int]:
    return partition(found, state.case.sizes >= s)


def _paper(state: State) -> Any:
    graph = state.case.graph
    end = graph.pointers[PAPER]
    pointers = np.concatenate((graph.pointers, graph.pointers[-1] + graph.pointers[1 : PAPER + 1]))
    return pointers, np.concatenate((graph.members, graph.members[:end])), graph.num_nodes


OPERATIONS: Operations = {
    "build from labels": Operation(
        Hypergraph.from_labels,
        ready=lambda state: state.case.labelled,
        said=lambda state, found: [found[0].num_nodes, found[0].num_hyperedges],
    ),
    "build from arrays": Operation(_build, repeat=True),
    "degrees": Operation(
        lambda graph: graph.degrees, ready=_fresh, said=lambda _, found: total(found), repeat=True
    ),
    "s=1 neighbours": Operation(partial(_neighbours, 1), ready=_asked, said=lambda _, n: n),
    "s=2 neighbours": Operation(partial(_neighbours, 2), ready=_asked, said=lambda _, n: n),
    "s=1 components": Operation(
        partial(edge_components, s=1), ready=_fresh, said=partial(_of_edges, 1), repeat=True
    ),
    "s=2 components": Operation(
        partial(edge_components, s=2), ready=_fresh, said=partial(_of_edges, 2), repeat=True
    ),
    "s=2 lift": Operation(lambda graph: graph.lift(2), ready=_fresh, repeat=True),
    "s=1 distances": Operation(
        lambda ready: edge_distances(*ready),
        ready=lambda state: (_graph(state), [state.case.start_edge]),
        said=lambda _, found: spread(found),
        repeat=True,
    ),
    "few s=1 paths": Operation(
        _path, ready=partial(_paths, s=1, k=1, count=FEW), said=_lengths, each=True, repeat=True
    ),
    "few s=2 paths": Operation(
        _path, ready=partial(_paths, s=2, k=1, count=FEW), said=_lengths, each=True, repeat=True
    ),
    "s=1 paths": Operation(
        _path, ready=partial(_paths, s=1, k=1, count=MANY), said=partial(_right, 1), each=True
    ),
    "s=2 paths": Operation(
        _path, ready=partial(_paths, s=2, k=1, count=MANY), said=partial(_right, 2), each=True
    ),
    "s=3 paths": Operation(
        _path, ready=partial(_paths, s=3, k=1, count=MANY), said=partial(_right, 3), each=True
    ),
    "ten s=1 paths": Operation(
        _path, ready=partial(_paths, s=1, k=10, count=MANY), said=partial(_right, 1), each=True
    ),
    "batch of paths": Operation(
        _batch, ready=_pairs, said=lambda _, found: [len(batch.edges) for batch in found]
    ),
    "s=2 arrays": Operation(
        lambda graph: graph.nbytes,
        ready=lambda state: _lifted_anew(state, 2),
        said=lambda _, found: found,
    ),
    "s=3 arrays": Operation(
        lambda graph: graph.nbytes,
        ready=lambda state: _lifted_anew(state, 3),
        said=lambda _, found: found,
    ),
    "add one paper": Operation(
        lambda ready: Hypergraph.from_csr(*ready), ready=_paper, repeat=True
    ),
}
