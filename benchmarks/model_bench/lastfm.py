"""Last.fm: whether a user takes an item, with a knowledge graph of the items.

The pairs and their negatives are those distributed with the set, split 6 : 2 : 2 at random as
in RippleNet's protocol. Published AUC / F1: KGAT .829 / .742, MCCLK .876 / .801.
"""

import gzip
from functools import cache
from typing import Any

import numpy as np
import torch
from judged import data
from report import Row
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from model_bench.experiment import Bench, Case, Found, Result, average, row
from paperflow.graph_models.evaluate import auc
from paperflow.graph_models.recommend import (
    BPRMF,
    KGAT,
    Interactions,
    ItemKNN,
    KnowledgeEdges,
    LightGCN,
)
from paperflow.graph_models.training import Fitted, Plan, fit

GOALS = {"auc": 0.85, "f1": 0.77}
PLAN = {"epochs": 60, "rate": 5e-3, "patience": 8, "optimizer": "adamw", "weight_decay": 0.5}
TUNED = {**PLAN, "rate": 3e-4, "epochs": 30}  # of KGAT, which starts from LightGCN
BATCH = 4096


def _columns(name: str) -> Tensor:
    with gzip.open(data(f"kgrec/lastfm-music/{name}.txt.gz"), "rt", encoding="utf-8") as file:
        return torch.from_numpy(np.loadtxt(file, dtype=np.int64))


@cache
def read() -> tuple[Tensor, Tensor]:
    """Return labelled pairs [P, 3] of user, item, label, and triples [T, 3]."""
    return _columns("ratings_final"), _columns("kg_final")


class Labelled:
    """A seed's split, and what its training pairs say."""

    def __init__(self, seed: int) -> None:
        pairs, triples = read()
        order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed))
        sizes = [int(0.6 * len(order)), int(0.2 * len(order))]
        parts = order.split([*sizes, len(order) - sum(sizes)])
        self.train, self.valid, self.test = (pairs[part] for part in parts)
        users, items = int(pairs[:, 0].max()) + 1, int(pairs[:, 1].max()) + 1
        taken = self.train[self.train[:, 2] == 1, :2].T
        self.known = Interactions(taken, users, items)
        entities = int(triples[:, [0, 2]].max()) + 1
        relations = int(triples[:, 1].max()) + 1
        self.edges = KnowledgeEdges.joined(self.known, triples, entities, relations)


def figures(score: Any, pairs: Tensor, least: float = 0.0) -> dict[str, float]:
    """Return AUC, and F1 of what scores above `least`."""
    told = score(pairs[:, 0], pairs[:, 1]).detach().numpy()
    truth = pairs[:, 2].numpy() == 1
    above = told > least
    f1 = 2 * (above & truth).sum() / (above.sum() + truth.sum())
    return {"auc": auc(told[truth], told[~truth]), "f1": float(f1)}


def best_threshold(score: Any, pairs: Tensor) -> float:
    """Return the threshold of the best F1 among a hundred quantiles."""
    told = score(pairs[:, 0], pairs[:, 1]).detach().numpy()
    levels = np.quantile(told, np.linspace(0.01, 0.99, 99))
    return float(max(levels, key=lambda level: figures(score, pairs, level)["f1"]))


BUILD = {
    "BPR-MF": lambda x: BPRMF(x.known.num_users, x.known.num_items, 64),
    "LightGCN": lambda x: LightGCN(
        x.known.pairs, x.known.num_users, x.known.num_items, 64, layers=4
    ),
    "KGAT": lambda x: KGAT(
        x.edges, x.known.num_users, x.known.num_items, 64, layers=(64, 32), dropout=0.2
    ),
}


def learnt(which: str, seed: int) -> Result:
    """Train on labelled pairs by cross-entropy and return the test figures."""
    labelled = Labelled(seed)
    model = BUILD[which](labelled)
    if isinstance(model, KGAT):
        before = BUILD["LightGCN"](labelled)
        _trained(before, labelled, PLAN, seed)
        model.node.weight.data.copy_(started(before, labelled))
    found = _trained(model, labelled, TUNED if isinstance(model, KGAT) else PLAN, seed)
    with torch.no_grad():
        least = best_threshold(model, labelled.valid)
        return {"valid": found.best_score, **figures(model, labelled.test, least)}


def _trained(model: Any, labelled: Labelled, plan: dict[str, Any], seed: int) -> Fitted:
    def score() -> float:
        return figures(model, labelled.valid)["auc"]

    return fit(model, losses_of(model, labelled), score, Plan(**plan, seed=seed))


@torch.no_grad()
def started(model: Any, labelled: Labelled) -> Tensor:
    """Return users and items as LightGCN has them, and other entities as means of their items.

    KGAT's own paper starts from the vectors of a trained BPR-MF.
    """
    edges, known = labelled.edges, torch.cat(model.embeddings())
    total = known.new_zeros(edges.num_nodes, known.shape[1])
    count = known.new_zeros(edges.num_nodes, 1)
    near = edges.tail < len(known)
    total.index_add_(0, edges.head[near], known[edges.tail[near]])
    count.index_add_(0, edges.head[near], torch.ones(int(near.sum()), 1))
    return torch.cat([known, (total / count.clamp(min=1))[len(known) :]])


def losses_of(model: nn.Module, labelled: Labelled) -> Any:
    """Return an epoch's losses: cross-entropy of the labelled pairs, then edges for KGAT."""

    def losses(_: int) -> Any:
        for part in torch.randperm(len(labelled.train)).split(BATCH):
            users, items, truth = labelled.train[part].T
            scores = model(users, items)
            yield binary_cross_entropy_with_logits(scores, truth.float())
        if isinstance(model, KGAT):
            order = torch.randperm(len(model.edges.head))[:8192]
            yield model.edge_loss(order.sort().values)
            model.attend()

    return losses


def sober(which: str, seed: int) -> Result:
    """Return the figures of popularity or item-kNN."""
    labelled = Labelled(seed)
    known = labelled.known
    if which == "popularity":
        count = torch.bincount(known.pairs[1], minlength=known.num_items).double()

        def score(users: Tensor, items: Tensor) -> Tensor:
            return count[items]
    else:
        near = ItemKNN(known.pairs, known.num_users, known.num_items)
        every = near.scores(torch.arange(known.num_users))

        def score(users: Tensor, items: Tensor) -> Tensor:
            return every[users, items]

    return {"valid": 0.0, **figures(score, labelled.test, best_threshold(score, labelled.valid))}


def bench(quick: bool) -> Bench:
    """Return the cases; two of them when quick."""
    names = ("popularity", "item-kNN", *BUILD)
    chosen = ("item-kNN", "KGAT") if quick else names

    def case(name: str) -> Case:
        run = learnt if name in BUILD else sober
        settings = f"{TUNED} from LightGCN" if name == "KGAT" else str(PLAN)
        return Case(name, lambda seed: run(name, seed), 20.0 if name in BUILD else 1.0, settings)

    return Bench([case(name) for name in chosen], rows)


def rows(found: Found) -> list[Row]:
    """Return AUC and F1 of each case; the goals are KGAT's."""
    made = []
    for metric, goal in GOALS.items():
        floor = average(found["item-kNN"], metric)
        for name, results in found.items():
            aim = goal if name == "KGAT" else None
            label = f"lastfm, {name}, {metric.upper()}"
            made.append(row(label, results, metric, baseline=floor, goal=aim))
    return made
