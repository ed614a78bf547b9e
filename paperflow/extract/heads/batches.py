"""Sentences as padded tensors."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from paperflow.extract.heads.pairs import AROUND, roles_of
from paperflow.extract.heads.tokens import padded_grams

Span = tuple[int, int]


def tagger_batch(
    sentences: Sequence[tuple[Sequence[str], Tensor]],
) -> tuple[Tensor, Tensor, Tensor]:
    """Return states [B, T, L, D], letters [B, T, G] and lengths [B] of words with states."""
    grams = [torch.tensor(padded_grams(words)) for words, _ in sentences]
    lengths = torch.tensor([len(words) for words, _ in sentences])
    states = pad_sequence([states for _, states in sentences], batch_first=True)
    return states, pad_sequence(grams, batch_first=True), lengths


def pair_batch(pairs: Sequence[tuple[Tensor, Span, Span]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return states [B, T, L, D], roles [B, T] and lengths [B] of marked pairs.

    Of a sentence, what stands within AROUND tokens of the pair is kept.
    """
    cut = [_cut(*pair) for pair in pairs]
    lengths = torch.tensor([len(states) for states, _ in cut])
    states = pad_sequence([states for states, _ in cut], batch_first=True)
    return states, pad_sequence([roles for _, roles in cut], batch_first=True), lengths


def _cut(states: Tensor, first: Span, second: Span) -> tuple[Tensor, Tensor]:
    roles = torch.tensor(roles_of(len(states), first, second))
    start = max(0, min(first[0], second[0]) - AROUND)
    end = max(first[1], second[1]) + AROUND
    return states[start:end], roles[start:end]
