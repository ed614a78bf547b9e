"""A linear-chain conditional random field (Lafferty et al., 2001) that allows only valid BIO."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

_NEVER = -1e4


class ConditionalRandomField(nn.Module):
    """Scores label sequences: K labels, transitions [K, K] from row to column, starts [K]."""

    forbidden: Tensor
    forbidden_first: Tensor

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(len(labels), len(labels)))
        self.starts = nn.Parameter(torch.zeros(len(labels)))
        rows = [[not may_follow(after, before) for after in labels] for before in labels]
        self.register_buffer("forbidden", torch.tensor(rows), persistent=False)
        first = [not may_follow(label, "O") for label in labels]
        self.register_buffer("forbidden_first", torch.tensor(first), persistent=False)

    def loss(self, scores: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """Return the mean negative log-likelihood of labels [B, T] under scores [B, T, K].

        `mask` [B, T] is true where there is a token; the first of each row must be one.
        """
        return (self._normalizer(scores, mask) - self._score(scores, labels, mask)).mean()

    def decode(self, scores: Tensor, lengths: Tensor) -> list[list[int]]:
        """Return the best valid labels of each row of scores [B, T, K] (Viterbi)."""
        steps, starts = self._allowed()
        best, same = scores[:, 0] + starts, torch.arange(len(starts))
        back: list[Tensor] = []
        for at in range(1, scores.shape[1]):
            going = (lengths > at)[:, None]
            most, from_where = (best[:, :, None] + steps).max(1)
            best = torch.where(going, most + scores[:, at], best)
            back.append(torch.where(going, from_where, same))
        path = [best.argmax(1)]
        for from_where in reversed(back):
            path.append(from_where.gather(1, path[-1][:, None])[:, 0])
        rows = torch.stack(path[::-1], 1).tolist()
        return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]

    def _allowed(self) -> tuple[Tensor, Tensor]:
        steps = self.transitions.masked_fill(self.forbidden, _NEVER)
        return steps, self.starts.masked_fill(self.forbidden_first, _NEVER)

    def _normalizer(self, scores: Tensor, mask: Tensor) -> Tensor:
        steps, starts = self._allowed()
        alpha = scores[:, 0] + starts
        for at in range(1, scores.shape[1]):
            after = torch.logsumexp(alpha[:, :, None] + steps, 1) + scores[:, at]
            alpha = torch.where(mask[:, at, None], after, alpha)
        return torch.logsumexp(alpha, 1)

    def _score(self, scores: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        steps, starts = self._allowed()
        local = scores.gather(2, labels[:, :, None])[:, :, 0] * mask
        moves = steps[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]
        return local.sum(1) + moves.sum(1) + starts[labels[:, 0]]


def may_follow(label: str, before: str) -> bool:
    """Tell whether a BIO label may stand after another: "I-x" only after "B-x" or "I-x"."""
    return not label.startswith("I-") or before[2:] == label[2:]


def spans_of(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return first token, token after the last, and type of each span that BIO labels mark."""
    spans: list[tuple[int, int, str]] = []
    start = 0
    for at, label in enumerate([*labels, "O"]):
        before = labels[at - 1] if at else "O"
        if before != "O" and not label.startswith("I-"):
            spans.append((start, at, before[2:]))
        if label.startswith("B-"):
            start = at
    return spans
