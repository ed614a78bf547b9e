"""DistMult: Yang et al., "Embedding Entities and Relations for Learning and Inference" (2015)."""

from torch import Tensor

from paperflow.graph_models.kge.base import KnowledgeModel


class DistMult(KnowledgeModel):
    """Scores by Σ_i h_i r_i t_i, which can't tell a relation from its inverse.

    The inverses of `KnowledgeModel` have relations of their own, which lifts that limit.
    """

    def __init__(self, num_entities: int, num_relations: int, width: int = 200) -> None:
        super().__init__(num_entities, num_relations, width)

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h ∘ r."""
        return head * relation

    def relations(self, head: Tensor, tail: Tensor) -> Tensor:
        """Return the score [B, 2R] of every relation between head and tail [B]."""
        scores: Tensor = (self.entity(head) * self.entity(tail)) @ self.relation.weight.T
        return scores
