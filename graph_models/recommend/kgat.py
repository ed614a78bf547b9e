"""KGAT: Wang et al., "Knowledge Graph Attention Network for Recommendation" (2019).

Users, items, and entities are nodes of one graph; taking an item is a relation. Each edge
h -r-> t has the attention

    π(h, r, t) = softmax_t (W_r e_t)ᵀ tanh(W_r e_h + e_r)

over the edges of h, and each layer mixes a node with what it hears by bi-interaction:

    e_N = Σ_t π(h, r, t) e_t
    e'  = LeakyReLU(W_1 (e + e_N)) + LeakyReLU(W_2 (e ∘ e_N))

The embedding of a node is its own vector and those of all layers, each of length one, side by side.
Losses alternate: a ranking of items for users (BPR in the paper), and TransR's ranking of edges.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, normalize

from paperflow import ops
from paperflow.graph_models.attention import Edges
from paperflow.graph_models.attention.scores import TransR
from paperflow.graph_models.attention.updates import bi_interaction
from paperflow.graph_models.recommend.bpr import Interactions


@dataclass(frozen=True)
class KnowledgeEdges:
    """Edges of the joint graph: `head`, `relation`, `tail` [E] each, sorted by relation.

    Nodes are the users, then the items, then other entities.
    """

    head: Tensor
    relation: Tensor
    tail: Tensor
    num_nodes: int
    num_relations: int

    @classmethod
    def joined(
        cls, known: Interactions, triples: Tensor, num_entities: int, num_relations: int
    ) -> "KnowledgeEdges":
        """Join interactions and triples [T, 3] among entities, of which items are the first.

        Every edge goes both ways; an inverse is a relation of its own.
        """
        users, items = known.pairs[0], known.pairs[1] + known.num_users
        first, kind, last = triples.unbind(1)
        head = torch.cat([users, first + known.num_users])
        tail = torch.cat([items, last + known.num_users])
        relation = torch.cat([torch.zeros_like(users), kind + 1])
        count = num_relations + 1
        both = torch.stack(
            [
                torch.cat([head, tail]),
                torch.cat([relation, relation + count]),
                torch.cat([tail, head]),
            ]
        )
        both = both[:, torch.argsort(both[1], stable=True)]
        return cls(both[0], both[1], both[2], known.num_users + num_entities, 2 * count)


class KGAT(nn.Module):
    """Attentive propagation over users, items, and what is known of the items."""

    attention: Tensor

    def __init__(
        self,
        edges: KnowledgeEdges,
        num_users: int,
        num_items: int,
        width: int = 64,
        *,
        layers: Sequence[int] = (64, 32, 16),
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.edges, self.num_users, self.num_items = edges, num_users, num_items
        self.node = nn.Embedding(edges.num_nodes, width)
        self.relation = nn.Embedding(edges.num_relations, width)
        self.project = nn.Parameter(torch.empty(edges.num_relations, width, width))
        for weight in (self.node.weight, self.relation.weight, *self.project):
            nn.init.xavier_uniform_(weight)
        widths = [width, *layers]
        pairs = list(pairwise(widths))
        self.add = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.times = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.dropout = nn.Dropout(dropout)
        ends = torch.stack([edges.tail, edges.head])
        self.graph = ops.Graph.from_edge_index(ends, edges.num_nodes)
        self.register_buffer("attention", torch.zeros(len(edges.head)))
        self.attend()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        self.graph = self.graph.to(self.node.weight.device)
        return self

    @torch.no_grad()
    def attend(self) -> None:
        """Compute the attention of every edge anew; it sums to one at each head."""
        node = self.node.weight.unsqueeze(1)  # one head
        project, shift = self.project.unsqueeze(1), self.relation.weight.unsqueeze(1)
        at = Edges(self.graph)
        scores = TransR(project, shift, self.edges.relation)(node, node, at)
        self.attention.copy_(at.softmax_in(scores).squeeze(1))

    def embeddings(self, hidden: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return users [U, D] and items [I, D], D the sum of all layers' widths.

        Edges of the interactions `hidden` [B] carry nothing, either way.
        """
        attention = self._without(hidden)
        layer: Tensor = self.node.weight
        parts = [layer]
        for add, times in zip(self.add, self.times, strict=True):
            heard = ops.spmm(self.graph, layer, attention)
            layer = self.dropout(bi_interaction(layer, heard, add, times))
            parts.append(normalize(layer, dim=1))
        nodes = torch.cat(parts, 1)
        end = self.num_users + self.num_items
        return nodes[: self.num_users], nodes[self.num_users : end]

    def _without(self, hidden: Tensor | None) -> Tensor:
        if hidden is None:
            return self.attention
        # Sorted by relation, interactions come first, and their inverses first of the second half.
        inverse = len(self.attention) // 2
        return self.attention.index_fill(0, torch.cat([hidden, hidden + inverse]), 0.0)

    def raw(self, users: Tensor, items: Tensor) -> list[Tensor]:
        """Return the vectors of these users and items before propagation."""
        return [self.node(users), self.node(items + self.num_users)]

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Return scores [B] of users and items [B]."""
        u, i = self.embeddings()
        return (u[users] * i[items]).sum(-1)

    def edge_loss(self, edges: Tensor, penalty: float = 1e-5) -> Tensor:
        """Return TransR's ranking loss of edges [B] against drawn tails.

        -log σ(‖W_r e_h + e_r - W_r e_t'‖² - ‖W_r e_h + e_r - W_r e_t‖²); edges must ascend, for
        those of one relation are projected together.
        """
        every = (self.edges.head, self.edges.relation, self.edges.tail)
        head, kind, tail = (column[edges] for column in every)
        wrong = torch.randint(self.edges.num_nodes, tail.shape)
        nodes = self.node(torch.stack([head, tail, wrong], 1))
        kinds, counts = torch.unique_consecutive(kind, return_counts=True)
        parts = torch.split(nodes, counts.tolist())
        moved = torch.cat([p @ self.project[r] for p, r in zip(parts, kinds.tolist(), strict=True)])
        relation = self.relation(kind)
        right, other = ((moved[:, 0] + relation - moved[:, k]).pow(2).sum(1) for k in (1, 2))
        squares = (moved.pow(2).sum() + relation.pow(2).sum()) / (2 * len(edges))
        loss: Tensor = penalty * squares - logsigmoid(other - right).mean()
        return loss


def kgat_losses(
    model: KGAT,
    ranking: Callable[[int], Iterator[Tensor]],
    *,
    edge_batch: int = 8192,
    edge_steps: int | None = None,
) -> Callable[[int], Iterator[Tensor]]:
    """Return an epoch's losses: `ranking` of users and items, the graph's edges, then attention.

    `edge_steps` bounds the steps over edges; None goes over all of them.
    """

    def losses(epoch: int) -> Iterator[Tensor]:
        yield from ranking(epoch)
        order = torch.randperm(len(model.edges.head))
        for part in torch.split(order, edge_batch)[:edge_steps]:
            yield model.edge_loss(part.sort().values)
        model.attend()

    return losses
