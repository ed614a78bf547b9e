"""CiteULike-t: papers for readers, with citations and tags as a knowledge graph.

A fifth of each reader's papers is held out at random, a tenth of the rest validates; recall@20
and NDCG@20, the ideal over min(20, relevant). There is no agreed split in the literature. Tags
are counted as distributed, and guarded against those that only the held-out reader gave.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from report import Row
from scipy.sparse import csr_array
from torch import Tensor
from torch.nn.functional import normalize

from model_bench.experiment import Bench, Case, Found, Result, average, row, unfinished
from model_bench.libraries import SPECTRAL, Library
from paperflow.graph_models.evaluate import Difference, TopK, paired_bootstrap, top_k
from paperflow.graph_models.recommend import (
    BPRMF,
    KGAT,
    ItemKNN,
    LightGCN,
    bpr_losses,
    kgat_losses,
    softmax_losses,
)
from paperflow.graph_models.training import Plan, fit

GOALS = {"recall": 0.20, "ndcg": 0.115}
VALIDATED = 2000  # readers: all of them would cost more than an epoch
WIDTH, LAYERS, DROPOUT = 256, (64,), 0.1
COSINE = {"schedule": "cosine", "patience": 2}
PLANS: dict[str, dict[str, Any]] = {
    "BPR-MF": {"epochs": 60, "every": 5, "patience": 3, "rate": 5e-3},
    "LightGCN": {"epochs": 12, "rate": 3e-2, **COSINE},
    "KGAT": {"epochs": 4, "rate": 3e-3, **COSINE},
}
TEMPERATURES = {"LightGCN": 0.1, "KGAT": 0.05}  # of the softmax over cosines

Score = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class System:
    """What recommends, and whether the tags it sees are guarded; `seconds` on one core."""

    which: str
    seconds: float
    guarded: bool = False

    @property
    def name(self) -> str:
        """Return the name of its case."""
        return self.which + GUARDED * self.guarded

    def case(self) -> Case:
        """Return its case."""
        run = learnt if self.which in PLANS else sober
        more = (SPECTRAL, WIDTH, LAYERS, DROPOUT) if self.which == "KGAT" else ""
        settings = f"{PLANS.get(self.which, '')} {more}, each reader"
        return Case(self.name, lambda seed: run(self, seed), self.seconds, settings)


TAGS, BOTH = "shared tags", "KGAT and shared tags"
SHARES = (0.5, 1.0)  # of shared tags beside KGAT, to choose from
SOBER = (
    System("popularity", 5.0),
    System("item-kNN", 15.0),
    System(TAGS, 15.0),
    System(TAGS, 15.0, guarded=True),
)
LEARNING = (
    System("BPR-MF", 40.0),
    System("LightGCN", 60.0),
    System("KGAT", 130.0),
    System("KGAT", 130.0, guarded=True),
)
GUARDED = ", guarded tags"
OURS = ("KGAT", "KGAT" + GUARDED)
RIVALS = {ours + end: ("LightGCN", TAGS + end) for end in ("", GUARDED) for ours in ("KGAT", BOTH)}


def tested(score: Score, library: Library) -> Result:
    """Return recall@20 and NDCG@20, also of each reader; validation papers count as seen."""
    seen = [a + b for a, b in zip(library.train, library.valid, strict=True)]
    found = top_k(score, library.test, seen)
    each = {"recall": found.recall, "ndcg": found.ndcg}
    means = {name: float(values.mean()) for name, values in each.items()}
    return {**means, "each": {name: values.round(4).tolist() for name, values in each.items()}}


def validated(score: Score, library: Library) -> float:
    """Return recall@20 on the validation papers of the first readers."""
    found: TopK = top_k(score, library.valid[:VALIDATED], library.train)
    return float(found.recall.mean())


def build(which: str, library: Library) -> tuple[Any, Any]:
    """Return a model and its losses."""
    known = library.known
    sizes = known.num_users, known.num_items
    if which == "BPR-MF":
        plain = BPRMF(*sizes)
        return plain, bpr_losses(plain, known, batch=8192)
    if which == "LightGCN":
        light = LightGCN(known.pairs, *sizes, 64)
        return light, softmax_losses(light, known, temperature=TEMPERATURES[which])
    model = KGAT(library.edges(), *sizes, WIDTH, layers=LAYERS, dropout=DROPOUT)
    model.node.weight.data.copy_(library.spectral(WIDTH))
    ranking = softmax_losses(model, known, temperature=TEMPERATURES[which])
    return model, kgat_losses(model, ranking, edge_batch=16384, edge_steps=1)


def learnt(system: System, seed: int) -> Result:
    """Train a model and return its test figures, and recall on validation by epoch."""
    library = Library(seed, guarded=system.guarded)
    model, losses = build(system.which, library)

    @torch.no_grad()
    def score() -> Score:
        u, i = (side.detach() for side in model.eval().embeddings())
        i = normalize(i, dim=1) if system.which in TEMPERATURES else i
        return lambda users: u[users] @ i.T

    plan = Plan(**PLANS[system.which], seed=seed)
    with unfinished(f"citeulike {system.name} {seed}") as path:
        found = fit(model, losses, lambda: validated(score(), library), plan, resume=path)
        curve = [line.score for line in found.history if line.score is not None]
        both = {"both": with_tags(score(), library)} if system.which == "KGAT" else {}
        return {"curve": curve, **tested(score(), library), **both}


def sober(system: System, seed: int) -> Result:
    """Return the figures of popularity, item-kNN, or tags alone, without learning."""
    library = Library(seed, guarded=system.guarded)
    known = library.known
    if system.which == "item-kNN":
        return tested(ItemKNN(known.pairs, known.num_users, known.num_items).scores, library)
    if system.which == TAGS:
        return tested(by_tags(library), library)
    count = torch.bincount(known.pairs[1], minlength=known.num_items).float()
    return tested(lambda users: count.expand(len(users), -1), library)


def by_tags(library: Library) -> Score:
    """Score papers by the tags they share with a reader's papers, rare ones counting more."""
    readers, _, tags = library.matrices()
    wanted = csr_array(readers.sign() @ tags.T)
    return lambda users: torch.from_numpy((wanted[users.numpy()] @ tags).toarray())


