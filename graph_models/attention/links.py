"""Links: how scores become weights, `link(scores, at)`, both one value a pair and head."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from paperflow.graph_models.attention.layout import Layout

Link = Callable[[Tensor, Layout], Tensor]

TINY = 1e-12  # keeps a sum without evidence from dividing by zero


def softmax(scores: Tensor, at: Layout) -> Tensor:
    """Normalise exp(scores) over each receiver's senders."""
    return at.softmax_in(scores)


@dataclass(frozen=True)
class ClampedSoftmax:
    """Softmax of scores held within ±limit, as the released Graph Transformer does."""

    limit: float = 5.0

    def __call__(self, scores: Tensor, at: Layout) -> Tensor:
        """Return the weights."""
        return at.softmax_in(scores.clamp(-self.limit, self.limit))


def reversed_softmax(scores: Tensor, at: Layout) -> Tensor:
    """Normalise exp(scores) over each sender's receivers (DependencyViT, Ding et al. 2023)."""
    return at.softmax_out(scores)


@dataclass(frozen=True)
class TopM:
    """Softmax over each receiver's m best senders; the others get 0."""

    m: int

    def __call__(self, scores: Tensor, at: Layout) -> Tensor:
        """Return the weights."""
        return at.softmax_in(at.keep_top(scores, self.m))


@dataclass(frozen=True)
class Scaled:
    """Another link's weights times a gate [pairs, H] (URPE, Luo et al. 2022; PPGT)."""

    gate: Tensor
    link: Link = softmax

    def __call__(self, scores: Tensor, at: Layout) -> Tensor:
        """Return gate · weights."""
        return self.gate * self.link(scores, at)


def ones(scores: Tensor, at: Layout) -> Tensor:
    """Give every pair of the carrier the weight 1."""
    return torch.ones_like(scores)


def uniform(scores: Tensor, at: Layout) -> Tensor:
    """Give a receiver's senders equal weights of sum 1."""
    return at.softmax_in(torch.zeros_like(scores))


def normalised(evidence: Tensor, at: Layout) -> Tensor:
    """Divide evidence ≥ 0 by its sum over each receiver's senders (kernel attention)."""
    return evidence / at.receivers(at.sum_in(evidence) + TINY)


def signed_sum(scores: Tensor, at: Layout) -> Tensor:
    """Divide scores by their sum over each receiver's senders, signs kept (HISTOGRAPH, 2026)."""
    total = at.sum_in(scores)
    safe = torch.where(total.abs() < TINY, TINY, total)
    return scores / at.receivers(safe)


def frobenius(scores: Tensor, at: Layout) -> Tensor:
    """Return `ReLU(S) / ‖ReLU(S)‖_F` a head: spectral radius below 1 (InfSA, Roffo 2026)."""
    evidence = scores.relu()
    return evidence / (at.sum_all(evidence.square()) + TINY).sqrt()


@dataclass(frozen=True)
class Sinkhorn:
    """Alternate normalisations of exp(scores) over senders and receivers (Sander et al. 2022)."""

    steps: int = 10

    def __call__(self, scores: Tensor, at: Layout) -> Tensor:
        """Return weights whose sums over senders are 1, and over receivers nearly so."""
        weights = at.softmax_in(scores)
        for _ in range(self.steps):
            weights = weights / at.senders(at.sum_out(weights) + TINY)
            weights = normalised(weights, at)
        return weights


def flow(evidence: Tensor, at: Layout) -> Tensor:
    """Weigh evidence ≥ 0 by conserved flows (Wu et al. 2022, Flowformer, equations 4 to 8).

    Senders compete by a softmax of what flows out of them when each receiver takes in 1;
    receivers are opened by a sigmoid of what flows in when each sender gives 1.
    """
    into, out = at.sum_in(evidence) + TINY, at.sum_out(evidence) + TINY
    taken = at.sum_in(evidence / at.senders(out))
    given = at.sum_out(evidence / at.receivers(into))
    competition = given.softmax(0) * len(given)
    return evidence / at.receivers(into / taken.sigmoid()) * at.senders(competition)
