"""Where the nodes of a drawn graph stand: the same graph has the same picture, always.

Each connected part is laid out by springs (Fruchterman and Reingold 1991), its nodes are
pushed apart until none overlap, and the parts are packed around the largest one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.reports.report import Edge, Graph, Node, Statement

Points = NDArray[np.float64]
Link = tuple[str, str]

LIMIT = 300
"""As many nodes are drawn: beyond it a picture says less, not more."""

GAP = 26.0  # between the rims of two nodes, in the picture's units
ASPECT = 1.4  # width over height of the picture
ROUNDS = 120  # of pushing nodes apart; dense parts settle in fewer


def cut(graph: Graph, limit: int = LIMIT) -> Graph:
    """Return the graph of the `limit` weightiest nodes and what joins them.

    Among equals the one with more edges stays, then the one whose id sorts first. A
    statement stays while two of its participants do.
    """
    known = {node.id: node for node in graph.nodes}
    ends = [end for edge in graph.edges for end in (edge.source, edge.target)]
    ends += [part.entity_id for item in graph.statements for part in item.participants]
    degree = Counter(ends)
    ranked = sorted(known.values(), key=lambda node: (-_weight(node), -degree[node.id], node.id))
    kept = {node.id for node in ranked[:limit]}
    return Graph(
        nodes=tuple(node for node in known.values() if node.id in kept),
        edges=tuple(edge for edge in graph.edges if _joins(edge, kept)),
        statements=_kept_statements(graph.statements, kept)[:limit],
    )


def _joins(edge: Edge, kept: set[str]) -> bool:
    return edge.source in kept and edge.target in kept and edge.source != edge.target


def _kept_statements(statements: Sequence[Statement], kept: set[str]) -> tuple[Statement, ...]:
    return tuple(
        item
        for item in statements
        if len({part.entity_id for part in item.participants} & kept) >= 2
    )


def radii(nodes: Sequence[Node]) -> dict[str, float]:
    """Return each node's radius, 9 to 24, its area growing with the weight."""
    weights = {node.id: _weight(node) for node in nodes}
    top = max(weights.values(), default=0.0) or 1.0
    return {name: 9.0 + 15.0 * float(np.sqrt(weight / top)) for name, weight in weights.items()}


def _weight(node: Node) -> float:
    return node.weight if 0.0 < node.weight < np.inf else 0.0


def positions(sizes: Mapping[str, float], links: Sequence[Link]) -> dict[str, tuple[int, int]]:
    """Return a place for every node of `sizes` (id to radius) in whole units.

    Neither the order of `sizes` nor that of `links` matters.
    """
    import networkx as nx

    net = nx.Graph()
    net.add_nodes_from(sorted(sizes))
    net.add_edges_from(sorted({(min(pair), max(pair)) for pair in links if pair[0] != pair[1]}))
    parts = sorted((sorted(part) for part in nx.connected_components(net)), key=_by_size)
    laid = [_lay_out(net.subgraph(part), part, sizes) for part in parts]
    packed = _pack(laid, [np.array([sizes[name] for name in part]) for part in parts])
    return {
        name: (round(float(x)), round(float(y)))
        for part, points in zip(parts, packed, strict=True)
        for name, (x, y) in zip(part, points, strict=True)
    }


def _by_size(part: Sequence[str]) -> tuple[int, str]:
    return -len(part), part[0]


def _lay_out(net: Any, names: Sequence[str], sizes: Mapping[str, float]) -> Points:
    """Return the places of one connected part [N, 2], in the order of `names`."""
    import networkx as nx

    if len(names) == 1:
        return np.zeros((1, 2))
    ordered = nx.Graph()
    ordered.add_nodes_from(names)
    ordered.add_edges_from(sorted(tuple(sorted(pair)) for pair in net.edges))
    spread = 2.6 / float(np.sqrt(len(names)))
    places = nx.spring_layout(ordered, k=spread, iterations=200, seed=7)
    points = np.array([places[name] for name in names], dtype=np.float64)
    radius = np.array([sizes[name] for name in names])
    # The more edges, the more room: crossings are easier to follow than lines under nodes.
    room = 1.0 + 0.4 * ordered.number_of_edges() / len(names)
    points *= (float(radius.mean()) + GAP) * float(np.sqrt(len(names))) * min(room, 2.2)
    return _push_apart(_lie_down(points), radius)


