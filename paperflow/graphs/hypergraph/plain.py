"""The searches in NumPy and SciPy: what the compiled ones must equal, and their stand-in.

Signatures and results are those of `native`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64, pointers
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.sharing import Mask, Sharing

Float64 = NDArray[np.float64]


def normalised(ptr: Int64, members: Int32) -> tuple[Int64, Int32]:
    """Return rows that are ascending and without repeats."""
    pairs = np.unique(np.stack([_row_of(ptr), members.astype(np.int64)]), axis=1)
    return pointers(pairs[0], len(ptr) - 1), pairs[1].astype(np.int32)


def transposed(ptr: Int64, members: Int32, columns: int) -> tuple[Int64, Int32]:
    """Return the rows [columns] of the other direction."""
    order = np.argsort(members, kind="stable")
    return pointers(members.astype(np.int64), columns), _row_of(ptr)[order].astype(np.int32)


def extended(
    ptr: Int64, members: Int32, more_ptr: Int64, more_members: Int32
) -> tuple[Int64, Int32]:
    """Return rows with more at their ends; `more` may have further rows."""
    rows = np.concatenate([_row_of(ptr), _row_of(more_ptr)])
    order = np.argsort(rows, kind="stable")
    return pointers(rows, len(more_ptr) - 1), np.concatenate([members, more_members])[order]


def interned(values: Int64) -> tuple[Int32, Int64]:
    """Return a number for each value, in the order first met, and where each was met first."""
    _, first, numbers = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(first), np.int32)
    place[order] = np.arange(len(first), dtype=np.int32)
    return place[numbers], first[order]


def lifted(
    sets: Incidence, largest: Int32, edges: Incidence, skipped: Mask | None, most: int
) -> tuple[Int32, Int32, Int64, Int32]:
    """Return parents [K], added nodes [K], and rows of the sets one node larger."""
    parent, added, rows = [], [], []
    for key, node in enumerate(largest.tolist()):
        having: dict[int, list[int]] = {}
        for edge in sets.memberships(key).tolist():
            if skipped is None or not skipped[edge]:
                for other in edges.members(edge).tolist():
                    having.setdefault(other, []).append(edge)
        for other in sorted(having):
            if other > node and len(having[other]) > 1:
                parent.append(key)
                added.append(other)
                rows.append(having[other])
    ptr = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    flat = np.array([edge for row in rows for edge in row], np.int32)
    return np.array(parent, np.int32), np.array(added, np.int32), ptr, flat


def components(g: Sharing) -> Int32:
    """Return the smallest hyperedge of each one's component [E], -1 for masked ones."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    edges, keys = _row_of(g.incidence.edge_pointers), g.incidence.edge_nodes.astype(np.int64)
    kept = _mask(g.edge_ok, g.num_edges)[edges] & _mask(g.key_ok, g.num_keys)[keys]
    edges, keys = edges[kept], keys[kept] + g.num_edges
    size = g.num_edges + g.num_keys
    links = csr_array((np.ones(len(edges), np.int8), (edges, keys)), shape=(size, size))
    found = connected_components(links, directed=False)[1][: g.num_edges]
    smallest = np.full(size, size)
    np.minimum.at(smallest, found, np.arange(g.num_edges))
    return np.where(_mask(g.edge_ok, g.num_edges), smallest[found], -1).astype(np.int32)


def distances(g: Sharing, sources: Int32, most: int, blocked: Mask | None = None) -> Int32:
    """Return steps from the nearest source [E], -1 beyond `most`; blocked ones are not passed."""
    steps = np.full(g.num_edges, -1, np.int32)
    seen = ~_mask(g.key_ok, g.num_keys)
    closed = ~_mask(g.edge_ok, g.num_edges)
    frontier, step = np.unique(sources[~closed[sources]]), 0
    while len(frontier):
        steps[frontier] = step
        open = frontier if blocked is None else frontier[~blocked[frontier]]
        keys = np.unique(_gather(g.incidence.edge_pointers, g.incidence.edge_nodes, open))
        keys = keys[~seen[keys]] if step < most else keys[:0]
        seen[keys] = True
        found = np.unique(_gather(g.incidence.node_pointers, g.incidence.node_edges, keys))
        frontier, step = found[(steps[found] < 0) & ~closed[found]], step + 1
    return steps


def overlaps(g: Sharing, edge: int, least: int) -> tuple[Int32, Int32]:
    """Return the hyperedges [n] that share `least` nodes or more with one, and how many [n]."""
    rows = [g.edges_of(key) for key in g.keys_of(edge).tolist()]
    found, counts = np.unique(np.concatenate([*rows, np.empty(0, np.int32)]), return_counts=True)
    kept = (found != edge) & (counts >= least)
    return found[kept].astype(np.int32), counts[kept].astype(np.int32)


def profile(g: Sharing, largest: int) -> Int64:
    """Return how many pairs of hyperedges share i nodes [largest + 1]; none is counted at 0."""
    pairs = np.zeros(largest + 1, np.int64)
    for edge in g.edges.tolist():
        found, counts = overlaps(g, edge, 1)
        np.add.at(pairs, counts[found > edge], 1)
    return pairs