def with_tags(score: Score, library: Library) -> Result:
    """Return the figures of a score and shared tags together, weighed on validation."""
    tags = by_tags(library)

    def mixed(share: float) -> Score:
        return lambda users: _of_best_one(score(users)) + share * _of_best_one(tags(users))

    share = max(SHARES, key=lambda share: validated(mixed(share), library))
    return {"share": share, **tested(mixed(share), library)}


def _of_best_one(scores: Tensor) -> Tensor:
    return scores / scores.amax(1, keepdim=True).clamp(min=1e-9)


def bench(quick: bool) -> Bench:
    """Return the cases; without training when quick."""
    systems = SOBER if quick else (*SOBER, *LEARNING)
    return Bench([system.case() for system in systems], rows)


def rows(found: Found) -> list[Row]:
    """Return recall@20 and NDCG@20 of each case; the goals are KGAT's."""
    both = {
        name.replace("KGAT", BOTH): [{**result, **result["both"]} for result in found[name]]
        for name in OURS
        if name in found
    }
    found = {**found, **both}
    return [
        row(
            f"citeulike-t, {name}, {metric}@20",
            results,
            metric,
            baseline=average(found["item-kNN"], metric),
            goal=goal if name in OURS else None,
            note=_beside(found, name, metric),
            curve=results[0].get("curve", ()),
        )
        for metric, goal in GOALS.items()
        for name, results in found.items()
    ]


def _beside(found: Found, name: str, metric: str) -> str:
    """Return how much better ours is than its rivals, by the paired bootstrap over readers."""
    told = []
    for rival in RIVALS.get(name, ()):
        gain = better(found[name], found[rival], metric)
        told.append(f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) beside {rival}")
    return ", ".join(told)


def better(ours: Sequence[Result], theirs: Sequence[Result], metric: str) -> Difference:
    """Compare two systems reader by reader, each with the mean over the seeds of both."""

    def of_each(results: Sequence[Result]) -> NDArray[np.float64]:
        return np.mean([result["each"][metric] for result in results[:seeds]], axis=0)

    seeds = min(len(ours), len(theirs))
    first, second = of_each(ours), of_each(theirs)
    return paired_bootstrap(
        lambda cases: (float(first[cases].mean()), float(second[cases].mean())), len(first)
    )
