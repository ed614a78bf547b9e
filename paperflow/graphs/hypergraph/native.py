"""The searches by the compiled kernels; `plain` gives the same results without them."""

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32, Int64
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.sharing import Mask, Sharing, address
from paperflow.kernels.hypergraph import call

Float64 = NDArray[np.float64]


def normalised(pointers: Int64, members: Int32) -> tuple[Int64, Int32]:
    """Return rows that are ascending and without repeats."""
    pointers, members = pointers.copy(), members.copy()
    call("normalise", address(pointers), address(members), len(pointers) - 1)
    return pointers, members[: pointers[-1]]


def transposed(pointers: Int64, members: Int32, columns: int) -> tuple[Int64, Int32]:
    """Return the rows [columns] of the other direction."""
    ptr, idx = np.zeros(columns + 1, np.int64), np.empty(len(members), np.int32)
    rows = len(pointers) - 1
    call(
        "transpose", address(pointers), address(members), rows, columns, address(ptr), address(idx)
    )
    return ptr, idx


def extended(
    pointers: Int64, members: Int32, more_pointers: Int64, more_members: Int32
) -> tuple[Int64, Int32]:
    """Return rows with more at their ends; `more` may have further rows."""
    rows, all_rows = len(pointers) - 1, len(more_pointers) - 1
    ptr = np.empty(all_rows + 1, np.int64)
    idx = np.empty(len(members) + len(more_members), np.int32)
    given = address(pointers), address(members), rows, address(more_pointers)
    call("extend", *given, address(more_members), all_rows, address(ptr), address(idx))
    return ptr, idx


def interned(values: Int64) -> tuple[Int32, Int64]:
    """Return a number for each value, in the order first met, and where each was met first."""
    numbers, first = np.empty(len(values), np.int32), np.empty(len(values), np.int64)
    made = np.zeros(1, np.int64)
    call("intern", address(values), len(values), *map(address, (numbers, first, made)))
    return numbers, first[: made[0]].copy()


def lifted(
    sets: Incidence, largest: Int32, edges: Incidence, skipped: Mask | None, most: int
) -> tuple[Int32, Int32, Int64, Int32]:
    """Return parents [K], added nodes [K], and rows of the sets one node larger; K ≤ `most`."""
    parent, added = np.empty(most // 2, np.int32), np.empty(most // 2, np.int32)
    ptr, idx, made = np.empty(most // 2 + 1, np.int64), np.empty(most, np.int32), np.zeros(1, "q")
    nodes = len(edges.node_pointers) - 1
    call(
        "lift",
        *(address(sets.node_pointers), address(sets.node_edges), len(largest), address(largest)),
        *(address(edges.edge_pointers), address(edges.edge_nodes), address(skipped), nodes),
        *(address(parent), address(added), address(ptr), address(idx), address(made)),
    )
    count = int(made[0])
    ptr = ptr[: count + 1].copy()
    return parent[:count].copy(), added[:count].copy(), ptr, idx[: ptr[-1]].copy()


def components(g: Sharing) -> Int32:
    """Return the smallest hyperedge of each one's component [E], -1 for masked ones."""
    label = np.empty(g.num_edges, np.int32)
    call("components", *g.fields, address(label))
    return label


def distances(g: Sharing, sources: Int32, most: int, blocked: Mask | None = None) -> Int32:
    """Return steps from the nearest source [E], -1 beyond `most`; blocked ones are not passed."""
    steps = np.empty(g.num_edges, np.int32)
    given = address(sources), len(sources), most, address(blocked)
    call("distances", *g.fields, *given, address(steps))
    return steps


def overlaps(g: Sharing, edge: int, least: int) -> tuple[Int32, Int32]:
    """Return the hyperedges [n] that share `least` nodes or more with one, and how many [n]."""
    shared, found, counts = (np.zeros(g.num_edges, np.int32) for _ in range(3))
    made = np.zeros(1, np.int64)
    call(
        "overlaps", *g.fields, edge, least,
        *map(address, (shared, found, counts, made)),
    )  # fmt: skip
    found, counts = found[: made[0]], counts[: made[0]]
    order = np.argsort(found)
    return found[order], counts[order]


def profile(g: Sharing, largest: int) -> Int64:
    """Return how many pairs of hyperedges share i nodes [largest + 1]; none is counted at 0."""
    pairs = np.zeros(largest + 1, np.int64)
    call("profile", *g.fields, address(pairs))
    return pairs


def closeness(g: Sharing, sources: Int32) -> tuple[Float64, Float64, Int32, Int32]:
    """Return sums of distances and inverse distances, number of sources, largest distance [E]."""
    total, inverse = np.zeros(g.num_edges), np.zeros(g.num_edges)
    reached, farthest = np.zeros(g.num_edges, np.int32), np.zeros(g.num_edges, np.int32)
    made = map(address, (total, inverse, reached, farthest))
    call("closeness", *g.fields, address(sources), len(sources), *made)
    return total, inverse, reached, farthest


def betweenness(g: Sharing, sources: Int32) -> Float64:
    """Return the sum over sources and targets of the share of shortest paths through each [E]."""
    passed = np.zeros(g.num_edges)
    call("betweenness", *g.fields, address(sources), len(sources), address(passed))
    return passed


def paths(
    g: Sharing, node_edges: Incidence, ends: Int32, most: int, room: int = 0
) -> tuple[Int64, Int32, Int32, int]:
    """Return up to `most` shortest paths for each of the pairs `ends` [P, 2], as CSR.

    They are pointers, hyperedges, and the key from each to the next, -1 at the end; a pair
    without a path has one empty row. With too little `room` for hyperedges fewer pairs are
    done; the last value says how many.
    """
    room = room or 64 * len(ends) * most
    ptr = np.empty(len(ends) * most + 1, np.int64)
    edges, keys, made = np.empty(room, np.int32), np.empty(room, np.int32), np.zeros(2, np.int64)
    scratch = g.take_scratch()
    rows = address(node_edges.node_pointers), address(node_edges.node_edges)
    given = (*scratch.fields, address(ends), len(ends), most, address(ptr))
    call("paths", *g.fields, *rows, *given, address(edges), address(keys), room, address(made))
    g.spare.append(scratch)
    ptr = ptr[: made[1] + 1]
    return ptr, edges[: ptr[-1]], keys[: ptr[-1]], int(made[0])


def walks(
    g: Sharing, sources: Int32, steps: Int32, via: Int32, onward: Int32, length: int, most: int,
    budget: int,
) -> tuple[Int32, Int32, int]:  # fmt: skip
    """Return hyperedges and keys [n, length + 1] of all simple paths, and the budget's rest.

    `steps` [E] lead to the target; `via` [R, E] to each required node, `onward` [R] from there.
    """
    edges, keys = (np.empty((most, length + 1), np.int32) for _ in range(2))
    made = np.zeros(2, np.int64)
    call(
        "walks", *g.fields, address(sources), len(sources), address(steps),
        address(via), address(onward), len(onward), length, most, budget,
        *map(address, (edges, keys, made)),
    )  # fmt: skip
    return edges[: made[0]], keys[: made[0]], int(made[1])
