"""Sampled softmax over items: what a reader took against many items drawn at once."""

import math
from collections.abc import Callable, Iterator
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import normalize

from paperflow.graph_models.recommend.bpr import Interactions


class Hiding(Protocol):
    """What can embed users and items while some interactions are kept from it."""

    def embeddings(self, hidden: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return users [U, D] and items [I, D] without the interactions `hidden` [B]."""
        ...


def softmax_losses(
    model: Hiding,
    known: Interactions,
    *,
    batch: int = 8192,
    drawn: int = 2048,
    temperature: float = 0.1,
) -> Callable[[int], Iterator[Tensor]]:
    """Return an epoch's losses: each taken item against `drawn` of the I items, alike for all.

    -log(exp s(u, i) / (exp s(u, i) + I/drawn · Σ_j exp s(u, j))), s the cosine divided by the
    temperature, means over the batch (Wu et al., "On the Effectiveness of Sampled Softmax Loss
    for Item Recommendation", 2022). A batch's interactions are hidden from propagation, so that
    none is told by its own edge.
    """

    def losses(_: int) -> Iterator[Tensor]:
        order = torch.randperm(known.pairs.shape[1])
        for part in torch.split(order, batch):
            u, i = (normalize(side, dim=1) for side in model.embeddings(part))
            yield _loss(u / temperature, i, known.pairs[:, part], drawn)

    return losses


def _loss(u: Tensor, i: Tensor, pairs: Tensor, drawn: int) -> Tensor:
    users, place = torch.unique(pairs[0], return_inverse=True)
    others = torch.randint(len(i), (drawn,))
    rivals = (u[users] @ i[others].T).logsumexp(1) + math.log(len(i) / drawn)
    own = (u[pairs[0]] * i[pairs[1]]).sum(1)
    return (torch.logaddexp(rivals[place], own) - own).mean()
