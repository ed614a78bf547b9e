"""The relation head over many pairs of few sentences: what pairs share is computed once.

The input weights of the recurrent network (LSTM: Hochreiter and Schmidhuber, 1997) are linear:
they are applied once to each token of a sentence and once to each marker, and added up for each
pair, instead of once to each token of each pair. The sums are the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from paperflow.extract.heads.batches import Span
from paperflow.extract.heads.pairs import AROUND, RelationClassifier, roles_of

_BATCH = 256  # pairs


class Placed(NamedTuple):
    """A pair by the number of its sentence, and the tokens of both entities."""

    sentence: int
    first: Span
    second: Span

    @property
    def window(self) -> Span:
        """Return the tokens that are looked at; the end may lie after the sentence's."""
        start = min(self.first[0], self.second[0]) - AROUND
        return max(0, start), max(self.first[1], self.second[1]) + AROUND


class PairScorer:
    """Scores pairs as `head` does, by shared sums. H units, G = 8 H gates of both directions."""

    def __init__(self, head: RelationClassifier) -> None:
        self._head, wide = head, head.markers.embedding_dim
        inputs, recurrent, first, second = (_both(head, name) for name in _WEIGHTS)
        joined = torch.cat(inputs)
        bias = torch.cat(first) + torch.cat(second)
        self._tokens = joined[:, :-wide].T.contiguous()
        self._markers = head.markers.weight @ joined[:, -wide:].T + bias
        self._recurrent = [weight.T for weight in recurrent]

    @torch.no_grad()
    def scores(self, sentences: Sequence[Tensor], pairs: Sequence[Placed]) -> Tensor:
        """Return scores [P, R + 1] of pairs in sentences with mixed states [T, D]."""
        lengths = [min(p.window[1], len(sentences[p.sentence])) - p.window[0] for p in pairs]
        order = sorted(range(len(pairs)), key=lambda at: (-lengths[at], at))
        wanted = sorted({pair.sentence for pair in pairs})
        gates = {number: sentences[number].float() @ self._tokens for number in wanted}
        result = torch.zeros(len(pairs), self._head.scores.out_features)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            result[batch] = self._scored(gates, [pairs[at] for at in batch])
        return result

    def _scored(self, gates: dict[int, Tensor], pairs: Sequence[Placed]) -> Tensor:
        parts = [gates[pair.sentence][slice(*pair.window)] for pair in pairs]
        lengths = torch.tensor([len(part) for part in parts])
        roles = pad_sequence(
            [
                torch.tensor(roles_of(len(gates[p.sentence]), p.first, p.second)[slice(*p.window)])
                for p in pairs
            ],
            batch_first=True,
        )
        sums = pad_sequence(parts, batch_first=True) + self._markers[roles]
        forth, back = sums.chunk(2, -1)
        turned = (lengths[:, None] - 1 - torch.arange(sums.shape[1])).clamp(min=0)[:, :, None]
        last = _run(back.gather(1, turned.expand_as(back)), self._recurrent[1], lengths)
        states = [_run(forth, self._recurrent[0], lengths), last.gather(1, turned.expand_as(last))]
        return self._head.classify(torch.cat(states, -1), roles, lengths)


_WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def _both(head: RelationClassifier, name: str) -> list[Tensor]:
    """Return a weight of the network that reads forth and of the one that reads back."""
    return [getattr(head.context, name), getattr(head.context, f"{name}_reverse")]


def _run(sums: Tensor, recurrent: Tensor, lengths: Tensor) -> Tensor:
    """Return the states [B, T, H] for summed inputs [B, T, 4 H]; the longest rows come first."""
    hidden = cell = sums.new_zeros(len(sums), len(recurrent))
    states = sums.new_zeros(*sums.shape[:2], len(recurrent))
    going = (lengths[:, None] > torch.arange(sums.shape[1])).sum(0).tolist()
    for at, rows in enumerate(going):
        added = torch.addmm(sums[:rows, at], hidden[:rows], recurrent)
        into, kept, new, out = added.chunk(4, 1)
        cell = kept.sigmoid() * cell[:rows] + into.sigmoid() * new.tanh()
        hidden = out.sigmoid() * cell.tanh()
        states[:rows, at] = hidden
    return states
