"""Train the entity head."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from paperflow.extract.heads.batches import tagger_batch
from paperflow.extract.heads.crf import spans_of
from paperflow.extract.heads.tagger import LABELS, TYPES, EntityTagger
from paperflow.extract.train.loop import fit
from paperflow.extract.train.scierc import Example

EPOCHS = 12
_BATCH = 16


def train(
    examples: Mapping[str, Sequence[Example]],
) -> tuple[EntityTagger, Sequence[str], dict[str, float]]:
    """Return the trained head, its types, and its scores on the test split."""
    model = EntityTagger()

    def loss(batch: Sequence[Example]) -> Tensor:
        return model.loss(*_inputs(batch), _numbers(batch))

    fit(
        model,
        lambda: examples["train"],
        lambda example: len(example.words),
        loss,
        lambda: scores(model, examples["dev"])["f1"],
        epochs=EPOCHS,
        batch=_BATCH,
    )
    return model, TYPES, scores(model, examples["test"])


def scores(model: EntityTagger, examples: Sequence[Example]) -> dict[str, float]:
    """Return micro precision, recall and F1 of exact spans with types, and F1 of spans alone."""
    right = told = true = spans = 0
    for start in range(0, len(examples), 32):
        batch = examples[start : start + 32]
        for labels, example in zip(model.tag(*_inputs(batch)), batch, strict=True):
            found, gold = set(spans_of(labels)), set(spans_of(example.labels))
            right, told, true = right + len(found & gold), told + len(found), true + len(gold)
            spans += len({span[:2] for span in found} & {span[:2] for span in gold})
    return {
        "precision": right / max(1, told),
        "recall": right / max(1, true),
        "f1": 2 * right / max(1, told + true),
        "span_f1": 2 * spans / max(1, told + true),
    }


def _inputs(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    return tagger_batch([(example.words, example.states) for example in batch])


def _numbers(batch: Sequence[Example]) -> Tensor:
    rows = [torch.tensor([LABELS.index(label) for label in e.labels]) for e in batch]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
