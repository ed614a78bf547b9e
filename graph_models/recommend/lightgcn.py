"""LightGCN: He et al., "LightGCN: Simplifying and Powering Graph Convolution" (2020)."""

from collections.abc import Callable
from typing import Self

import torch
from torch import Tensor, nn

from paperflow import ops


class LightGCN(nn.Module):
    """Smooths user and item vectors over their graph, and takes the mean of all layers.

        E_{k+1} = D^-½ A D^-½ E_k,    E = mean(E_0, …, E_K)

    `pairs` [2, E] are the users and items of training.
    """

    def __init__(
        self, pairs: Tensor, num_users: int, num_items: int, width: int = 64, layers: int = 2
    ) -> None:
        super().__init__()
        self.num_users, self.layers = num_users, layers
        self.node = nn.Embedding(num_users + num_items, width)
        nn.init.normal_(self.node.weight, std=0.1)
        users, items = pairs[0], pairs[1] + num_users
        edges = torch.stack([torch.cat([users, items]), torch.cat([items, users])])
        self.graph = ops.Graph.from_edge_index(edges, num_users + num_items)
        degree = torch.bincount(edges[1], minlength=num_users + num_items).clamp(min=1)
        weight = (degree[edges[0]] * degree[edges[1]]).float().rsqrt()
        self.register_buffer("weight", weight, persistent=False)

    weight: Tensor

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        self.graph = self.graph.to(self.node.weight.device)
        return self

    def embeddings(self, hidden: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return users [U, D] and items [I, D]; the pairs `hidden` [B] carry nothing."""
        weight = self._without(hidden)
        layer = total = self.node.weight
        for _ in range(self.layers):
            layer = ops.spmm(self.graph, layer, weight)
            total = total + layer
        mean = total / (self.layers + 1)
        return mean[: self.num_users], mean[self.num_users :]

    def _without(self, hidden: Tensor | None) -> Tensor:
        if hidden is None:
            return self.weight
        inverse = len(self.weight) // 2
        return self.weight.index_fill(0, torch.cat([hidden, hidden + inverse]), 0.0)

    def raw(self, users: Tensor, items: Tensor) -> list[Tensor]:
        """Return the unsmoothed vectors of these users and items."""
        return [self.node(users), self.node(items + self.num_users)]

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Return scores [B] of users and items [B]."""
        u, i = self.embeddings()
        return (u[users] * i[items]).sum(-1)
