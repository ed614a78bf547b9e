"""Groups of nodes that statements repeat, planted into the slots of hyperedges."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hypergraph_bench import published

Ints = NDArray[np.int64]
Int32 = NDArray[np.int32]

# Found by search, so that duplicates and overlaps are the published ones: how often the most
# frequent group is stated, and how fast that falls with the rank (shift and slope).
PAIRS = (950.0, 5.6, 1.25)
SETS = (262.0, 5.0, 1.02)  # of three and more nodes
TWICE = 30_500  # pairs that are stated twice, beyond those
NESTED = 15_000  # pairs that stand alone once, and once inside of a larger statement
ANCHORED = 0.9  # share of groups with at least one node of degree ten and more
SHARE = 0.6  # of a hub's degree that may go into groups
_TRIES = 12


def plant(
    scale: float, sizes: Ints, left: Ints, chance: np.random.Generator
) -> tuple[Int32, Ints, NDArray[np.bool_]]:
    """Return slots [I], where each hyperedge's begin [E + 1], and which slots are taken [I].

    `sizes` ascend and `left`, the degrees, descend; what is planted is taken from `left`.
    """
    rows, nodes = _Rows(sizes), _Nodes(left, chance)
    rows.put_largest(nodes.draw(1, min(published.LARGEST_OVERLAP, int(sizes[-4])), 2))
    for repeats, count in _runs(_numbers(scale, *PAIRS)):
        rows.put(np.repeat(nodes.draw(count, 2, repeats), repeats, axis=0), 2)
    for repeats, count in _runs(_numbers(scale, *SETS)):
        for size, some in _shares(count, chance):
            rows.put(np.repeat(nodes.draw(some, size, repeats), repeats, axis=0), size)
    rows.put(np.repeat(nodes.draw(round(scale * TWICE), 2, 2), 2, axis=0), 2)
    nested = nodes.draw(round(scale * NESTED), 2, 2)
    rows.put(nested, 2)
    rows.put(nested, 3)
    return rows.slots, rows.pointers, rows.slots >= 0


def _numbers(scale: float, top: float, shift: float, slope: float) -> Ints:
    """Return how often each group is stated, descending, down to twice."""
    last = (1 + shift) * (top / 1.5) ** (1 / slope) - shift
    ranks = (np.arange(round(scale * last)) + 0.5) / scale + 0.5
    found = np.round(top * ((1 + shift) / (np.maximum(ranks, 1) + shift)) ** slope)
    return np.maximum(found, 2).astype(np.int64)


def _runs(numbers: Ints) -> Iterator[tuple[int, int]]:
    """Yield each number and how often it stands there, the greatest first."""
    values, counts = np.unique(numbers, return_counts=True)
    yield from zip(values[::-1].tolist(), counts[::-1].tolist(), strict=True)


def _shares(count: int, chance: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Share groups out over sizes of three to six, as hyperedges have them."""
    weights = np.array([published.SIZES[size] for size in (3, 4, 5, 6)], dtype=np.float64)
    parts = chance.multinomial(count, weights / weights.sum())
    yield from zip((3, 4, 5, 6), parts.tolist(), strict=True)


class _Rows:
    """The hyperedges, by ascending size, and how many of each size are taken."""

    def __init__(self, sizes: Ints) -> None:
        self.sizes = sizes
        self.pointers = np.concatenate(([0], np.cumsum(sizes)))
        self.slots = np.full(self.pointers[-1], -1, dtype=np.int32)
        self.next = {int(size): int(np.searchsorted(sizes, size)) for size in np.unique(sizes)}

    def put(self, nodes: Int32, size: int) -> None:
        """Write each group [G, k] into the first slots of the next hyperedge of a size."""
        first = self.next[size]
        self.next[size] += len(nodes)
        if self.next[size] > np.searchsorted(self.sizes, size, side="right"):
            raise ValueError(f"more groups than hyperedges of size {size}")
        starts = self.pointers[first : first + len(nodes)]
        self.slots[starts[:, None] + np.arange(nodes.shape[1])] = nodes

    def put_largest(self, nodes: Int32) -> None:
        """Write a group [1, k] into two of the largest hyperedges."""
        for start in self.pointers[-4:-2]:
            self.slots[start : start + nodes.shape[1]] = nodes


class _Nodes:
    """The nodes, by descending degree, and how much of it may still go into groups."""

    def __init__(self, left: Ints, chance: np.random.Generator) -> None:
        self.left, self.chance = left, chance
        self.degrees = left.copy()
        self.well_known = int(np.searchsorted(-left, -10, side="right"))
        self.budget = np.where(left < 10, left, (SHARE * left).astype(np.int64))
        self.often = np.empty(0, dtype=np.int64)  # pairs that are stated often: not to meet again

    def draw(self, count: int, size: int, repeats: int) -> Int32:
        """Return groups of different nodes [G, size], each to be stated `repeats` times."""
        found = [np.empty((0, size), dtype=np.int64)]
        for _ in range(_TRIES):
            missing = count - sum(map(len, found))
            if missing == 0:
                break
            groups = self._distinct(self._tried(missing, size, repeats), repeats)
            used = repeats * np.bincount(groups.ravel())
            self.left[: len(used)] -= used
            self.budget[: len(used)] -= used
            found.append(groups)
        return np.concatenate(found).astype(np.int32)

    def _tried(self, count: int, size: int, repeats: int) -> Ints:
        """Draw groups in proportion to what is left, and drop those that ask for too much."""
        last = int(np.searchsorted(-self.degrees, -repeats, side="right"))
        room = self.budget[:last] // repeats
        ends = np.cumsum(room)
        highs = np.full((count, size), ends[-1])
        highs[: round(ANCHORED * count), 0] = ends[min(self.well_known, last) - 1]
        drawn = np.searchsorted(ends, self.chance.integers(highs), "right")
        flat = drawn.ravel()
        order = np.argsort(flat, kind="stable")
        starts = np.searchsorted(flat[order], flat[order])
        turn = np.empty(len(flat), dtype=np.int64)
        turn[order] = np.arange(len(flat)) - starts
        kept: Ints = drawn[(turn < room[flat]).reshape(drawn.shape).all(axis=1)]
        return kept

    def _distinct(self, groups: Ints, repeats: int) -> Ints:
        """Drop groups that name a node twice, and pairs that are stated often already."""
        groups = np.sort(groups, axis=1)
        groups = groups[(np.diff(groups, axis=1) > 0).all(axis=1)]
        if groups.shape[1] != 2:
            return groups
        keys = groups[:, 0] * len(self.left) + groups[:, 1]
        keys, first = np.unique(keys, return_index=True)
        fresh = ~np.isin(keys, self.often)
        if repeats >= 8:
            self.often = np.concatenate((self.often, keys[fresh]))
        kept: Ints = groups[first[fresh]]
        return kept
