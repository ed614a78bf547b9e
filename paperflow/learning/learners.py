"""Models that score pairs of a link graph: node encoders, embeddings of triples, recommenders."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from paperflow import ops
from paperflow.graph_models import kge, recommend
from paperflow.graph_models.heads import RankHead
from paperflow.graph_models.registry import models
from paperflow.learning.attention import Ways, attends, between, looked_at
from paperflow.learning.graph import Floats, Ints, LinkGraph
from paperflow.learning.models import EMBEDDINGS, RECOMMENDERS, embeddings, recommenders

NEGATIVES = 16  # drawn for each link
_HIDDEN = 0.2  # of the links, left out of the graph in each epoch and asked for
_FEW = 2000  # nodes that an embedding is trained against all at once
_PART = 4096  # pairs scored at once

Score = Callable[[Tensor, Tensor], Tensor]
Losses = Callable[[int], Iterable[Tensor]]
Passed = Callable[[LinkGraph], ops.Graph]


@dataclass(frozen=True)
class Learner:
    """A module to train, its losses of an epoch, and what then scores sources and targets.

    `paths`, where the model attends to edges, tells the nodes between a source and a target, each
    with the product of the attention to it and from it, the greatest first.
    """

    module: nn.Module
    losses: Losses
    scorer: Callable[[], Score]
    paths: Ways | None = None

    @torch.no_grad()
    def pairs(self, source: Ints, target: Ints) -> Floats:
        """Return the scores [C] of pairs."""
        self.module.eval()
        score, rows = self.scorer(), torch.from_numpy(np.stack([source, target]))
        parts = [score(part[0], part[1]) for part in torch.split(rows, _PART, 1)]
        return torch.cat(parts).double().numpy() if parts else np.zeros(0)


def learner(name: str, graph: LinkGraph, width: int) -> Learner:
    """Return a new model for a graph: of the tables of node models, embeddings, recommenders."""
    if name in EMBEDDINGS:
        return _embedding(name, graph, width)
    if name in RECOMMENDERS:
        return _recommender(name, graph, width)
    return _encoder(name, graph, width)


class PairEncoder(nn.Module):
    """A node model over texts and graph, and the cosine of two projections of its nodes."""

    def __init__(self, name: str, width_in: int, width: int) -> None:
        super().__init__()
        self.encoder = models.load(name)(width_in, width, width, dropout=0.2)
        self.head = RankHead(width)

    def nodes(self, x: Tensor, graph: ops.Graph) -> Tensor:
        """Return the nodes [N, width]."""
        nodes: Tensor = self.encoder(x, graph)
        return nodes

    def forward(self, nodes: Tensor, source: Tensor, targets: Tensor) -> Tensor:
        """Return scores [B, K] of sources [B] and their targets [B, K]."""
        scores: Tensor = self.head(nodes[source], nodes[targets])
        return scores


def _encoder(name: str, graph: LinkGraph, width: int) -> Learner:
    model = PairEncoder(name, graph.features.shape[1], width)
    x = torch.from_numpy(graph.features)
    passed_on = _incidence if name == "hypergraph" else _both_ways

    def scorer() -> Score:
        nodes = model.nodes(x, passed_on(graph))
        return lambda source, target: model(nodes, source, target[:, None]).squeeze(1)

    @cache
    def weights() -> csr_array:
        model.eval()
        return looked_at(model, lambda: model.nodes(x, passed_on(graph)), graph.num_nodes)

    def paths(source: int, target: int) -> list[tuple[int, float]]:
        ways = between(weights(), source, target)
        return [(row, weight) for row, weight in ways if row not in (source, target)]

    seen = paths if attends(model) else None
    return Learner(model, _hiding(model, graph, x, passed_on), scorer, seen)


def _hiding(model: PairEncoder, graph: LinkGraph, x: Tensor, passed_on: Passed) -> Losses:
    """Return an epoch's loss: some links are hidden, and told from drawn ones by what is left."""
    targets = torch.from_numpy(np.flatnonzero(graph.targets))
    groups = np.unique(graph.groups)

    def losses(_: int) -> Iterator[Tensor]:
        drawn = groups[torch.rand(len(groups)).numpy() < _HIDDEN]
        hidden = np.isin(graph.groups, drawn)
        if not hidden.any():
            return
        source, right = torch.from_numpy(graph.links[:, hidden])
        wrong = targets[torch.randint(len(targets), (len(right), NEGATIVES))]
        nodes = model.nodes(x, passed_on(graph.without(hidden)))
        scores = model(nodes, source, torch.cat([right[:, None], wrong], 1))
        same = torch.eq(wrong, right[:, None])
        scores[:, 1:] = scores[:, 1:].masked_fill(same, -1e9)
        yield cross_entropy(scores, torch.zeros_like(right))

    return losses


def _incidence(graph: LinkGraph) -> ops.Graph:
    """Return which node stands in which statement: nodes over the groups of their links."""
    _, group = np.unique(graph.groups, return_inverse=True)
    pairs = np.concatenate([np.stack([end, group]) for end in graph.links], axis=1)
    rows = torch.from_numpy(np.unique(pairs, axis=1))
    return ops.Graph.from_edge_index(rows, int(group.max(initial=-1)) + 1, graph.num_nodes)


