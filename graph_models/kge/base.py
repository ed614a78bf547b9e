"""What all knowledge-graph embeddings share: a query from head and relation, and a comparison."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class KnowledgeModel(nn.Module, ABC):
    """Scores triples: `compare(query(head, relation), tail)`, higher is likelier.

    Relation r + R is the inverse of relation r, so heads are asked for as tails of inverses
    (Lacroix et al., "Canonical Tensor Decomposition for Knowledge Base Completion", 2018).
    Entities have `width` numbers, relations `relation_width`.
    """

    def __init__(
        self,
        num_entities: int,
        num_relations: int,
        width: int,
        relation_width: int | None = None,
        scale: float = 1e-3,
    ) -> None:
        super().__init__()
        self.num_entities, self.num_relations = num_entities, num_relations
        self.entity = nn.Embedding(num_entities, width)
        self.relation = nn.Embedding(2 * num_relations, relation_width or width)
        nn.init.normal_(self.entity.weight, std=scale)
        nn.init.normal_(self.relation.weight, std=scale)

    @abstractmethod
    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return what is compared with tails [..., D], of embeddings [..., D] and [..., C]."""

    def compare(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return scores [..., K] of queries [..., D] and tails [..., K, D]: dot products."""
        return (tails @ query.unsqueeze(-1)).squeeze(-1)

    def compare_all(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return scores [B, K] of every query [B, D] with every tail [K, D]."""
        return query @ tails.T

    def penalty(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Return the regulariser of the embeddings of a batch: the nuclear 3-norm (N3)."""
        cubes = [x.abs().pow(3).sum() for x in (head, relation, tail)]
        return torch.stack(cubes).sum() / len(head)

    def forward(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Return the score [B] of triples of integers, each [B]."""
        query = self.query(self.entity(head), self.relation(relation))
        return self.compare(query, self.entity(tail).unsqueeze(-2)).squeeze(-1)

    def tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the score [B, N] of every entity as the tail of head and relation [B]."""
        query = self.query(self.entity(head), self.relation(relation))
        return self.compare_all(query, self.entity.weight)

    def relations(self, head: Tensor, tail: Tensor) -> Tensor:
        """Return the score [B, 2R] of every relation between head and tail [B]."""
        every = self.relation.weight.expand(len(head), -1, -1)
        heads = self.entity(head).unsqueeze(1).expand(-1, every.shape[1], -1)
        tails = self.entity(tail)[:, None, None].expand(-1, every.shape[1], -1, -1)
        return self.compare(self.query(heads, every), tails).squeeze(-1)
