"""Completion of WN18RR at rank 32 on a CPU: CAT beside the same model in one fixed geometry.

Drawn negatives, one seed, the epoch chosen by filtered validation MRR. A run that was stopped
goes on at its last epoch. Published: ComplEx .475 at full rank (LibKGE).
"""

from functools import cache
from typing import Any

from report import Row

from model_bench.experiment import Bench, Case, Found, Result, average, row, unfinished
from model_bench.kg import read
from paperflow.graph_models.evaluate import ranking
from paperflow.graph_models.kge import CAT, against_sampled, ranks
from paperflow.graph_models.training import Plan, fit

GOAL, FLOOR, RANK = 0.45, 0.475, 32
PLAN: dict[str, Any] = {
    **{"epochs": 30, "rate": 6e-2, "schedule": "cosine", "warmup": 1},
    **{"clip": 5.0, "every": 5, "patience": 2},
}
LOSS: dict[str, Any] = {"batch": 1024, "negatives": 1024, "own_head": True}
DROPOUT = 0.3
FIXED = ("euclidean", "hyperbolic", "spherical")
GEOMETRIES = {"CAT": FIXED, **{f"{name} alone": (name,) * 3 for name in FIXED}}

triples = cache(read)


def learnt(which: str, seed: int) -> Result:
    """Train in some geometries and return the test figures."""
    known = triples("wn18rr")
    geometries: Any = GEOMETRIES[which]
    sizes = known.num_entities, known.num_relations, RANK
    model = CAT(*sizes, geometries=geometries, dropout=DROPOUT)
    losses = against_sampled(model, known, **LOSS)

    def score() -> float:
        return ranking(ranks(model, known, 1))["mrr"]

    with unfinished(f"wn18rr {which} {seed}") as path:
        found = fit(model, losses, score, Plan(**PLAN, seed=seed), resume=path)
        curve = [line.score for line in found.history if line.score is not None]
        return {"valid": found.best_score, "curve": curve, **ranking(ranks(model, known, 2))}


def bench(quick: bool) -> Bench:
    """Return a case a choice of geometries; CAT alone when quick."""

    def case(which: str) -> Case:
        settings = f"{PLAN} {LOSS} {RANK} {DROPOUT}"
        return Case(which, lambda seed: learnt(which, seed), 600.0, settings, one_seed=True)

    return Bench([case(which) for which in (("CAT",) if quick else GEOMETRIES)], rows)


def rows(found: Found) -> list[Row]:
    """Return MRR of each case; the aim is CAT's."""
    return [
        row(
            f"wn18rr, rank {RANK}, {which}",
            results,
            "mrr",
            baseline=FLOOR,
            goal=GOAL if which == "CAT" else None,
            note=f"hits@10 {average(results, 'hits@10'):.3f}",
        )
        for which, results in found.items()
    ]
