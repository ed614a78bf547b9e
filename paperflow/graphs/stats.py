"""What a graph looks like in numbers, as plain values for JSON and as lines to read."""

from collections.abc import Iterator, Mapping
from textwrap import shorten
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32
from paperflow.graphs.data import GraphData, HypergraphData

TOP = 5
MOST = 15  # kinds that the text lists
WIDTH = 60  # of a label in the text
_KINDS = ("node_types", "edge_types", "relations")


def graph_stats(graph: GraphData, top: int = TOP) -> dict[str, Any]:
    """Return counts by type, density, degrees, components, and the best connected nodes.

    A node's degree counts edges in and out; density is the share of ordered pairs
    of different nodes that an edge joins.
    """
    degrees = np.bincount(graph.edge_index.ravel(), minlength=graph.num_nodes)
    return {
        "nodes": graph.num_nodes,
        "edges": graph.num_edges,
        "joined": len(graph.merges),
        "node_types": _counts(graph.node_type, graph.node_type_names),
        "edge_types": _counts(graph.edge_type, graph.edge_type_names),
        "in_library": int(graph.node_in_library.sum()),
        "density": _density(graph),
        "degree": _summary(degrees),
        "components": _components(_labels(graph.edge_index, graph.num_nodes)),
        "top": _top(graph, degrees, top),
    }


def hypergraph_stats(graph: HypergraphData, top: int = TOP) -> dict[str, Any]:
    """Return counts, sizes of hyperedges, degrees, repeats, components, and hubs.

    A node's degree is the number of statements it takes part in; a repeat is a
    statement over the same nodes as one before it.
    """
    sizes = graph.incidence.sizes
    return {
        "nodes": graph.num_nodes,
        "hyperedges": graph.num_hyperedges,
        "incidences": len(graph.roles),
        "joined": len(graph.merges),
        "node_types": _counts(graph.node_type, graph.node_type_names),
        "relations": _counts(graph.edge_relation, graph.relation_names),
        "size": _summary(sizes),
        "sizes": {str(size): int(n) for size, n in enumerate(np.bincount(sizes)) if n},
        "repeats": graph.num_hyperedges - len(set(_node_sets(graph))),
        "degree": _summary(graph.incidence.degrees),
        "components": _components(_node_components(graph)),
        "top": _top(graph, graph.incidence.degrees, top),
    }


def as_text(stats: Mapping[str, Any]) -> str:
    """Return statistics as lines, one value or one group each."""
    return "\n".join(_lines(stats))


def _lines(stats: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in stats.items():
        # Types and relations stay as they are written elsewhere: future_work.
        shown = name if isinstance(value, list) else name.replace("_", " ")
        if name in _KINDS:
            yield f"{indent}{shown}"
            yield from (f"{indent}  {kind}: {count:,}" for kind, count in _longest(value).items())
        elif isinstance(value, Mapping):
            yield f"{indent}{shown}"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list):
            named = (
                f"{shorten(item['label'], WIDTH, placeholder='…')} ({item['degree']})"
                for item in value
            )
            yield f"{indent}{shown}: {', '.join(named)}"
        else:
            yield f"{indent}{shown}: {value:,}"


def _longest(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the most frequent kinds, and how many edges or nodes the rest have together."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ranked[MOST:]
    others = {f"{len(rest)} others": sum(count for _, count in rest)} if rest else {}
    return dict(ranked[:MOST]) | others


def _counts(kinds: Int32, names: tuple[str, ...]) -> dict[str, int]:
    return dict(zip(names, np.bincount(kinds, minlength=len(names)).tolist(), strict=True))


def _summary(values: NDArray[np.int64]) -> dict[str, float]:
    """Return minimum, median, mean, maximum, deviation, and the shares of 0 and 1."""
    if not values.size:
        return {}
    return {
        "min": int(values.min()),
        "median": float(np.median(values)),
        "mean": round(float(values.mean()), 4),
        "max": int(values.max()),
        "sd": round(float(values.std()), 4),
        "share_of_0": round(float((values == 0).mean()), 4),
        "share_of_1": round(float((values == 1).mean()), 4),
    }


def _density(graph: GraphData) -> float:
    source, target = graph.edge_index
    pairs = np.unique(source[source != target] * graph.num_nodes + target[source != target])
    possible = graph.num_nodes * (graph.num_nodes - 1)
    return len(pairs) / possible if possible else 0.0


def _labels(edge_index: NDArray[np.int64], size: int) -> Int32:
    """Return the number of the weakly connected component of each node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(edge_index.shape[1], dtype=np.int8)
    matrix = coo_array((ones, tuple(edge_index)), shape=(size, size))
    labels: Int32 = connected_components(matrix, directed=False)[1]
    return labels


def _node_components(graph: HypergraphData) -> Int32:
    """Return the component of each node, two nodes being joined by a common statement."""
    index = graph.hyperedge_index
    index[1] += graph.num_nodes
    return _labels(index, graph.num_nodes + graph.num_hyperedges)[: graph.num_nodes]


def _components(labels: Int32) -> dict[str, int]:
    sizes = np.unique(labels, return_counts=True)[1]
    return {
        "count": len(sizes),
        "largest": int(sizes.max(initial=0)),
        "single_nodes": int((sizes == 1).sum()),
    }


def _node_sets(graph: HypergraphData) -> Iterator[bytes]:
    return (graph.incidence.members(edge).tobytes() for edge in range(graph.num_hyperedges))


def _top(
    graph: GraphData | HypergraphData, degrees: NDArray[np.int64], top: int
) -> dict[str, list[dict[str, Any]]]:
    """Return the nodes of highest degree of each type; ties by id."""
    return {
        type: [
            {
                "id": graph.node_ids[row],
                "label": graph.node_labels[row],
                "degree": int(degrees[row]),
            }
            for row in _highest(degrees, np.flatnonzero(graph.node_type == number), top)
        ]
        for number, type in enumerate(graph.node_type_names)
    }


def _highest(degrees: NDArray[np.int64], rows: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    return rows[np.argsort(-degrees[rows], kind="stable")[:top]]
