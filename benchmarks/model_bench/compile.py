"""The models' forward by torch.compile (inductor), beside the same forward as it is.

A graph of Cora's size, one thread, without gradients; all models but GMN, whose scan over all nodes
unrolls into thousands of steps, for which inductor takes minutes. The first result of the compiled
model is compared with that of the model before either is timed; then they take turns.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import torch
from gpu_bench.models import build
from report import Row
from torch import Tensor, nn

from model_bench.experiment import Bench, Case, Found, Result, average, row
from paperflow.graph_models.registry import MODELS

SHARE = 1 / 64  # of the benchmark graph's 169,343 nodes
ROUNDS = 15
TOLERANCE = 1e-4  # relative to the largest value
LEFT_OUT = "gmn"
QUICK = ("gcn", "gt", "kgat")


def embedding() -> tuple[nn.Module, list[Any]]:
    """Return CAT of WN18RR's rank, and a batch of triples."""
    from paperflow.graph_models.kge import CAT

    triples = [torch.randint(size, (1024,)) for size in (5000, 22, 5000)]
    return CAT(5000, 11, 32).eval(), triples


def recommender() -> tuple[nn.Module, list[Any]]:
    """Return KGAT on a joint graph of users, items, and entities, and pairs to score."""
    from paperflow.graph_models.recommend import KGAT, Interactions, KnowledgeEdges

    taken = torch.unique(torch.randint(1000, (2, 10_000)), dim=1)
    facts = [torch.randint(size, (10_000,)) for size in (1000, 5, 2000)]
    known = Interactions(taken, 1000, 1000)
    edges = KnowledgeEdges.joined(known, torch.stack(facts, 1), 2000, 5)
    return KGAT(edges, 1000, 1000, 64).eval(), [taken[0, :1024], taken[1, :1024]]


OTHERS: dict[str, Callable[[], tuple[nn.Module, list[Any]]]] = {
    "cat": embedding,
    "kgat": recommender,
}


@torch.no_grad()
def measured(name: str, seed: int, backend: str = "inductor") -> Result:
    """Return how long a pass takes as it is and compiled, and what compiling took."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    torch.compiler.reset()
    model, given = OTHERS[name]() if name in OTHERS else build(name, SHARE)
    compiled = torch.compile(model, backend=backend, fullgraph=True, dynamic=False)
    begin = time.perf_counter()
    found = compiled(*given)
    took = time.perf_counter() - begin
    error = differs(name, found, model(*given))
    spent: dict[str, list[float]] = {"eager": [], "compiled": []}
    for _ in range(ROUNDS):
        for way, run in (("eager", model), ("compiled", compiled)):
            begin = time.perf_counter()
            run(*given)
            spent[way].append(1000 * (time.perf_counter() - begin))
    return {"error": error, "took": took, **{way: median(ms) for way, ms in spent.items()}}


def differs(name: str, found: Tensor, wanted: Tensor) -> float:
    """Return the largest difference; end the program where it is too large to time anything."""
    error = float((found - wanted).abs().max() / wanted.abs().max())
    if not error <= TOLERANCE:
        raise SystemExit(f"{name}: compiled it differs by {error:.1e}: nothing is timed")
    return error


def bench(quick: bool) -> Bench:
    """Return a case for each model."""
    names = QUICK if quick else (*sorted(MODELS.keys() - {LEFT_OUT}), *OTHERS)
    settings = f"{SHARE} {ROUNDS}"
    cases = [Case(name, partial(measured, name), 25.0, settings, one_seed=True) for name in names]
    return Bench(cases, rows)


def rows(found: Found) -> list[Row]:
    """Return the time of a compiled pass beside that of an eager one."""
    return [
        row(
            f"{name}, forward compiled",
            results,
            "compiled",
            unit="ms",
            baseline=average(results, "eager"),
            note=f"baseline: eager; compiled in {average(results, 'took'):.0f} s, "
            f"differs by {average(results, 'error'):.0e}",
        )
        for name, results in found.items()
    ]