def closeness(g: Sharing, sources: Int32) -> tuple[Float64, Float64, Int32, Int32]:
    """Return sums of distances and inverse distances, number of sources, largest distance [E]."""
    total, inverse = np.zeros(g.num_edges), np.zeros(g.num_edges)
    reached, farthest = np.zeros(g.num_edges, np.int32), np.zeros(g.num_edges, np.int32)
    for source in sources:
        steps = distances(g, np.array([source]), g.num_edges)
        total += np.maximum(steps, 0)
        inverse[steps > 0] += 1.0 / steps[steps > 0]
        reached += steps >= 0
        farthest = np.maximum(farthest, steps)
    return total, inverse, reached, farthest


def betweenness(g: Sharing, sources: Int32) -> Float64:
    """Return the sum over sources and targets of the share of shortest paths through each [E]."""
    passed = np.zeros(g.num_edges)
    near = {edge: overlaps(g, edge, 1)[0].tolist() for edge in g.edges.tolist()}
    for source in sources.tolist():
        steps = distances(g, np.array([source]), g.num_edges)
        order = sorted(np.flatnonzero(steps >= 0).tolist(), key=lambda edge: steps[edge])
        paths, share = np.zeros(g.num_edges), np.zeros(g.num_edges)
        paths[source] = 1
        for edge in order:
            for other in near[edge]:
                paths[other] += paths[edge] * (steps[other] == steps[edge] + 1)
        for edge in reversed(order):
            ahead = [other for other in near[edge] if steps[other] == steps[edge] + 1]
            share[edge] = sum(paths[edge] / paths[o] * (1 + share[o]) for o in ahead)
            passed[edge] += share[edge] * (edge != source)
    return passed


def paths(
    g: Sharing, node_edges: Incidence, ends: Int32, most: int, room: int = 0
) -> tuple[Int64, Int32, Int32, int]:
    """Return up to `most` shortest paths for each of the pairs `ends` [P, 2], as CSR."""
    rows: list[list[tuple[int, int]]] = []
    for source, target in ends.tolist():
        sources, targets = (_counting(g, node_edges.memberships(node)) for node in (source, target))
        steps = distances(g, targets, g.num_edges)
        reached = steps[sources][steps[sources] >= 0]
        length = int(reached.min()) if len(reached) else 0
        starts = sources[steps[sources] == length].tolist()
        found = (path for start in starts for path in _falling(g, steps, start))
        rows += list(islice(found, most)) or [[]]
    flat = np.array([step for row in rows for step in row], np.int32).reshape(-1, 2)
    return np.cumsum([0, *map(len, rows)]), flat[:, 0].copy(), flat[:, 1].copy(), len(ends)


def walks(
    g: Sharing, sources: Int32, steps: Int32, via: Int32, onward: Int32, length: int, most: int,
    budget: int,
) -> tuple[Int32, Int32, int]:  # fmt: skip
    """Return hyperedges and keys [n, length + 1] of all simple paths, and the budget's rest."""
    closed = set(sources.tolist())
    left = [budget]

    def fits(edge: int, open: frozenset[int], to_go: int) -> bool:
        bounds = [int(via[q, edge]) for q in open]
        onwards = [int(via[q, edge] + onward[q]) for q in open]
        reachable = steps[edge] >= 0 and min(bounds, default=0) >= 0
        ends = (steps[edge] == 0) == (to_go == 0)
        return reachable and ends and max([int(steps[edge]), *onwards]) <= to_go

    def grow(path: list[tuple[int, int]], open: frozenset[int]) -> Iterator[list[tuple[int, int]]]:
        edge, to_go = path[-1][0], length + 1 - len(path)
        if to_go == 0:
            yield path
            return
        for key, other in _steps_from(g, edge):
            left[0] -= 1
            if left[0] < 0:
                return
            missing = frozenset(q for q in open if via[q, other] != 0)
            taken = other in closed or any(other == before for before, _ in path)
            if not taken and fits(other, missing, to_go - 1):
                yield from grow([*path[:-1], (edge, key), (other, -1)], missing)

    found: list[list[tuple[int, int]]] = []
    for start in sources.tolist():
        open = frozenset(q for q in range(len(onward)) if via[q, start] != 0)
        if fits(start, open, length) and len(found) < most:
            paths = grow([(start, -1)], open)
            found += islice(paths, most - len(found))
    made = np.array(found, np.int32).reshape(-1, length + 1, 2)
    return made[:, :, 0], made[:, :, 1], left[0]


def _falling(g: Sharing, steps: Int32, start: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the paths from `start` along falling steps, in their order."""
    if steps[start] == 0:
        yield [(start, -1)]
        return
    for key, edge in _steps_from(g, start):
        if steps[edge] == steps[start] - 1:
            yield from ([(start, key), *rest] for rest in _falling(g, steps, edge))


def _steps_from(g: Sharing, edge: int) -> Iterator[tuple[int, int]]:
    """Yield (key, hyperedge) for each neighbour once, by its smallest shared key."""
    seen = {edge}
    for key in g.keys_of(edge).tolist():
        for other in g.edges_of(key).tolist():
            if other not in seen:
                seen.add(other)
                yield key, other


def _counting(g: Sharing, edges: Int32) -> Int32:
    return edges if g.edge_ok is None else edges[g.edge_ok[edges]]


def _row_of(ptr: Int64) -> Int64:
    """Return the row of each entry."""
    return np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))


def _gather(ptr: Int64, idx: Int32, rows: Iterable[int]) -> Int32:
    """Return the entries of all these rows."""
    parts = [idx[ptr[row] : ptr[row + 1]] for row in rows]
    return np.concatenate([*parts, np.empty(0, np.int32)])


def _mask(ok: Mask | None, size: int) -> Mask:
    return np.ones(size, np.bool_) if ok is None else ok
