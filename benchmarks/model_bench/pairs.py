"""Train link prediction on one graph: encoder, pair head, drawn negatives, masked targets.

A pair's score is that of the head plus the cosine of its features, weighed by training.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from model_bench.smoothed import Features, Hops, directions
from paperflow import ops
from paperflow.graph_models.heads import DotHead, MLPHead
from paperflow.graph_models.heuristics import adjacency
from paperflow.graph_models.registry import models
from paperflow.graph_models.samplers import EdgeSet, uniform_negatives
from paperflow.graph_models.training import Fitted, Plan, fit

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Undirected pairs [2, E] of training, and positive and negative ones to be judged on."""

    train: Tensor
    valid: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]
    num_nodes: int


@dataclass(frozen=True)
class Setting:
    """An encoder by its name in the table of models, its arguments, a head, and a plan.

    "hops" is `Hops` from singular vectors. `rivals`: a pair is told from as many drawn ones, or
    each end's partner from all nodes, for which the head is "dot" and the features do not add.
    """

    encoder: str = "gcn"
    head: Literal["dot", "mlp"] = "dot"
    rivals: Literal["drawn", "all"] = "drawn"
    hidden: int = 256
    dropout: float = 0.3
    likeness: float = 5.0  # what the cosine of the features weighs at first; 0: nothing
    batch: int = 1152
    arguments: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)


class Stem(nn.Module):
    """A linear layer over sparse features: words are sources, nodes are destinations."""

    def __init__(self, features: csr_array, width: int, dropout: float) -> None:
        super().__init__()
        pointers, words = (torch.from_numpy(x).long() for x in (features.indptr, features.indices))
        self.words = ops.Graph.from_csr(pointers, words, features.shape[1])
        self.values = torch.from_numpy(features.data).float()
        self.weight = nn.Parameter(torch.empty(features.shape[1], width))
        nn.init.xavier_uniform_(self.weight)
        self.dropout = nn.Dropout(dropout)

    def forward(self) -> Tensor:
        """Return the nodes [N, width]."""
        return ops.spmm(self.words, self.weight, self.dropout(self.values))


