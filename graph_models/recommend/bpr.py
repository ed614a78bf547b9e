"""Bayesian personalised ranking: Rendle et al., "BPR" (2009), and matrix factorisation by it."""

from collections.abc import Callable, Iterator
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid


class Interactions:
    """Which user took which item: pairs [2, E] of users and items, known for training."""

    def __init__(self, pairs: Tensor, num_users: int, num_items: int) -> None:
        self.pairs, self.num_users, self.num_items = pairs, num_users, num_items
        self._keys = torch.unique(pairs[0] * num_items + pairs[1])

    def taken(self, users: Tensor, items: Tensor) -> Tensor:
        """Tell which items the users took [B]."""
        wanted = users * self.num_items + items
        place = torch.searchsorted(self._keys, wanted).clamp(max=len(self._keys) - 1)
        return torch.eq(self._keys[place], wanted)

    def draw_others(self, users: Tensor) -> Tensor:
        """Return for each user [B] an item that the user did not take, as far as ten draws go."""
        items = torch.randint(self.num_items, (len(users),))
        for _ in range(10):
            wrong = torch.nonzero(self.taken(users, items)).flatten()
            if not len(wrong):
                break
            items[wrong] = torch.randint(self.num_items, (len(wrong),))
        return items


class Recommender(Protocol):
    """What can be trained by BPR: embeddings of all users and items."""

    def embeddings(self) -> tuple[Tensor, Tensor]:
        """Return users [U, D] and items [I, D], whose dot products are the scores."""
        ...

    def raw(self, users: Tensor, items: Tensor) -> list[Tensor]:
        """Return the weights behind these users and items, for the penalty."""
        ...


class BPRMF(nn.Module):
    """Scores by the dot product of a user's and an item's vector."""

    def __init__(self, num_users: int, num_items: int, width: int = 64) -> None:
        super().__init__()
        self.user, self.item = nn.Embedding(num_users, width), nn.Embedding(num_items, width)
        for table in (self.user, self.item):
            nn.init.normal_(table.weight, std=0.1)

    def embeddings(self) -> tuple[Tensor, Tensor]:
        """Return users [U, D] and items [I, D]."""
        return self.user.weight, self.item.weight

    def raw(self, users: Tensor, items: Tensor) -> list[Tensor]:
        """Return the vectors of these users and items."""
        return [self.user(users), self.item(items)]

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Return scores [B] of users and items [B]."""
        u, i = self.embeddings()
        return (u[users] * i[items]).sum(-1)


def bpr_losses(
    model: Recommender, known: Interactions, *, batch: int = 4096, penalty: float = 1e-4
) -> Callable[[int], Iterator[Tensor]]:
    """Return an epoch's losses: each taken item against one that was not taken.

    -log σ(s(u, i) - s(u, j)) + penalty · (squares of the vectors) / 2, means over the batch.
    """

    def losses(_: int) -> Iterator[Tensor]:
        order = torch.randperm(known.pairs.shape[1])
        for start in range(0, len(order), batch):
            users, right = known.pairs[:, order[start : start + batch]]
            wrong = known.draw_others(users)
            u, i = model.embeddings()
            gain = (u[users] * (i[right] - i[wrong])).sum(1)
            weights = [*model.raw(users, right), *model.raw(users, wrong)[1:]]
            squares = torch.stack([w.pow(2).sum() for w in weights]).sum() / (2 * len(users))
            yield -logsigmoid(gain).mean() + penalty * squares

    return losses
