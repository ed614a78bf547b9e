"""A generated graph kept on disk, and the same questions to it for every library."""

import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from hypergraph_bench.generator import Generated, Int32, Ints, generate

FEW, MANY = 6, 600  # pairs of concepts: for libraries that take seconds, and for ours
NEIGHBOURS = 50
PAPER = 290  # statements of one paper


@dataclass(frozen=True, eq=False)
class Case:
    """A graph with the seeded questions; `few` is what slow libraries are asked."""

    graph: Generated

    @cached_property
    def sizes(self) -> Ints:
        """Return the number of nodes of each hyperedge [E]."""
        return np.diff(self.graph.pointers)

    @cached_property
    def rows(self) -> list[list[int]]:
        """Return the nodes of each hyperedge."""
        members, ends = self.graph.members.tolist(), self.graph.pointers.tolist()
        return [members[begin:end] for begin, end in pairwise(ends)]

    @cached_property
    def labelled(self) -> list[list[str]]:
        """Return the names of the nodes of each hyperedge, as text comes from extraction."""
        names = [name(node) for node in range(self.graph.num_nodes)]
        return [[names[node] for node in row] for row in self.rows]

    @cached_property
    def by_degree(self) -> Ints:
        """Return the nodes by descending degree."""
        degrees = np.bincount(self.graph.members, minlength=self.graph.num_nodes)
        return np.argsort(-degrees, kind="stable")

    def pairs(self, count: int) -> Ints:
        """Return pairs of concepts [count, 2]: hubs, of the middle, of the tail, in turn."""
        chance = np.random.default_rng(7)
        nodes, share = self.by_degree, len(self.by_degree)
        bands = ((0, 100), (100, share // 17), (share // 17, share))
        drawn = [chance.choice(nodes[a:b], (-(-count // 3), 2), replace=True) for a, b in bands]
        mixed = np.stack(drawn, axis=1).reshape(-1, 2)[:count]
        mixed[mixed[:, 0] == mixed[:, 1], 1] = nodes[-1]
        return mixed

    def edges(self, count: int = NEIGHBOURS) -> Ints:
        """Return hyperedges [count], whichever."""
        return np.random.default_rng(11).choice(self.graph.num_hyperedges, count, replace=False)

    @cached_property
    def start(self) -> int:
        """Return the first hyperedge of the largest hub, from which distances are asked."""
        return int(np.flatnonzero(self.graph.members == self.by_degree[0])[0])

    @property
    def start_edge(self) -> int:
        """Return that hyperedge's row."""
        return int(np.searchsorted(self.graph.pointers, self.start, side="right")) - 1


def name(node: int) -> str:
    """Return the label of a node."""
    return f"concept number {node}"


def opened(folder: Path) -> Case:
    """Open a graph that `made` left in a folder."""
    arrays = {name: np.load(folder / f"{name}.npy") for name in ("pointers", "members", "years")}
    return Case(Generated(**arrays, num_nodes=int(np.load(folder / "nodes.npy"))))


def made(folder: Path, scale: float, hub: float = 0.0) -> Path:
    """Generate a graph into a folder of its own, once."""
    place = folder / f"scale-{scale:.6g}-hub-{hub:g}"
    if not (place / "nodes.npy").exists():
        place.mkdir(parents=True, exist_ok=True)
        graph = generate(scale, hub=hub)
        for array in ("pointers", "members", "years"):
            np.save(place / f"{array}.npy", getattr(graph, array))
        np.save(place / "nodes.npy", np.int64(graph.num_nodes))
    return place


def partition(labels: Any, kept: Any) -> list[int]:
    """Return what tells partitions apart: parts, largest part, and a checksum of the labels.

    `labels` say which part each row is in; only `kept` rows count.
    """
    _, first, place = np.unique(np.asarray(labels)[kept], return_index=True, return_inverse=True)
    canonical: Int32 = first[place].astype(np.int32)
    return [len(first), int(np.bincount(place).max()), zlib.crc32(canonical.tobytes())]


def spread(distances: Any) -> list[int]:
    """Return what tells distances apart: rows reached, the farthest, and a checksum."""
    found = np.asarray(distances).astype(np.int32)
    reached = found[found >= 0]
    return [len(reached), int(reached.max(initial=0)), zlib.crc32(found.tobytes())]


def total(values: Any) -> list[int]:
    """Return a checksum of whole numbers."""
    return [zlib.crc32(np.asarray(values).astype(np.int64).tobytes())]


def labels_of(parts: Any, count: int) -> Int32:
    """Return which part each of `count` rows is in; rows in no part are alone."""
    labels = np.arange(count, dtype=np.int32)
    for part in parts:
        rows = list(part)
        labels[rows] = min(rows)
    return labels
