"""The same questions to HyperNetX."""

from functools import partial
from typing import Any

import hypernetx
import networkx
import pandas

from hypergraph_bench.cases import FEW, NEIGHBOURS, PAPER, labels_of, name, partition, total
from hypergraph_bench.operations import Operation, Operations, State


def _named(state: State) -> dict[str, Any]:
    """Return names of nodes by names of hyperedges: what extraction makes, and its users give."""
    return {f"statement {number}": row for number, row in enumerate(state.case.labelled)}


def _from_arrays(state: State) -> Any:
    """Build by its fastest way in: a frame of whole numbers."""
    frame = pandas.DataFrame(
        {
            "edges": [edge for edge, row in enumerate(state.case.rows) for _ in row],
            "nodes": state.case.graph.members,
        }
    )
    return hypernetx.Hypergraph(frame)


def _graph(state: State) -> Any:
    if "graph" not in state.built:
        state.built["graph"] = hypernetx.Hypergraph(_named(state))
    return state.built["graph"]


def _line_graph(state: State) -> Any:
    if "line graph" not in state.built:
        state.built["line graph"] = _graph(state).get_linegraph(s=2)
    return state.built["line graph"]


def _lengths(s: int, state: State) -> list[int]:
    memberships = _graph(state).nodes.memberships
    return [
        _length(_line_graph(state), *(_large(state, memberships[name(x)], s) for x in pair))
        for pair in state.case.pairs(FEW).tolist()
    ]


def _large(state: State, edges: Any, s: int) -> set[str]:
    return {edge for edge in edges if state.case.sizes[_row(edge)] >= s}


def _row(edge: str) -> int:
    return int(edge.removeprefix("statement "))


def _length(graph: Any, starts: set[str], ends: set[str]) -> int:
    if not starts or not ends:
        return 0
    steps = networkx.multi_source_dijkstra_path_length(graph, starts, weight=None)
    found = [steps[edge] for edge in ends if edge in steps]
    return 1 + int(min(found)) if found else 0


def _neighbours(s: int, ready: Any) -> list[int]:
    graph, edges = ready
    return [len(graph.edge_neighbors(f"statement {edge}", s=s)) for edge in edges]


def _insert(ready: Any) -> Any:
    graph, paper = ready
    return graph.union(paper)


def _paper(state: State) -> Any:
    rows = {f"new {number}": row for number, row in enumerate(state.case.labelled[:PAPER])}
    return _graph(state), hypernetx.Hypergraph(rows)


def _parts(s: int, graph: Any) -> Any:
    return list(graph.s_connected_components(s=s, edges=True, return_singletons=True))


def _said(s: int, state: State, found: Any) -> list[int]:
    rows = [list(map(_row, part)) for part in found]
    return partition(labels_of(rows, len(state.case.sizes)), state.case.sizes >= s)


OPERATIONS: Operations = {
    "build from labels": Operation(hypernetx.Hypergraph, ready=_named),
    "build from arrays": Operation(_from_arrays, ready=lambda state: (state.case.rows, state)[1]),
    "degrees": Operation(
        lambda graph: {node: len(edges) for node, edges in graph.nodes.memberships.items()},
        ready=_graph,
        said=lambda state, found: total(
            [found.get(name(node), 0) for node in range(state.case.graph.num_nodes)]
        ),
    ),
    "s=1 neighbours": Operation(
        partial(_neighbours, 1),
        ready=lambda s: (_graph(s), s.case.edges(NEIGHBOURS).tolist()),
        said=lambda _, n: n,
    ),
    "s=2 components": Operation(partial(_parts, 2), ready=_graph, said=partial(_said, 2)),
    "few s=2 paths": Operation(
        partial(_lengths, 2), said=lambda _, n: n, ready=lambda state: (_graph(state), state)[1]
    ),
    "s=1 components": Operation(partial(_parts, 1), ready=_graph, said=partial(_said, 1)),
    "add one paper": Operation(_insert, ready=_paper),
}
