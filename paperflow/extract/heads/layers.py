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
        return torch.einsum("...ld,l->...d", states.float(), self.shares())

    def shares(self) -> Tensor:
        """Return the weight [L] of each layer."""
        return self.scale * torch.softmax(self.weights, 0)


class Mixed(nn.Module):
    """Stands for a LayerMix where the encoder mixed its layers already: takes one of its mixes."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def forward(self, states: Tensor) -> Tensor:
        """Return [..., D] for mixes [..., M, D]."""
        return states[..., self.number, :].float()


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
