"""Objectives and the filtered ranking of knowledge-graph embeddings."""

from collections.abc import Callable, Iterator
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, logsigmoid

from paperflow.graph_models.evaluate import tie_averaged_ranks
from paperflow.graph_models.kge.base import KnowledgeModel

Losses = Callable[[int], Iterator[Tensor]]


def chunks(rows: Tensor, size: int) -> Iterator[Tensor]:
    """Yield `rows` in parts of at most `size`."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


class Triples:
    """All known triples of a graph, for filters: what else is right for (head, relation).

    `splits` are tensors [T, 3] of head, relation, tail: training first, then those of
    validation and test. Inverses are added here.
    """

    def __init__(self, splits: list[Tensor], num_entities: int, num_relations: int) -> None:
        self.splits = splits
        self.num_entities, self.num_relations = num_entities, num_relations

    def both_sides(self, split: int) -> Tensor:
        """Return the triples of a split, and behind them their inverses [2T, 3]."""
        triples = self.splits[split]
        return torch.cat([triples, self._inverted(triples)])

    def _inverted(self, triples: Tensor) -> Tensor:
        head, relation, tail = triples.unbind(1)
        return torch.stack([tail, relation + self.num_relations, head], 1)

    @cached_property
    def _known(self) -> tuple[Tensor, Tensor]:
        """Return the sorted keys of head and relation, and the tail of each [K]."""
        triples = torch.cat([self.both_sides(i) for i in range(len(self.splits))])
        every = torch.unique(triples, dim=0)
        return self._keys(every[:, 0], every[:, 1]), every[:, 2]

    def _keys(self, head: Tensor, relation: Tensor) -> Tensor:
        return head * (2 * self.num_relations) + relation

    def right_tails(self, head: Tensor, relation: Tensor) -> Tensor:
        """Return which entities are known tails of each head and relation: [B, N] bool."""
        keys, tails = self._known
        wanted = self._keys(head, relation)
        start = torch.searchsorted(keys, wanted)
        count = torch.searchsorted(keys, wanted, right=True) - start
        rows = torch.repeat_interleave(torch.arange(len(head)), count)
        offset = torch.arange(len(rows)) - torch.repeat_interleave(count.cumsum(0) - count, count)
        mask = torch.zeros(len(head), self.num_entities, dtype=torch.bool)
        mask[rows, tails[start[rows] + offset]] = True
        return mask


@torch.no_grad()
def ranks(model: KnowledgeModel, triples: Triples, split: int, batch: int = 500) -> Tensor:
    """Return the filtered, tie-averaged ranks [2T] of the tails and then the heads of a split."""
    device = model.entity.weight.device
    found = []
    for part in chunks(triples.both_sides(split), batch):
        head, relation, tail = part.unbind(1)
        scores = model.tails(head.to(device), relation.to(device)).cpu()
        hidden = triples.right_tails(head, relation)
        found.append(tie_averaged_ranks(scores, tail, hidden))
    return torch.cat(found)


def against_all(
    model: KnowledgeModel,
    triples: Triples,
    *,
    batch: int = 100,
    penalty: float = 0.0,
    relation_weight: float = 0.0,
    smoothing: float = 0.0,
) -> Losses:
    """Return an epoch's losses: each tail against all entities, reciprocal relations included.

    `penalty` weighs the model's regulariser (Lacroix et al., 2018). `relation_weight` adds the
    prediction of the relation (Chen et al., "Relation Prediction as an Auxiliary Training
    Objective", 2021).
    """
    batches = _shuffled(model, triples, batch)

    def losses(_: int) -> Iterator[Tensor]:
        for head, relation, tail in batches():
            loss = cross_entropy(model.tails(head, relation), tail, label_smoothing=smoothing)
            if relation_weight:
                told = model.relations(head, tail)
                loss = loss + relation_weight * cross_entropy(told, relation)
            if penalty:
                embedded = model.entity(head), model.relation(relation), model.entity(tail)
                loss = loss + penalty * model.penalty(*embedded)
            yield loss

    return losses


def against_sampled(
    model: KnowledgeModel,
    triples: Triples,
    *,
    batch: int = 512,
    negatives: int = 64,
    margin: float = 0.0,
    temperature: float | None = None,
    own_head: bool = False,
) -> Losses:
    """Return an epoch's losses: each tail against entities drawn for the whole batch.

    `own_head` adds a triple's head to what its tail stands against: where distances rank, it is
    near the question. Without `temperature` the loss is softmax cross-entropy over tail and
    negatives; with it, the self-adversarial logistic loss of Sun et al. (RotatE, 2019) around
    `margin`.
    """
    batches = _shuffled(model, triples, batch)

    def losses(_: int) -> Iterator[Tensor]:
        for head, relation, tail in batches():
            drawn = torch.randint(triples.num_entities, (negatives,)).to(tail.device)
            query = model.query(model.entity(head), model.relation(relation))
            right = model.compare(query, model.entity(tail).unsqueeze(-2))
            wrong = model.compare_all(query, model.entity(drawn))
            # A drawn entity that is the tail itself is no negative.
            wrong = wrong.masked_fill(drawn[None] == tail[:, None], -1e9)
            if own_head:
                own = model.compare(query, model.entity(head).unsqueeze(-2))
                wrong = torch.cat([wrong, own.masked_fill((head == tail)[:, None], -1e9)], 1)
            if temperature is None:
                yield cross_entropy(torch.cat([right, wrong], 1), torch.zeros_like(tail))
            else:
                yield _self_adversarial(right.squeeze(1), wrong, margin, temperature)

    return losses


def _shuffled(
    model: KnowledgeModel, triples: Triples, batch: int
) -> Callable[[], Iterator[tuple[Tensor, Tensor, Tensor]]]:
    """Return what yields an epoch's triples and inverses as heads, relations, and tails [B]."""
    train = triples.both_sides(0)

    def batches() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        for part in chunks(train[torch.randperm(len(train))], batch):
            head, relation, tail = part.to(model.entity.weight.device).unbind(1)
            yield head, relation, tail

    return batches


def _self_adversarial(right: Tensor, wrong: Tensor, margin: float, temperature: float) -> Tensor:
    """Return the mean of -log σ(γ + s) and of -Σ w log σ(-γ - s'), w = softmax(s' · T)."""
    weights = (wrong.detach() * temperature).softmax(1)
    harder = (weights * logsigmoid(-margin - wrong)).sum(1)
    return -(logsigmoid(margin + right) + harder).mean() / 2
