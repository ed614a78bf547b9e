"""Definitions, word for word, on sets: what every query must equal."""

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

import networkx

Sets = Mapping[int, frozenset[int]]


def line_graph(sets: Sets, s: int, shareable: frozenset[int] | None = None) -> networkx.Graph:
    """Return the s-graph: hyperedges of at least s nodes, joined where they share s."""
    counts = frozenset().union(*sets.values()) if shareable is None else shareable
    graph = networkx.Graph()
    graph.add_nodes_from(edge for edge, nodes in sets.items() if len(nodes) >= s)
    graph.add_edges_from(
        (left, right)
        for left, right in combinations(sorted(graph), 2)
        if len(sets[left] & sets[right] & counts) >= s
    )
    return graph


def components(sets: Sets, s: int, size: int) -> list[int]:
    """Return the smallest member of each one's component, -1 outside of the s-graph."""
    label = [-1] * size
    for group in networkx.connected_components(line_graph(sets, s)):
        for edge in group:
            label[edge] = min(group)
    return label


def distances(sets: Sets, sources: list[int], s: int, size: int) -> list[int]:
    """Return the steps from the nearest source, -1 where nothing leads."""
    graph = line_graph(sets, s)
    found = [
        networkx.single_source_shortest_path_length(graph, edge)
        for edge in sources
        if edge in graph
    ]
    return [min((steps[edge] for steps in found if edge in steps), default=-1)
            for edge in range(size)]  # fmt: skip


def all_paths(
    sets: Sets, source: int, target: int, s: int, longest: int, shareable: frozenset[int]
) -> Iterator[tuple[int, ...]]:
    """Yield every simple path whose first hyperedge alone has `source`, its last alone `target`."""
    graph = line_graph(sets, s, shareable)

    def grow(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if target in sets[path[-1]]:
            yield path
        elif len(path) < longest:
            for edge in graph[path[-1]]:
                if edge not in path and source not in sets[edge]:
                    yield from grow((*path, edge))

    for edge in graph:
        if source in sets[edge]:
            yield from grow((edge,))


def order(
    sets: Sets, path: tuple[int, ...], s: int, shareable: frozenset[int]
) -> tuple[object, ...]:
    """Return what paths are sorted by: length, then hyperedge, least nodes shared, and so on."""
    witnesses = [
        tuple(sorted(sets[left] & sets[right] & shareable)[:s]) for left, right in pairwise(path)
    ]
    between = [part for pair in zip(path, witnesses, strict=False) for part in pair]
    return (len(path), *between, path[-1])
