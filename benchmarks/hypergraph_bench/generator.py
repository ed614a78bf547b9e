"""A scale-free hypergraph like the one of Higher-Order Knowledge Representations (2026).

Sizes of hyperedges are that graph's exactly. Degrees follow its order statistics: the
ten largest hubs, the counts above 100, 50, 20, and 10, and the share of degree one. Its
statements repeat one another: groups of nodes are planted as often as a heavy tail says,
alone, and inside of larger statements. All other places are filled at random, degrees and
sizes kept (the bipartite configuration model).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hypergraph_bench import groups, published

Ints = NDArray[np.int64]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Generated:
    """Which nodes [I] each hyperedge has, as CSR, ascending within each; and its year [E]."""

    pointers: Ints
    members: Int32
    years: Int32
    num_nodes: int

    @property
    def num_hyperedges(self) -> int:
        """Return the number of hyperedges, E."""
        return len(self.pointers) - 1


def generate(scale: float = 1.0, *, seed: int = 20260104, hub: float = 0.0) -> Generated:
    """Return a graph of `scale` times the published size.

    Above it, hubs are more, not larger. With `hub`, one more node stands in that share
    of all hyperedges.
    """
    chance = np.random.default_rng(seed)
    sizes = published.sizes(scale)
    left = published.degrees(scale, int(sizes.sum()))
    num_nodes = len(left)
    slots, pointers, fixed = groups.plant(scale, sizes, left, chance)
    _fill(slots, fixed, left, chance)
    _part_twins(slots, pointers, sizes, fixed, chance)
    names = chance.permutation(num_nodes).astype(np.int32)
    return _shuffled(names[slots], pointers, num_nodes, hub, chance)


def _fill(slots: Int32, fixed: NDArray[np.bool_], left: Ints, chance: np.random.Generator) -> None:
    """Put what is left of every node's degree into the open slots, at random."""
    stubs = np.repeat(np.arange(len(left), dtype=np.int32), left)
    chance.shuffle(stubs)
    slots[~fixed] = stubs


def _part_twins(
    slots: Int32,
    pointers: Ints,
    sizes: Ints,
    fixed: NDArray[np.bool_],
    chance: np.random.Generator,
) -> None:
    """Exchange at random what stands twice in a hyperedge, until nothing does."""
    rows = np.arange(len(sizes))
    open_slots = np.flatnonzero(~fixed)
    while len(twins := _twins(slots, pointers, sizes, rows)):
        partners = open_slots[chance.integers(len(open_slots), size=len(twins))]
        moved = np.unique(np.concatenate((twins, partners)))
        slots[moved] = chance.permutation(slots[moved])
        rows = np.unique(np.searchsorted(pointers, moved, side="right") - 1)


def _twins(slots: Int32, pointers: Ints, sizes: Ints, rows: Ints) -> Ints:
    """Return the slots of `rows` that hold what an earlier one of their hyperedge holds."""
    found = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[rows]):
        starts = pointers[rows[sizes[rows] == size]]
        columns = [slots[starts + column] for column in range(size)]
        for later in range(1, size):
            same = np.zeros(len(starts), dtype=np.bool_)
            for earlier in range(later):
                same |= columns[earlier] == columns[later]
            found.append(starts[same] + later)
    return np.concatenate(found)


def _shuffled(
    slots: Int32, pointers: Ints, num_nodes: int, hub: float, chance: np.random.Generator
) -> Generated:
    """Put the hyperedges in random order, nodes ascending, with years; add the hub."""
    order = chance.permutation(len(pointers) - 1)
    sizes = np.diff(pointers)[order]
    ends = np.cumsum(sizes)
    index = np.repeat(pointers[order] - (ends - sizes), sizes)
    index += np.arange(len(slots))
    members, edges = slots[index], np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    if hub:
        more = np.sort(chance.permutation(len(sizes))[: round(hub * len(sizes))])
        members = np.concatenate((members, np.full(len(more), num_nodes, dtype=np.int32)))
        edges = np.concatenate((edges, more.astype(np.int32)))
        num_nodes += 1
    keys = edges.astype(np.int64) * num_nodes + members
    keys.sort()
    ends = np.cumsum(np.bincount(edges, minlength=len(sizes)))
    return Generated(
        pointers=np.concatenate(([0], ends)).astype(np.int64),
        members=(keys % num_nodes).astype(np.int32),
        years=(2000 + 25 * np.sqrt(chance.random(len(sizes)))).astype(np.int32),
        num_nodes=num_nodes,
    )
