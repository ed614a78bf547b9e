"""The entity head: encoder layers and letters, a bidirectional LSTM, valid BIO sequences.

After Lample et al., "Neural Architectures for Named Entity Recognition" (2016), over
frozen contextual states.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from paperflow.extract.heads.crf import ConditionalRandomField
from paperflow.extract.heads.layers import LayerMix, Letters

TYPES = ("Generic", "Material", "Method", "Metric", "OtherScientificTerm", "Task")
LABELS = ("O", *(f"{mark}-{kind}" for kind in TYPES for mark in "BI"))


class EntityTagger(nn.Module):
    """Labels the tokens of sentences. Shapes: B sentences, T tokens, L layers, D numbers."""

    def __init__(
        self, layers: int = 7, dimension: int = 384, hidden: int = 100, letters: int = 32
    ) -> None:
        super().__init__()
        self.mix = LayerMix(layers)
        self.letters = Letters(letters)
        self.dropout = nn.Dropout(0.5)
        self.context = nn.LSTM(dimension + letters, hidden, batch_first=True, bidirectional=True)
        self.scores = nn.Linear(2 * hidden, len(LABELS))
        self.crf = ConditionalRandomField(LABELS)

    def forward(self, states: Tensor, grams: Tensor, lengths: Tensor) -> Tensor:
        """Return scores [B, T, K] for states [B, T, L, D], letters [B, T, G], lengths [B]."""
        tokens = self.dropout(torch.cat([self.mix(states), self.letters(grams)], -1))
        packed = nn.utils.rnn.pack_padded_sequence(
            tokens, lengths, batch_first=True, enforce_sorted=False
        )
        context, _ = nn.utils.rnn.pad_packed_sequence(
            self.context(packed)[0], batch_first=True, total_length=states.shape[1]
        )
        scores: Tensor = self.scores(self.dropout(context))
        return scores

    def loss(self, states: Tensor, grams: Tensor, lengths: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of labels [B, T], numbers of LABELS."""
        mask = torch.arange(states.shape[1])[None] < lengths[:, None]
        return self.crf.loss(self(states, grams, lengths), labels, mask)

    @torch.no_grad()
    def tag(self, states: Tensor, grams: Tensor, lengths: Tensor) -> list[Sequence[str]]:
        """Return the labels of each sentence."""
        rows = self.crf.decode(self(states, grams, lengths), lengths)
        return [[LABELS[number] for number in row] for row in rows]
