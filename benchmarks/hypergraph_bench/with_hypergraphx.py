"""The same questions to hypergraphx, in which equal hyperedges are one."""

from functools import partial
from typing import Any

import networkx
from hypergraphx import Hypergraph
from hypergraphx.representations.projections import line_graph

from hypergraph_bench.cases import PAPER, partition, total
from hypergraph_bench.operations import Operation, Operations, State


def _build(rows: Any) -> Any:
    return Hypergraph(edge_list=rows)


def _distinct(state: State) -> list[tuple[int, ...]]:
    return list(dict.fromkeys(map(tuple, state.case.rows)))


def _graph(state: State) -> Any:
    if "graph" not in state.built:
        state.built["graph"] = _build(_distinct(state))
    return state.built["graph"]


def _components(s: int, graph: Any) -> dict[Any, int]:
    """Return the part of each hyperedge by its nodes."""
    joined, names = line_graph(graph, s=s)
    parts = networkx.connected_components(joined)
    return {tuple(names[row]): number for number, part in enumerate(parts) for row in part}


def _by_nodes(graph: Any) -> dict[Any, int]:
    """Return the part of each node."""
    parts = graph.connected_components()
    return {node: number for number, part in enumerate(parts) for node in part}


OPERATIONS: Operations = {
    "build from labels": Operation(
        _build, ready=lambda state: list(dict.fromkeys(map(tuple, state.case.labelled)))
    ),
    "s=1 components": Operation(
        _by_nodes,
        ready=_graph,
        said=lambda state, found: partition(
            [found[row[0]] for row in state.case.rows], state.case.sizes >= 1
        ),
    ),
    "s=2 components": Operation(
        partial(_components, 2),
        ready=_graph,
        said=lambda state, found: partition(
            [found[tuple(sorted(row))] for row in state.case.rows], state.case.sizes >= 2
        ),
    ),
    "distinct degrees": Operation(
        lambda graph: graph.degree_sequence(),
        ready=_graph,
        said=lambda state, found: total([sum(found.values())]),
    ),
    "add one paper": Operation(
        lambda ready: ready[0].add_edges(ready[1]),
        ready=lambda state: (_graph(state), [tuple(row) for row in state.case.rows[:PAPER]]),
    ),
}
