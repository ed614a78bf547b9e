"""The same questions to XGI; where it has no answer, as a user of it would write one."""

from collections import deque
from functools import partial
from typing import Any

import networkx
import xgi

from hypergraph_bench.cases import FEW, NEIGHBOURS, PAPER, labels_of, partition, total
from hypergraph_bench.operations import Operation, Operations, State


def _build(rows: Any) -> Any:
    return xgi.Hypergraph(dict(enumerate(rows)))


def _graph(state: State) -> Any:
    if "graph" not in state.built:
        state.built["graph"] = _build(state.case.rows)
    return state.built["graph"]


def _degrees(graph: Any) -> Any:
    return graph.nodes.degree.asdict()


def _components(graph: Any, s: int) -> Any:
    return list(networkx.connected_components(xgi.to_line_graph(graph, s=s)))


def _node_components(graph: Any) -> Any:
    return list(xgi.connected_components(graph))


def _of_edges(state: State, node_parts: Any) -> list[int]:
    """Return the parts of hyperedges, each being in the part of its nodes."""
    place = {node: number for number, part in enumerate(node_parts) for node in part}
    return partition([place[row[0]] for row in state.case.rows], state.case.sizes >= 1)


def _lengths(s: int, state: State) -> list[int]:
    graph = _graph(state)
    return [_length(graph, s, *pair) for pair in state.case.pairs(FEW).tolist()]


def _length(graph: Any, s: int, source: int, target: int) -> int:
    """Search breadth first over XGI's own s-neighbours of hyperedges."""
    large = graph.edges.filterby("size", s, "geq")
    ends = graph.nodes.memberships(target) & set(large)
    steps = dict.fromkeys(graph.nodes.memberships(source) & set(large), 1)
    queue = deque(sorted(steps))
    while queue:
        edge = queue.popleft()
        if edge in ends:
            return steps[edge]
        for other in graph.edges.neighbors(edge, s=s):
            if other not in steps:
                steps[other] = steps[edge] + 1
                queue.append(other)
    return 0


def _neighbours(s: int, ready: Any) -> list[int]:
    graph, edges = ready
    return [len(graph.edges.neighbors(edge, s=s)) for edge in edges]


def _asked(state: State) -> Any:
    return _graph(state), state.case.edges(NEIGHBOURS).tolist()


def _insert(state: State) -> None:
    _graph(state).add_edges_from(state.case.rows[:PAPER])


OPERATIONS: Operations = {
    "build from labels": Operation(_build, ready=lambda state: state.case.labelled),
    "degrees": Operation(
        _degrees,
        ready=_graph,
        said=lambda state, found: total(
            [found.get(node, 0) for node in range(state.case.graph.num_nodes)]
        ),
    ),
    "s=1 neighbours": Operation(partial(_neighbours, 1), ready=_asked, said=lambda _, n: n),
    "s=2 neighbours": Operation(partial(_neighbours, 2), ready=_asked, said=lambda _, n: n),
    "s=1 components": Operation(_node_components, ready=_graph, said=_of_edges),
    "s=2 components": Operation(
        partial(_components, s=2),
        ready=_graph,
        said=lambda state, found: partition(
            labels_of(found, len(state.case.sizes)), state.case.sizes >= 2
        ),
    ),
    "few s=1 paths": Operation(partial(_lengths, 1), said=lambda _, n: n),
    "few s=2 paths": Operation(partial(_lengths, 2), said=lambda _, n: n),
    "add one paper": Operation(_insert, ready=lambda state: (_graph(state), state)[1]),
}
