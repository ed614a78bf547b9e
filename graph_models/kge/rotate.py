"""RotatE: Sun et al., "RotatE: Knowledge Graph Embedding by Relational Rotation" (2019)."""

import torch
from torch import Tensor, nn

from paperflow.graph_models.kge.base import KnowledgeModel


class RotatE(KnowledgeModel):
    """Scores by -Σ_i |h_i e^{iθ_i} - t_i|: a relation turns each complex number by an angle."""

    def __init__(self, num_entities: int, num_relations: int, rank: int = 100) -> None:
        super().__init__(num_entities, num_relations, 2 * rank, rank, scale=0.1)
        nn.init.uniform_(self.relation.weight, -torch.pi, torch.pi)

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return the head turned by the relation's angles."""
        real, imaginary = head.chunk(2, -1)
        cos, sin = relation.cos(), relation.sin()
        return torch.cat([real * cos - imaginary * sin, real * sin + imaginary * cos], -1)

    def compare(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return minus the sums of moduli [..., K] of queries [..., D] against [..., K, D]."""
        real, imaginary = (query.unsqueeze(-2) - tails).chunk(2, -1)
        # A root has no slope at 0, where a query meets its own tail.
        return -(real**2 + imaginary**2 + 1e-12).sqrt().sum(-1)

    def compare_all(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return minus the sums of moduli [B, K] of every query [B, D] against tails [K, D]."""
        return self.compare(query, tails)
