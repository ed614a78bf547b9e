"""TransE: Bordes et al., "Translating Embeddings for Modeling Multi-relational Data" (2013)."""

import torch
from torch import Tensor

from paperflow.graph_models.kge.base import KnowledgeModel


class TransE(KnowledgeModel):
    """Scores by -‖h + r - t‖ in the norm `p`."""

    def __init__(
        self, num_entities: int, num_relations: int, width: int = 200, p: float = 1.0
    ) -> None:
        super().__init__(num_entities, num_relations, width, scale=0.1)
        self.p = p

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h + r."""
        return head + relation

    def compare(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return minus the distances [..., K] of queries [..., D] to tails [..., K, D]."""
        apart: Tensor = torch.linalg.vector_norm(query.unsqueeze(-2) - tails, ord=self.p, dim=-1)
        return -apart

    def compare_all(self, query: Tensor, tails: Tensor) -> Tensor:
        """Return minus the distances [B, K] of every query [B, D] to every tail [K, D]."""
        return -torch.cdist(query, tails, p=self.p)
