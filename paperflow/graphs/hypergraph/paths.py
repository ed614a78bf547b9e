"""Paths between two nodes through hyperedges that share at least s nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int32, Int64, check_range
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.sharing import Sharing
from paperflow.graphs.hypergraph.topology import Hypergraph

BUDGET = 10_000_000  # neighbours looked at for longer paths: some tenths of a second
LATEST = 12  # statements above the least, after which a path that is asked much is given up


class Path(NamedTuple):
    """Hyperedges [n] from one node to another; `shared` [n - 1] are the nodes of both beside it.

    Only the first hyperedge has the node where the path begins, only the last the other one.
    """

    edges: tuple[int, ...]
    shared: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths, shortest first; not `complete` where the search was given up before the end."""

    paths: tuple[Path, ...]
    complete: bool = True


class PathBatch(NamedTuple):
    """One shortest path for each of P pairs, as CSR; a pair without a path has an empty row.

    `shared` [., s] are nodes of the hyperedge beside it and of the next, -1 at a path's end.
    """

    pointers: Int64
    edges: Int32
    shared: Int32


def shortest_paths(
    h: Hypergraph,
    source: int,
    target: int,
    *,
    s: int = 1,
    k: int = 1,
    slack: int = 2,
    max_degree: int | None = None,
    required: Iterable[int] = (),
    forbidden: Iterable[int] = (),
) -> Paths:
    """Return up to k paths from `source` to `target`, none of which visits a hyperedge twice.

    They are sorted by length, then by their hyperedges and the least that these share. Paths of
    up to `slack` more hyperedges than the shortest fill the list. Nodes of more than `max_degree`
    hyperedges do not count as shared; every `required` node stands in some hyperedge of a
    path, no `forbidden` one in any, not even one that a filter leaves out. BadInput where both
    ends are the same node.
    """
    wanted = tuple(dict.fromkeys(required))
    named = np.array([source, target, *wanted], np.int32)
    check_range(named, h.num_nodes, "a node")
    if source == target:
        raise BadInput("a path needs two different concepts")
    if h.node_ok is not None and not h.node_ok[named].all():
        return Paths(())
    part = _without(h, forbidden)
    g = part.sharing(s)
    if max_degree is not None:
        part = _without_hubs(part, max_degree)
        g = part.shared_by(g.edge_ok, s)
    search = _Search(part, g, source, target, wanted)
    found = [] if search.required else list(search.shortest(k))
    if search.required or (found and len(found) < k and slack):
        return search.longer(found, k, slack)
    return Paths(tuple(found))


def path_batch(h: Hypergraph, pairs: ArrayLike, s: int = 1) -> PathBatch:
    """Return one shortest path for each of the `pairs` [P, 2]: the first of `shortest_paths`."""
    ends = np.ascontiguousarray(pairs, np.int32).reshape(-1, 2)
    check_range(ends, h.num_nodes, "an end")
    asked = np.ones(len(ends), np.bool_) if h.node_ok is None else h.node_ok[ends].all(axis=1)
    parts = list(_in_rooms(h, ends[asked], s))
    edges = np.concatenate([np.empty(0, np.int32), *(edges for _, edges, _ in parts)])
    keys = np.concatenate([np.empty(0, np.int32), *(keys for _, _, keys in parts)])
    pointers = np.zeros(len(ends) + 1, np.int64)
    pointers[1:][asked] = np.concatenate([np.empty(0), *(np.diff(ptr) for ptr, _, _ in parts)])
    np.cumsum(pointers, out=pointers)
    return PathBatch(pointers, edges, _witnesses(h, edges, keys, s))


def _in_rooms(h: Hypergraph, ends: Int32, s: int) -> Iterator[tuple[Int64, Int32, Int32]]:
    """Yield paths for as many pairs as fit into memory that doubles until one does."""
    done, room = 0, 0
    while done < len(ends):
        rest = ends[done:]
        *made, fitted = backend().paths(h.sharing(s), h.incidence, rest, 1, room)
        room = 0 if fitted else max(2 * room, 128 * len(rest))
        done += fitted
        if fitted:
            yield made[0], made[1], made[2]


