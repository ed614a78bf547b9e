"""Train the relation head."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from paperflow.extract.heads.batches import Span, pair_batch
from paperflow.extract.heads.pairs import RELATIONS, RelationClassifier
from paperflow.extract.train.loop import fit
from paperflow.extract.train.scierc import Example

EPOCHS = 9
_BATCH = 32
_OTHERS = 0.5  # unrelated pairs in an epoch, for each related one
_SMOOTHING = 0.05


class Marked(NamedTuple):
    """A pair with the states of its sentence."""

    states: Tensor
    first: Span
    second: Span
    relation: str


def train(
    examples: Mapping[str, Sequence[Example]],
) -> tuple[RelationClassifier, Sequence[str], dict[str, float]]:
    """Return the trained head, its relations, and its scores on the test split."""
    model = RelationClassifier()
    pairs = {split: marked(found) for split, found in examples.items()}
    related = [pair for pair in pairs["train"] if pair.relation]
    others = [pair for pair in pairs["train"] if not pair.relation]
    weights = _weights(related)
    fit(
        model,
        lambda: [*related, *random.sample(others, int(_OTHERS * len(related)))],
        lambda pair: len(pair.states),
        lambda batch: _loss(model, batch, weights),
        lambda: classified(model, pairs["dev"])["macro_f1"],
        epochs=EPOCHS,
        batch=_BATCH,
    )
    return model, RELATIONS, {**classified(model, pairs["test"]), **found(model, pairs["test"])}


def marked(examples: Sequence[Example]) -> list[Marked]:
    """Return every pair of entities of the sentences."""
    return [
        Marked(example.states, pair.first, pair.second, pair.relation)
        for example in examples
        for pair in example.pairs
    ]


def _weights(related: Sequence[Marked]) -> Tensor:
    """Return a weight for each relation: the root of how much rarer than the mean it is."""
    counts = Counter(pair.relation for pair in related)
    return torch.tensor(
        [(len(related) / len(RELATIONS) / max(1, counts[name])) ** 0.5 for name in RELATIONS]
    )


def _loss(model: RelationClassifier, batch: Sequence[Marked], weights: Tensor) -> Tensor:
    """Return the loss of "which relation" over related pairs and "related" over all."""
    scores = model(*_inputs(batch))
    is_related = torch.tensor([bool(pair.relation) for pair in batch])
    any_loss = nn.functional.binary_cross_entropy_with_logits(scores[:, -1], is_related.float())
    names = [RELATIONS.index(pair.relation) for pair in batch if pair.relation]
    if not names:
        return any_loss
    which: Tensor = nn.functional.cross_entropy(
        scores[is_related, :-1], torch.tensor(names), weights, label_smoothing=_SMOOTHING
    )
    return which + any_loss


def _inputs(batch: Sequence[Marked]) -> tuple[Tensor, Tensor, Tensor]:
    return pair_batch([(pair.states, pair.first, pair.second) for pair in batch])


@torch.no_grad()
def _scored(model: RelationClassifier, pairs: Sequence[Marked]) -> Tensor:
    parts = [model(*_inputs(pairs[at : at + 64])) for at in range(0, len(pairs), 64)]
    return torch.cat(parts)


def classified(model: RelationClassifier, pairs: Sequence[Marked]) -> dict[str, float]:
    """Return macro- and micro-F1 of the relation of pairs that are known to be related."""
    from sklearn.metrics import f1_score

    related = [pair for pair in pairs if pair.relation]
    told = [RELATIONS[n] for n in _scored(model, related)[:, :-1].argmax(1).tolist()]
    truth = [pair.relation for pair in related]
    return {
        "macro_f1": float(f1_score(truth, told, average="macro")),
        "micro_f1": float(f1_score(truth, told, average="micro")),
    }


def found(model: RelationClassifier, pairs: Sequence[Marked]) -> dict[str, float]:
    """Return how well related pairs are told from others, between given entities."""
    scores = _scored(model, pairs)[:, -1] > 0
    truth = torch.tensor([bool(pair.relation) for pair in pairs])
    right = int((scores & truth).sum())
    total = int(scores.sum()) + int(truth.sum())
    return {"related_f1": 2 * right / max(1, total)}
