"""ComplEx: Trouillon et al., "Complex Embeddings for Simple Link Prediction" (2016)."""

import torch
from torch import Tensor

from paperflow.graph_models.kge.base import KnowledgeModel


class ComplEx(KnowledgeModel):
    """Scores by Re Σ_i h_i r_i conj(t_i) with complex numbers, real parts first.

    With `penalty` it is ComplEx-N3 (Lacroix et al., 2018): cubes of moduli. `rank` complex
    numbers take a width of 2 · rank.
    """

    def __init__(self, num_entities: int, num_relations: int, rank: int = 200) -> None:
        super().__init__(num_entities, num_relations, 2 * rank)

    def query(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return h ∘ r, complex."""
        return _times(head, relation)

    def penalty(self, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
        """Return the nuclear 3-norm over the moduli of the complex numbers."""
        return super().penalty(_modulus(head), _modulus(relation), _modulus(tail))

    def relations(self, head: Tensor, tail: Tensor) -> Tensor:
        """Return the score [B, 2R] of every relation between head and tail [B]."""
        # Re(h r conj(t)) = Re(conj(conj(h) t) r), a dot product with r.
        real, imaginary = self.entity(head).chunk(2, -1)
        conjugate = torch.cat([real, -imaginary], -1)
        return _times(conjugate, self.entity(tail)) @ self.relation.weight.T


def _times(a: Tensor, b: Tensor) -> Tensor:
    (p, q), (r, s) = a.chunk(2, -1), b.chunk(2, -1)
    return torch.cat([p * r - q * s, p * s + q * r], -1)


def _modulus(x: Tensor) -> Tensor:
    real, imaginary = x.chunk(2, -1)
    return (real**2 + imaginary**2 + 1e-12).sqrt()
