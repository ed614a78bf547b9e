"""What the heads share: a learned mix of the encoder's layers, and the letters of tokens."""

import torch
from torch import Tensor, nn

from paperflow.extract.heads.tokens import BUCKETS


class LayerMix(nn.Module):
    """A weighted sum of the encoder's layers (Peters et al., 2018, equation 1)."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(layers))
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, states: Tensor) -> Tensor:
        """Return [..., D] for states [..., L, D]."""
        weights = torch.softmax(self.weights, 0)
        return self.scale * torch.einsum("...ld,l->...d", states.float(), weights)


class Letters(nn.Module):
    """The mean of the embeddings of a token's hashed letters."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.table = nn.Embedding(BUCKETS, width, padding_idx=0)

    def forward(self, grams: Tensor) -> Tensor:
        """Return [B, T, W] for buckets [B, T, G], where 0 is padding."""
        count = (grams > 0).sum(-1, keepdim=True).clamp(min=1)
        total: Tensor = self.table(grams).sum(-2) / count
        return total