class DenseStem(nn.Module):
    """A linear layer over dense features [N, F], such as vectors of texts."""

    def __init__(self, features: NDArray[np.float32], width: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("features", torch.from_numpy(features), persistent=False)
        self.net = nn.Sequential(nn.Dropout(dropout), nn.Linear(features.shape[1], width))

    features: Tensor

    def forward(self) -> Tensor:
        """Return the nodes [N, width]."""
        nodes: Tensor = self.net(self.features)
        return nodes


class LinkModel(nn.Module):
    """Features, encoder, and head; what is scored may be left out of what is passed on."""

    def __init__(self, features: Features, split: Split, setting: Setting) -> None:
        super().__init__()
        width, drop = setting.hidden, setting.dropout
        stem = DenseStem if isinstance(features, np.ndarray) else Stem
        self.stem = stem(features, width, drop)
        if setting.encoder == "hops":
            self.stem.weight = nn.Parameter(directions(features, width))
        encoder = Hops if setting.encoder == "hops" else models.load(setting.encoder)
        self.encoder = encoder(width, width, width, dropout=drop, **setting.arguments)
        self.head = DotHead() if setting.head == "dot" else MLPHead(width, dropout=drop)
        self.features, self.split = features, split
        weight = torch.tensor(setting.likeness)
        self.likeness = nn.Parameter(weight, requires_grad=setting.likeness > 0)
        self.adjacency = adjacency(split.train.numpy(), split.num_nodes)
        self.whole = self._graph(split.train)

    def _graph(self, pairs: Tensor) -> ops.Graph:
        both = torch.cat([pairs, pairs.flip(0)], 1)
        return ops.Graph.from_edge_index(both, self.split.num_nodes)

    def nodes(self, hidden: Tensor | None = None) -> Tensor:
        """Return the nodes [N, D], the training pairs `hidden` [E] left out of the graph."""
        graph = self.whole if hidden is None else self._graph(self.split.train[:, ~hidden])
        nodes: Tensor = self.encoder(self.stem(), graph)
        return nodes

    def score(self, nodes: Tensor, pairs: Tensor) -> Tensor:
        """Return the scores [B] of pairs [2, B]."""
        scores: Tensor = self.head(nodes[pairs[0]], nodes[pairs[1]])
        if not self.likeness.requires_grad:
            return scores
        return scores + self.likeness * alike(self.features, pairs)

    @torch.no_grad()
    def judge(self, *pairs: Tensor) -> list[NDArray[np.float32]]:
        """Return the scores of each set of pairs, in parts that fit the memory."""
        self.eval()
        nodes = self.nodes()
        return [
            np.concatenate([self.score(nodes, part).numpy() for part in torch.split(x, 50_000, 1)])
            for x in pairs
        ]


def alike(features: Features, pairs: Tensor) -> Tensor:
    """Return the cosine of the features of each pair [B], whose rows have length one."""
    first, second = (features[side] for side in pairs.numpy())
    both = first * second if isinstance(features, np.ndarray) else first.multiply(second)
    return torch.from_numpy(np.asarray(both.sum(axis=1))).float()


def losses_of(model: LinkModel, setting: Setting) -> Any:
    """Return an epoch's losses: on pairs that are left out of the graph, part by part."""
    train = model.split.train
    loss = (against_all if setting.rivals == "all" else against_drawn)(model)

    def losses(_: int) -> Any:
        for part in torch.randperm(train.shape[1]).split(setting.batch):
            hidden = torch.zeros(train.shape[1], dtype=torch.bool)
            hidden[part] = True
            yield loss(train[:, part], hidden)

    return losses


def against_drawn(model: LinkModel) -> Any:
    """Return the loss of pairs [2, B], which are `hidden` [E], and as many drawn ones."""
    train, size = model.split.train, model.split.num_nodes
    known = EdgeSet(torch.cat([train, train.flip(0)], 1), size)

    def loss(right: Tensor, hidden: Tensor) -> Tensor:
        wrong = uniform_negatives(known, right.shape[1])
        truth = torch.arange(2 * right.shape[1]) < right.shape[1]
        scores = model.score(model.nodes(hidden), torch.cat([right, wrong], 1))
        return binary_cross_entropy_with_logits(scores, truth.float())

    return loss


def against_all(model: LinkModel) -> Any:
    """Return the loss of pairs [2, B]: each end's partner among all that it is not linked to."""
    linked = torch.from_numpy(model.adjacency.toarray() > 0).fill_diagonal_(True)

    def loss(right: Tensor, hidden: Tensor) -> Tensor:
        nodes = model.nodes(hidden)
        node, partner = torch.cat([right, right.flip(0)], 1)
        others = linked[node].scatter(1, partner[:, None], False)
        return cross_entropy((nodes[node] @ nodes.T).masked_fill(others, -1e9), partner)

    return loss


def train_links(
    features: Features, split: Split, setting: Setting, seed: int, score: Any
) -> tuple[LinkModel, Fitted]:
    """Train a model; `score(model)` is its figure on the validation pairs."""
    torch.manual_seed(seed)
    model = LinkModel(features, split, setting)
    plan = Plan(**{"rate": 5e-3, "every": 2, "clip": 1.0, **setting.plan}, seed=seed)
    found = fit(model, losses_of(model, setting), lambda: score(model), plan)
    return model, found


def random_split(pairs: Tensor, num_nodes: int, shares: tuple[float, float], seed: int) -> Split:
    """Split undirected pairs [2, E] at random, with as many negatives; shares of valid and test."""
    draw = torch.Generator().manual_seed(seed)
    order = torch.randperm(pairs.shape[1], generator=draw)
    valid, test = (int(share * len(order)) for share in shares)
    parts = order.split([valid, test, len(order) - valid - test])
    every = EdgeSet(torch.cat([pairs, pairs.flip(0)], 1), num_nodes)
    torch.manual_seed(seed)
    wrong = [uniform_negatives(every, count) for count in (valid, test)]
    right = [pairs[:, part] for part in parts]
    return Split(right[2], (right[0], wrong[0]), (right[1], wrong[1]), num_nodes)
