"""CiteULike-t: papers for readers, with citations and tags as a knowledge graph.

A fifth of each reader's papers is held out at random, a tenth of the rest validates; recall@20
and NDCG@20, the ideal over min(20, relevant). There is no agreed split in the literature.
"""

import gzip
from functools import cache
from typing import Any

import numpy as np
import torch
from judged import data
from report import Row
from torch import Tensor

from model_bench.experiment import Bench, Case, Found, Result, average, row
from paperflow.graph_models.evaluate import top_k
from paperflow.graph_models.recommend import (
    BPRMF,
    KGAT,
    Interactions,
    ItemKNN,
    KnowledgeEdges,
    LightGCN,
    bpr_losses,
    kgat_losses,
)
from paperflow.graph_models.training import Plan, fit

GOALS = {"recall": 0.20, "ndcg": 0.115}
RARE = 5  # a tag of fewer papers says too little for its cost
PLANS: dict[str, dict[str, Any]] = {
    "BPR-MF": {"epochs": 60, "every": 5, "patience": 3, "rate": 5e-3},
    "LightGCN": {"epochs": 120, "every": 5, "patience": 3, "rate": 5e-3},
    "KGAT": {"epochs": 40, "every": 4, "patience": 3, "rate": 3e-3},
}


def _lists(name: str) -> list[list[int]]:
    with gzip.open(data(f"citeulike/citeulike-t/{name}.dat.gz"), "rt", encoding="utf-8") as file:
        return [[int(cell) for cell in line.split()[1:]] for line in file]


@cache
def read() -> tuple[list[list[int]], Tensor, int]:
    """Return each reader's papers, the triples [T, 3] of citing and tagging, and all entities."""
    citing, tags = _lists("citations"), _lists("tag-item")
    cites = [(paper, 0, other) for paper, others in enumerate(citing) for other in others]
    common = [papers for papers in tags if len(papers) >= RARE]
    size = len(citing)
    tagged = [(paper, 1, size + tag) for tag, papers in enumerate(common) for paper in papers]
    return _lists("users"), torch.tensor(cites + tagged), size + len(common)


class Library:
    """A seed's split of every reader's papers: lists to train on, to validate, and to test."""

    def __init__(self, seed: int) -> None:
        readers, self.triples, self.entities = read()
        draw = np.random.default_rng(seed)
        self.train, self.valid, self.test = [], [], []
        for papers in readers:
            mixed = draw.permutation(papers).tolist()
            held = round(0.2 * len(mixed))
            shown = round(0.1 * (len(mixed) - held))
            self.test.append(mixed[:held])
            self.valid.append(mixed[held : held + shown])
            self.train.append(mixed[held + shown :])
        pairs = [(u, paper) for u, papers in enumerate(self.train) for paper in papers]
        items = len(_lists("citations"))
        self.known = Interactions(torch.tensor(pairs).T, len(readers), items)

    def edges(self) -> KnowledgeEdges:
        """Return the joint graph of readers, papers, and tags."""
        return KnowledgeEdges.joined(self.known, self.triples, self.entities, 2)


def figures(score: Any, library: Library, part: str) -> dict[str, float]:
    """Return recall@20 and NDCG@20; for the test the validation papers count as seen."""
    seen = library.train
    if part == "test":
        seen = [a + b for a, b in zip(library.train, library.valid, strict=True)]
    found = top_k(score, getattr(library, part), seen)
    return {"recall": float(found.recall.mean()), "ndcg": float(found.ndcg.mean())}


def build(which: str, library: Library) -> tuple[Any, Any]:
    """Return a model and its losses."""
    known = library.known
    sizes = known.num_users, known.num_items
    if which == "KGAT":
        model = KGAT(library.edges(), *sizes, 64, layers=(64, 32))
        return model, kgat_losses(model, known, batch=8192, edge_batch=16384, edge_steps=10)
    plain = BPRMF(*sizes) if which == "BPR-MF" else LightGCN(known.pairs, *sizes, 64)
    return plain, bpr_losses(plain, known, batch=8192)


def learnt(which: str, seed: int) -> Result:
    """Train a model and return its test figures."""
    library = Library(seed)
    model, losses = build(which, library)

    def score(users: Tensor) -> Tensor:
        return kept[0][users] @ kept[1].T

    kept: list[Tensor] = []

    def judged(part: str) -> dict[str, float]:
        with torch.no_grad():
            model.eval()
            kept[:] = model.embeddings()
            return figures(score, library, part)

    found = fit(model, losses, lambda: judged("valid")["recall"], Plan(**PLANS[which], seed=seed))
    return {"valid": found.best_score, "epochs": len(found.history), **judged("test")}


def sober(which: str, seed: int) -> Result:
    """Return the figures of popularity or item-kNN."""
    library = Library(seed)
    known = library.known
    if which == "item-kNN":
        near = ItemKNN(known.pairs, known.num_users, known.num_items)
        return {"valid": 0.0, **figures(near.scores, library, "test")}
    count = torch.bincount(known.pairs[1], minlength=known.num_items).float()
    score = lambda users: count.expand(len(users), -1)  # noqa: E731
    return {"valid": 0.0, **figures(score, library, "test")}


def bench(quick: bool) -> Bench:
    """Return the cases; without training when quick."""
    learning = {"BPR-MF": 200.0, "LightGCN": 400.0, "KGAT": 1500.0}

    def case(name: str) -> Case:
        run = learnt if name in learning else sober
        settings = str(PLANS.get(name, ""))
        return Case(name, lambda seed: run(name, seed), learning.get(name, 15.0), settings)

    sober_ones = ("popularity", "item-kNN")
    return Bench([case(name) for name in (*sober_ones, *(() if quick else learning))], rows)


def rows(found: Found) -> list[Row]:
    """Return recall@20 and NDCG@20 of each case; the goals are KGAT's."""
    made = []
    for metric, goal in GOALS.items():
        floor = average(found["item-kNN"], metric)
        for name, results in found.items():
            aim = goal if name == "KGAT" else None
            label = f"citeulike-t, {name}, {metric}@20"
            made.append(row(label, results, metric, baseline=floor, goal=aim))
    return made