def _lie_down(points: Points) -> Points:
    """Turn the points so that their longest axis is level, as screens are wide."""
    centred = points - points.mean(axis=0)
    (a, b), (_, d) = centred.T @ centred
    angle = 0.5 * np.arctan2(2 * b, a - d)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(centred @ turn)


def _push_apart(points: Points, radius: NDArray[np.float64]) -> Points:
    """Move overlapping nodes away from each other, half of the overlap each."""
    least = radius[:, None] + radius[None, :] + GAP
    np.fill_diagonal(least, 0.0)
    for _ in range(ROUNDS):
        away = points[:, None, :] - points[None, :, :]
        distance = np.hypot(away[..., 0], away[..., 1])
        overlap = np.clip(least - distance, 0.0, None)
        if not overlap.any():
            break
        unit = away / np.maximum(distance, 1e-9)[..., None]
        points = points + 0.5 * (overlap[..., None] * unit).sum(axis=1)
    return points


def _pack(parts: Sequence[Points], radii: Sequence[NDArray[np.float64]]) -> list[Points]:
    """Put the parts side by side: each as near to the middle as free space allows."""
    boxes = [_box(points, radius) for points, radius in zip(parts, radii, strict=True)]
    sizes = [high - low for low, high in boxes]
    centres = _free_places(np.array(sizes).reshape(-1, 2))
    return [
        points - (low + high) / 2 + centre
        for points, (low, high), centre in zip(parts, boxes, centres, strict=True)
    ]


def _box(points: Points, radius: NDArray[np.float64]) -> tuple[Points, Points]:
    margin = radius[:, None] + GAP / 2
    return (points - margin).min(axis=0), (points + margin).max(axis=0)


def _free_places(sizes: Points) -> Points:
    """Return the centres [N, 2] of boxes of these sizes, largest first, none over another."""
    centres = np.zeros_like(sizes)
    grid = _grid(sizes)
    for i in range(1, len(sizes)):
        # Where even the smallest box would overlap, no later one fits either.
        grid = grid[_apart(grid, centres[i - 1], (sizes[i - 1] + sizes.min(axis=0)) / 2)]
        growth = _growth(grid, sizes[i], centres[:i], sizes[:i])
        nearest = grid[np.argsort(growth, kind="stable")]
        place = _first_free(nearest, centres[:i], (sizes[:i] + sizes[i]) / 2)
        if place is None:
            centres[i:, 1] = _below(centres[:i], sizes[:i]) + np.cumsum(sizes[i:, 1])
            break
        centres[i] = place
    return centres


def _growth(grid: Points, size: Points, centres: Points, sizes: Points) -> NDArray[np.float64]:
    """Return how large the whole picture becomes with a box of `size` at each grid point."""
    low = np.minimum((centres - sizes / 2).min(axis=0), grid - size / 2)
    high = np.maximum((centres + sizes / 2).max(axis=0), grid + size / 2)
    width, height = (high - low).T
    return np.asarray(np.round(np.maximum(width / ASPECT, height), 6))


def _first_free(grid: Points, taken: Points, reach: Points) -> Points | None:
    """Return the first point of `grid` that is `reach` away from every taken one."""
    for start in range(0, len(grid), 256):
        block = grid[start : start + 256]
        free = _apart(block[:, None, :], taken[None], reach[None]).all(axis=1)
        if free.any():
            return np.asarray(block[int(np.argmax(free))])
    return None


def _apart(first: Points, second: Points, reach: Points) -> NDArray[np.bool_]:
    return np.asarray((np.abs(first - second) >= reach).any(axis=-1))


def _below(centres: Points, sizes: Points) -> float:
    return float((centres[:, 1] + sizes[:, 1] / 2).max())


def _grid(sizes: Points) -> Points:
    """Return candidate centres, those nearest to the middle first."""
    if not len(sizes):
        return np.zeros((0, 2))
    reach = float(sizes[0].max() / 2 + np.sqrt(sizes.prod(axis=1).sum()) + sizes.max())
    axis = np.linspace(-reach, reach, 121)
    grid = np.stack(np.meshgrid(axis * ASPECT, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    distance = np.round((grid[:, 0] / ASPECT) ** 2 + grid[:, 1] ** 2, 6)
    return np.asarray(grid[np.lexsort((grid[:, 1], grid[:, 0], distance))])
