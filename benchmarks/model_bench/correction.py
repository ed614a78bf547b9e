"""Models of the citation graph that correct what the texts told of its sentences."""

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from model_bench.around import around, nodes_of, papers
from model_bench.sentence_model import SentenceModel
from model_bench.sentence_views import corpus
from model_bench.stacking import Floats, Ints, answers
from paperflow.graph_models.evaluate import macro_f1
from paperflow.graph_models.training import Plan, fit

PLAN: dict[str, Any] = {"epochs": 30, "every": 3, "patience": 3, "rate": 5e-3, "clip": 1.0}


@cache
def network() -> tuple[Tensor, Tensor]:
    """Return the papers' titles [N, 384] and the ends [2, S] of each sentence."""
    return papers(corpus())


class Inputs:
    """What the graph's models see: `told` [S, 3] and other features of the text [S, F].

    Scores are known of `rows`, and labels of `known`, which others' folds may see.
    """

    def __init__(self, told: Floats, features: Floats, rows: Ints, known: Ints, fold: Ints) -> None:
        text = np.hstack([features, told, around(corpus(), told, known, rows, fold)])
        mean, deviation = text[rows].mean(0), text[rows].std(0) + 1e-6
        self.text = torch.from_numpy((text - mean) / deviation).float()
        self.told = torch.from_numpy(told).float()
        titles, self.ends = network()
        self.nodes = nodes_of(titles, self.ends, told, rows)

    def of(self, rows: Ints) -> tuple[Tensor, Tensor, Tensor]:
        """Return ends [2, B], features [B, F], and scores [B, 3] of rows."""
        return self.ends[:, torch.from_numpy(rows)], self.text[rows], self.told[rows]


def corrected(
    inputs: Inputs, own: Ints, last: Ints, fold: Ints, seed: int
) -> tuple[Floats, Floats]:
    """Return scores of both sets of rows by models of the graph, each blind to an inner fold."""
    first, second = np.zeros((len(own), 3)), np.zeros((len(last), 3))
    inner = np.unique(fold[own])
    for number, part in enumerate(inner):
        away = fold[own] == part
        model = _trained(inputs, own[~away], own[away], 10 * seed + number)
        first[away] = _scores(model, inputs, own[away])
        second += _scores(model, inputs, last) / len(inner)
    return first, second


def _trained(inputs: Inputs, seen: Ints, held: Ints, seed: int) -> SentenceModel:
    torch.manual_seed(seed)
    labels = corpus().labels
    model = SentenceModel(inputs.nodes, inputs.ends, inputs.text.shape[1])
    truth = torch.from_numpy(labels[seen])
    weight = (len(seen) / (3 * torch.bincount(truth, minlength=3))).float()

    def losses(_: int) -> Any:
        yield cross_entropy(model(*inputs.of(seen)), truth, weight)

    def score() -> float:
        scores = _scores(model, inputs, held)
        return macro_f1(labels[held], answers(scores, labels[held], scores)[0], 3)

    fit(model, losses, score, Plan(**PLAN, seed=seed))
    return model


@torch.no_grad()
def _scores(model: SentenceModel, inputs: Inputs, rows: Ints) -> Floats:
    model.eval()
    found: Floats = model(*inputs.of(rows)).log_softmax(1).double().numpy()
    return found
