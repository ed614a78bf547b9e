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
from scipy.sparse import csr_array, diags_array, vstack
from torch import Tensor

from model_bench.experiment import Bench, Case, Found, Result, average, row, unfinished
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

TAGS = "tags of a reader's papers"
GOALS = {"recall": 0.20, "ndcg": 0.115}
WIDTH, DROPOUT = 128, 0.1
SPECTRAL = (0.3, 0.3, 1.0)  # what readers, citations, and tags weigh in the start
RARE = 5  # a tag of fewer papers says too little for its cost
PLANS: dict[str, dict[str, Any]] = {
    "BPR-MF": {"epochs": 60, "every": 5, "patience": 3, "rate": 5e-3},
    "LightGCN": {"epochs": 120, "every": 5, "patience": 3, "rate": 5e-3},
    "KGAT": {"epochs": 12, "every": 2, "patience": 2, "rate": 3e-4},
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


def _scaled(pairs: Tensor, shape: tuple[int, int]) -> csr_array:
    """Return pairs [2, E] as a matrix, each entry divided by the root of both degrees."""
    matrix = csr_array((np.ones(pairs.shape[1], np.float32), tuple(pairs.numpy())), shape=shape)
    matrix.data[:] = 1
    sides = [1 / np.sqrt(matrix.sum(axis=axis).clip(min=1)) for axis in (1, 0)]
    return csr_array(diags_array(sides[0]) @ matrix @ diags_array(sides[1]))


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

    def matrices(self) -> list[csr_array]:
        """Return rows of readers, of cited or citing papers, and of tags; papers are columns."""
        papers, kind = self.known.num_items, self.triples[:, 1]
        cites, tags = (self.triples[kind == k][:, [2, 0]].T for k in (0, 1))
        return [
            _scaled(self.known.pairs, (self.known.num_users, papers)),
            _scaled(torch.cat([cites, cites.flip(0)], 1), (papers, papers)),
            _scaled(tags - torch.tensor([[papers], [0]]), (self.entities - papers, papers)),
        ]

    def spectral(self, width: int) -> Tensor:
        """Return readers, papers, and tags [N, width] by singular vectors of the joint graph.

        Papers are columns; readers, tags, and cited or citing papers are rows, each entry divided
        by the root of both degrees. A start from what factorises the graph is that of the paper,
        which takes BPR-MF's vectors.
        """
        from sklearn.utils.extmath import randomized_svd

        parts = [w * x for w, x in zip(SPECTRAL, self.matrices(), strict=True)]
        heights = [part.shape[0] for part in parts]
        left, values, right = randomized_svd(vstack(parts).tocsr(), width, random_state=0)
        root = np.sqrt(values)
        readers, _, tags = np.split(left * root, np.cumsum(heights)[:2])
        start = np.concatenate([readers, right.T * root, tags])
        return torch.from_numpy(start / np.linalg.norm(start, axis=1).mean()).float()

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
        model = KGAT(library.edges(), *sizes, WIDTH, layers=(64, 32), dropout=DROPOUT)
        with torch.no_grad():
            model.node.weight.copy_(library.spectral(WIDTH))
        return model, kgat_losses(model, known, batch=8192, edge_batch=16384, edge_steps=4)
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

    plan = Plan(**PLANS[which], seed=seed)
    with unfinished(f"citeulike {which} {seed}") as path:
        found = fit(model, losses, lambda: judged("valid")["recall"], plan, resume=path)
        curve = [line.score for line in found.history if line.score is not None]
        return {
            "valid": found.best_score,
            "epochs": len(found.history),
            "curve": curve,
            **judged("test"),
        }


def sober(which: str, seed: int) -> Result:
    """Return the figures of popularity, item-kNN, or tags alone, without learning."""
    library = Library(seed)
    known = library.known
    if which == "item-kNN":
        near = ItemKNN(known.pairs, known.num_users, known.num_items)
        return {"valid": 0.0, **figures(near.scores, library, "test")}
    if which == TAGS:
        readers, _, tags = library.matrices()
        wanted = csr_array(readers.sign() @ tags.T)
        score = lambda users: torch.from_numpy((wanted[users.numpy()] @ tags).toarray())  # noqa: E731
        return {"valid": 0.0, **figures(score, library, "test")}
    count = torch.bincount(known.pairs[1], minlength=known.num_items).float()
    score = lambda users: count.expand(len(users), -1)  # noqa: E731
    return {"valid": 0.0, **figures(score, library, "test")}


def bench(quick: bool) -> Bench:
    """Return the cases; without training when quick."""
    learning = {"BPR-MF": 200.0, "LightGCN": 400.0, "KGAT": 1500.0}

    def case(name: str) -> Case:
        run = learnt if name in learning else sober
        settings = f"{PLANS.get(name)} {(SPECTRAL, WIDTH, DROPOUT) if name == 'KGAT' else ''}"
        return Case(name, lambda seed: run(name, seed), learning.get(name, 15.0), settings)

    sober_ones = ("popularity", "item-kNN", TAGS)
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
