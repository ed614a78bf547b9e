"""Pairs that are no edges: drawn alike, drawn among a type, or hard to tell from edges."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from torch import Tensor

Ints = NDArray[np.int64]


class EdgeSet:
    """Which pairs [2, E] are edges; membership by search in sorted keys."""

    def __init__(self, edges: Tensor, num_nodes: int) -> None:
        self.num_nodes = num_nodes
        self._keys = torch.unique(edges[0] * num_nodes + edges[1])

    def has(self, source: Tensor, target: Tensor) -> Tensor:
        """Tell which pairs are edges [B]."""
        if not len(self._keys):
            return torch.zeros_like(source, dtype=torch.bool)
        wanted = source * self.num_nodes + target
        place = torch.searchsorted(self._keys, wanted).clamp(max=len(self._keys) - 1)
        return torch.eq(self._keys[place], wanted)

    def unfit(self, source: Tensor, target: Tensor) -> Tensor:
        """Tell which pairs [B] are no negatives: edges, and loops."""
        return self.has(source, target) | (source == target)


def uniform_negatives(edges: EdgeSet, count: int) -> Tensor:
    """Return pairs [2, count] of different nodes that are no edges, all alike in likelihood.

    Raises ValueError where a graph is so dense that there are hardly any.
    """
    size = edges.num_nodes

    def draw(missing: int) -> Tensor:
        return torch.randint(size, (2, missing))

    return _redrawn(draw, edges, count)


def typed_negatives(edges: EdgeSet, positive: Tensor, types: Tensor) -> Tensor:
    """Return [2, B]: each pair of `positive` with its target replaced by one of the same type.

    `types` [N] are integers. A pair for which a hundred draws find none keeps the last draw.
    """
    order = torch.argsort(types, stable=True)
    bounds = torch.searchsorted(types[order], torch.arange(int(types.max()) + 2))
    source, kind = positive[0], types[positive[1]]
    start, count = bounds[kind], bounds[kind + 1] - bounds[kind]
    target, wrong = positive[1].clone(), torch.arange(positive.shape[1])
    for _ in range(100):
        offset = (torch.rand(len(wrong), dtype=torch.float64) * count[wrong]).long()
        target[wrong] = order[start[wrong] + offset]
        wrong = wrong[edges.unfit(source[wrong], target[wrong])]
        if not len(wrong):
            break
    return torch.stack([source, target])


def _redrawn(draw: Callable[[int], Tensor], edges: EdgeSet, count: int) -> Tensor:
    kept = torch.empty((2, 0), dtype=torch.int64)
    for _ in range(100):
        pairs = draw(count - kept.shape[1])
        kept = torch.cat([kept, pairs[:, ~edges.unfit(*pairs)]], 1)
        if kept.shape[1] == count:
            return kept
    raise ValueError("the graph has hardly any pair that is no edge")


def hard_negatives(
    train: csr_array, known: csr_array, positive: Ints, features: csr_array, count: int
) -> Ints:
    """Return for each positive pair [B, 2] `count` hard negative pairs [B, count, 2].

    Half keep the first node, half the second. A candidate's rank is its best one by resource
    allocation, personalised PageRank, and cosine of features [N, F] (Li et al., "Evaluating
    Graph Neural Networks for Link Prediction", HeaRT, 2023). Both matrices [N, N] are symmetric:
    `train` is what the heuristics see, pairs in `known` are no negatives.
    """
    nodes = np.unique(positive)
    hard = dict(zip(nodes, _hardest(train, known, nodes, features, count // 2), strict=True))
    first = np.stack([_with(u, hard[u], 0) for u, _ in positive])
    second = np.stack([_with(v, hard[v], 1) for _, v in positive])
    return np.concatenate([first, second], axis=1)


def _with(node: int, others: Ints, place: int) -> Ints:
    pair = [np.full(len(others), node), others]
    return np.stack(pair if place == 0 else pair[::-1], axis=1)


def _hardest(
    train: csr_array, known: csr_array, nodes: Ints, features: csr_array, count: int
) -> Ints:
    """Return each node's `count` hardest non-neighbours [B, count], hardest first."""
    size = known.shape[0]
    best = np.full((len(nodes), size), size, dtype=np.int64)
    for scores in (
        _resource_allocation(train, nodes),
        _page_rank(train, nodes),
        _cosine(features, nodes),
    ):
        order = np.argsort(-scores, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(size)[None], axis=1)
        np.minimum(best, ranks, out=best)
    best[known[nodes].toarray() > 0] = size
    best[np.arange(len(nodes)), nodes] = size
    return np.argsort(best, axis=1, kind="stable")[:, :count]


def _resource_allocation(known: csr_array, nodes: Ints) -> NDArray[np.float64]:
    degree = np.maximum(known.sum(axis=0), 1)
    scores: NDArray[np.float64] = (known[nodes] @ diags_array(1 / degree) @ known).toarray()
    return scores


def _page_rank(known: csr_array, nodes: Ints, restart: float = 0.15) -> NDArray[np.float64]:
    """Return personalised PageRank [B, N] by twenty steps of the power method."""
    step = diags_array(1 / np.maximum(known.sum(axis=1), 1)) @ known
    begin = np.zeros((len(nodes), known.shape[0]))
    begin[np.arange(len(nodes)), nodes] = restart
    here = begin.copy()
    for _ in range(20):
        here = begin + (1 - restart) * (here @ step)
    return here


def _cosine(features: csr_array, nodes: Ints) -> NDArray[np.float64]:
    norm = np.sqrt(features.multiply(features).sum(axis=1))
    unit = diags_array(1 / np.maximum(norm, 1e-12)) @ features
    scores: NDArray[np.float64] = (unit[nodes] @ unit.T).toarray()
    return scores
