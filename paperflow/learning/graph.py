"""What is learned from, in one form for every task: nodes, and links from some to others."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]

READER = "reader"  # the id of the person whose library it is


def no_pairs() -> Ints:
    """Return no pairs, [2, 0]."""
    return np.zeros((2, 0), dtype=np.int64)


@dataclass(frozen=True, eq=False, kw_only=True)
class LinkGraph:
    """N nodes with `features` [N, D] (rows of length one, or zero) and links [2, E].

    `kinds` [E] number the links' types, `groups` [E] say which links one sentence states: these
    are hidden together. `sources` are the nodes that links may come from, `targets` [N] marks
    those that they may go to. `known` [2, K], of types `known_kinds`, join nodes otherwise: a
    paper and its concepts. `encoder` names what made the features.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    years: Ints
    features: Vectors
    links: Ints
    kinds: Ints
    groups: Ints
    sources: Ints
    targets: Mask
    encoder: str
    known: Ints = field(default_factory=no_pairs)
    known_kinds: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes, N."""
        return len(self.ids)

    @property
    def num_links(self) -> int:
        """Return the number of links, E."""
        return int(self.links.shape[1])

    @cached_property
    def rows(self) -> dict[str, int]:
        """Return the row of each id."""
        return {id: row for row, id in enumerate(self.ids)}

    @cached_property
    def out(self) -> csr_array:
        """Return the 0/1 matrix [N, N] of links from row to column."""
        return matrix(self.links, self.num_nodes)

    @cached_property
    def around(self) -> csr_array:
        """Return the 0/1 matrix [N, N] of links either way."""
        return either_way(self.links, self.num_nodes)

    @cached_property
    def beside(self) -> csr_array:
        """Return the 0/1 matrix [N, N] of what is known otherwise, either way."""
        return either_way(self.known, self.num_nodes)

    def without(self, hidden: Mask) -> "LinkGraph":
        """Return the graph without the links that `hidden` [E] marks."""
        kept = ~hidden
        return replace(
            self, links=self.links[:, kept], kinds=self.kinds[kept], groups=self.groups[kept]
        )


def matrix(pairs: Ints, size: int) -> csr_array:
    """Return the 0/1 matrix [size, size] of pairs [2, E]."""
    found = csr_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(size, size))
    found.sum_duplicates()
    found.data[:] = 1
    return found


def either_way(pairs: Ints, size: int) -> csr_array:
    """Return the symmetric 0/1 matrix [size, size] of pairs [2, E]."""
    return matrix(np.concatenate([pairs, pairs[::-1]], axis=1), size)