def _both_ways(graph: LinkGraph) -> ops.Graph:
    """Return links and what is known besides, either way, as the graph that messages take."""
    pairs = np.concatenate([graph.links, graph.known], axis=1)
    both = np.unique(np.concatenate([pairs, pairs[::-1]], axis=1), axis=1)
    return ops.Graph.from_edge_index(torch.from_numpy(both), graph.num_nodes)


def _embedding(name: str, graph: LinkGraph, width: int) -> Learner:
    """Return an embedding of typed triples; a pair's score is over all types of links."""
    own = int(graph.kinds.max(initial=0)) + 1
    count = own + int(graph.known_kinds.max(initial=-1)) + 1
    model: kge.KnowledgeModel = embeddings.load(name)(graph.num_nodes, count, width)
    links = np.stack([graph.links[0], graph.kinds, graph.links[1]], axis=1)
    known = np.stack([graph.known[0], graph.known_kinds + own, graph.known[1]], axis=1)
    triples = torch.from_numpy(np.unique(np.concatenate([links, known]), axis=0))
    every = kge.Triples([triples], graph.num_nodes, count)
    few = graph.num_nodes <= _FEW
    losses = (
        kge.against_all(model, every, batch=512, penalty=1e-2)
        if few
        else kge.against_sampled(model, every, batch=1024, negatives=256)
    )

    def score(source: Tensor, target: Tensor) -> Tensor:
        return model.relations(source, target)[:, :own].logsumexp(1)

    return Learner(model, losses, lambda: score)


def _recommender(name: str, graph: LinkGraph, width: int) -> Learner:
    """Return a recommender: sources are the users, targets the items, others what is known."""
    users, items = (np.full(graph.num_nodes, -1) for _ in range(2))
    users[graph.sources] = np.arange(len(graph.sources))
    order = np.concatenate([np.flatnonzero(graph.targets), np.flatnonzero(~graph.targets)])
    items[order] = np.arange(len(order))
    count = int(graph.targets.sum())
    pairs = torch.from_numpy(np.stack([users[graph.links[0]], items[graph.links[1]]]))
    taken = recommend.Interactions(pairs, len(graph.sources), count)
    model, losses = recommenders.load(name)(graph, taken, items, width)

    def scorer() -> Score:
        u, i = model.embeddings()
        return lambda source, target: (u[users[source.numpy()]] * i[items[target.numpy()]]).sum(1)

    paths = _attended(model, users, items, order) if isinstance(model, recommend.KGAT) else None
    return Learner(model, losses, scorer, paths)


def _attended(model: recommend.KGAT, users: Ints, items: Ints, order: Ints) -> Ways:
    """Return the nodes that two edges join to a reader and a work, by their attention."""
    edges, first = model.edges, model.num_users

    def paths(source: int, target: int) -> list[tuple[int, float]]:
        ends = torch.stack([edges.head, edges.tail]).numpy()
        size = (edges.num_nodes, edges.num_nodes)
        weight = csr_array((model.attention.numpy().astype(np.float64), tuple(ends)), shape=size)
        ways = between(weight, int(users[source]), first + int(items[target]), first)
        return [(int(order[row - first]), value) for row, value in ways]

    return paths


Made = tuple[recommend.BPRMF | recommend.LightGCN | recommend.KGAT, Losses]


def bpr_mf(graph: LinkGraph, taken: recommend.Interactions, items: Ints, width: int) -> Made:
    """Return matrix factorisation, which knows who took what and nothing else."""
    model = recommend.BPRMF(taken.num_users, taken.num_items, width)
    return model, recommend.bpr_losses(model, taken)


def lightgcn(graph: LinkGraph, taken: recommend.Interactions, items: Ints, width: int) -> Made:
    """Return LightGCN over readers and what they took."""
    model = recommend.LightGCN(taken.pairs, taken.num_users, taken.num_items, width)
    return model, recommend.bpr_losses(model, taken)


def kgat(graph: LinkGraph, taken: recommend.Interactions, items: Ints, width: int) -> Made:
    """Return KGAT over readers, what is known of works, and the citations among them."""
    cites = np.stack([graph.links[0], np.zeros_like(graph.kinds), graph.links[1]], axis=1)
    known = np.stack([graph.known[0], graph.known_kinds + 1, graph.known[1]], axis=1)
    triples = np.concatenate([cites[graph.targets[cites[:, 0]]], known])
    triples[:, ::2] = items[triples[:, ::2]]
    kinds = int(triples[:, 1].max(initial=0)) + 1
    rows = torch.from_numpy(triples)
    edges = recommend.KnowledgeEdges.joined(taken, rows, graph.num_nodes, kinds)
    model = recommend.KGAT(edges, taken.num_users, taken.num_items, width, layers=(width,) * 2)
    ranking = recommend.bpr_losses(model, taken, penalty=1e-5)
    return model, recommend.kgat_losses(model, ranking)
