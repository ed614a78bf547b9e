"""The relation head: how two marked entities of a sentence relate, and whether they do.

Markers are embeddings added to the frozen states of the tokens, after Baldini Soares et
al., "Matching the Blanks" (2019), who put marker words into the text instead.
"""

import torch
from torch import Tensor, nn

from paperflow.extract.heads.layers import LayerMix

RELATIONS = (
    "COMPARE",
    "CONJUNCTION",
    "EVALUATE-FOR",
    "FEATURE-OF",
    "HYPONYM-OF",
    "PART-OF",
    "USED-FOR",
)
BEFORE, FIRST, BETWEEN, SECOND, AFTER = range(5)  # where a token stands
AROUND = 10  # tokens before and after a pair that are looked at
_ROLES, _FAR = 10, 8


def roles_of(length: int, first: tuple[int, int], second: tuple[int, int]) -> list[int]:
    """Return the role of each token [T] by the spans, ends exclusive, of the two entities.

    Roles from 5 on say that the second entity stands before the first.
    """
    (a, b), (c, d) = sorted((first, second))
    shift = 5 if second < first else 0
    marks = {BEFORE: (0, a), BETWEEN: (b, c), AFTER: (d, length)}
    roles = [BEFORE + shift] * length
    for role, (start, end) in marks.items():
        roles[start:end] = [role + shift] * max(0, end - start)
    for role, (start, end) in ((FIRST, first), (SECOND, second)):
        roles[start:end] = [role + shift] * (end - start)
    return roles


class RelationClassifier(nn.Module):
    """Classifies marked pairs. Shapes: B pairs, T tokens, L layers, D numbers."""

    def __init__(
        self, layers: int = 7, dimension: int = 384, hidden: int = 80, marker: int = 16
    ) -> None:
        super().__init__()
        self.mix = LayerMix(layers)
        self.markers = nn.Embedding(_ROLES, marker)
        self.dropout = nn.Dropout(0.4)
        self.context = nn.LSTM(dimension + marker, hidden, batch_first=True, bidirectional=True)
        self.distance = nn.Embedding(_FAR + 1, marker)
        self.hidden = nn.Linear(8 * hidden + marker, 96)
        self.scores = nn.Linear(96, len(RELATIONS) + 1)

    def forward(self, states: Tensor, roles: Tensor, lengths: Tensor) -> Tensor:
        """Return scores [B, R + 1] for states [B, T, L, D] and roles [B, T]; the last: related."""
        tokens = self.dropout(torch.cat([self.mix(states), self.markers(roles)], -1))
        packed = nn.utils.rnn.pack_padded_sequence(
            tokens, lengths, batch_first=True, enforce_sorted=False
        )
        context, _ = nn.utils.rnn.pad_packed_sequence(
            self.context(packed)[0], batch_first=True, total_length=states.shape[1]
        )
        return self.classify(context, roles, lengths)

    def classify(self, context: Tensor, roles: Tensor, lengths: Tensor) -> Tensor:
        """Return scores [B, R + 1] for the states [B, T, 2H] of the recurrent network."""
        mask = torch.arange(context.shape[1])[None] < lengths[:, None]
        role = roles % 5
        parts = [_most(context, mask & (role == part)) for part in (FIRST, SECOND, BETWEEN)]
        far = ((role == BETWEEN) & mask).sum(1).clamp(max=_FAR)
        pooled = torch.cat([*parts, _most(context, mask), self.distance(far)], -1)
        scores: Tensor = self.scores(self.dropout(torch.relu(self.hidden(self.dropout(pooled)))))
        return scores


def _most(context: Tensor, mask: Tensor) -> Tensor:
    """Return the largest value [B, D] of each number over the tokens of the mask, 0 for none."""
    largest = context.masked_fill(~mask[:, :, None], -1e4).amax(1)
    return largest * mask.any(1)[:, None]