def _witnesses(h: Hypergraph, edges: Int32, keys: Int32, s: int) -> Int32:
    """Return for each key s nodes [., s] that both its hyperedges have, -1 for no key."""
    if s == 1:
        return keys[:, None]
    lift = h.lift(s)
    out = np.full((len(keys), s), -1, np.int32)
    out[keys >= 0] = lift.sets[keys[keys >= 0]]
    if h.node_ok is not None:
        for row in np.flatnonzero(keys >= lift.first_link).tolist():
            out[row] = _shared(h, int(edges[row]), int(edges[row + 1]))[:s]
    return out


class _Search:
    """One question for paths, with what its steps have in common."""

    def __init__(
        self, h: Hypergraph, g: Sharing, source: int, target: int, required: tuple[int, ...]
    ) -> None:
        self.h, self.g, self.required, self.ends = h, g, required, (source, target)

    def shortest(self, k: int) -> Iterator[Path]:
        """Yield up to k paths of minimal length."""
        ends, room = np.array([self.ends], np.int32), 0
        done = 0
        while not done:
            ptr, edges, _, done = backend().paths(self.g, self.h.incidence, ends, k, room)
            room = 2 * max(room, 64 * k)
        for begin, end in pairwise(ptr.tolist()):
            if end > begin:
                yield self._path(edges[begin:end])

    def longer(self, found: list[Path], k: int, slack: int) -> Paths:
        """Return `found`, which are all of the shortest, and the next longer paths."""
        sources, targets = (self._statements(node) for node in self.ends)
        passed = np.zeros(self.g.num_edges, np.bool_)
        passed[sources] = True
        steps = self._steps(targets, passed)
        via = np.array([self._steps(self._statements(node)) for node in self.required], np.int32)
        via = via.reshape(len(self.required), self.g.num_edges)
        onward = np.array([_least(steps_q[targets]) for steps_q in via], np.int32)
        if (least := _bound(steps, via, onward, sources)) < 0:
            return Paths(tuple(found))
        length = len(found[0].edges) if found else least  # in steps: one more than the shortest
        last, budget = (length - 1 if found else least + LATEST) + slack * bool(found), BUDGET
        while length <= last and len(found) < k and budget > 0:
            edges, _, budget = backend().walks(
                self.g, sources, steps, via, onward, length, k - len(found), budget
            )
            if len(edges) and not found:
                last = length + slack
            found += map(self._path, edges)
            length += 1
        return Paths(tuple(found), budget > 0 and bool(found))

    def _statements(self, node: int) -> Int32:
        """Return the hyperedges of a node that are part of the s-graph, ascending."""
        edges, ok = self.h.incidence.memberships(node), self.g.edge_ok
        return edges if ok is None else edges[ok[edges]]

    def _steps(self, edges: Int32, passed: "np.typing.NDArray[np.bool_] | None" = None) -> Int32:
        steps: Int32 = backend().distances(self.g, edges, self.g.num_edges, passed)
        return steps

    def _path(self, edges: Int32) -> Path:
        rows = tuple(edges.tolist())
        return Path(rows, tuple(_shared(self.h, *pair) for pair in pairwise(rows)))


def _bound(steps: Int32, via: Int32, onward: Int32, sources: Int32) -> int:
    """Return how many steps the best source needs at least, -1 where no path can be."""
    if not len(sources) or (onward < 0).any():
        return -1
    legs = np.vstack([steps[sources][None], via[:, sources] + onward[:, None]])
    open = (steps[sources] >= 0) & (via[:, sources] >= 0).all(axis=0)
    return int(legs.max(axis=0)[open].min()) if open.any() else -1


def _least(steps: Int32) -> int:
    reached = steps[steps >= 0]
    return int(reached.min()) if len(reached) else -1


def _shared(h: Hypergraph, left: int, right: int) -> tuple[int, ...]:
    return tuple(sorted(set(h.members(left).tolist()) & set(h.members(right).tolist())))


def _without(h: Hypergraph, forbidden: Iterable[int]) -> Hypergraph:
    """Return h without the hyperedges of the forbidden nodes."""
    rows = list(forbidden)
    if not rows:
        return h
    kept = np.ones(h.num_hyperedges, np.bool_) if h.edge_ok is None else h.edge_ok.copy()
    for node in rows:
        kept[h.incidence.memberships(node)] = False
    return h.masked(kept, h.node_ok)


def _without_hubs(h: Hypergraph, max_degree: int) -> Hypergraph:
    """Return h with only the nodes of at most `max_degree` hyperedges counting."""
    rare = h.degrees <= max_degree
    return h.masked(h.edge_ok, rare if h.node_ok is None else rare & h.node_ok)
