"""Node classification on Cora and CiteSeer, the public split of 20 labels a class.

Row-normalised bags of words; the epoch is chosen by validation accuracy, then loss. Published: GCN
81.5 / 70.3 (Kipf, Welling 2017), GRAND 85.4 / 75.4 (Feng et al. 2020), GCNII 85.5 (Chen et al.
2020), with early stopping on the same 500 validation nodes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from judged import data
from report import Row
from torch import Tensor, nn

from model_bench.experiment import Bench, Case, Found, Result, average, row
from paperflow import ops
from paperflow.graph_models.models.hop import agreement
from paperflow.graph_models.registry import models
from paperflow.graph_models.training import Plan, fit

GOALS = {"cora": 83.5, "citeseer": 72.5}
FLOORS = {"cora": 81.5, "citeseer": 70.8}


@dataclass(frozen=True)
class Citations:
    """A citation graph with sparse features, classes, and the nodes of each split."""

    x: Tensor
    graph: ops.Graph
    y: Tensor
    train: Tensor
    valid: Tensor
    test: Tensor


@dataclass(frozen=True)
class Setting:
    """A model, its plan, and how its views should agree; chosen on validation accuracy."""

    model: str
    options: dict[str, Any]
    hidden: int = 16
    plan: dict[str, Any] = field(default_factory=dict)
    views: int = 1
    temperature: float = 0.5
    weight: float = 0.0


SOBER = {"epochs": 200, "weight_decay": 5e-4}
LONG = {"epochs": 1500, "weight_decay": 5e-4, "patience": 200}
HOPS = {"dropout": 0.5, "drop_nodes": 0.5, "drop_features": 0.5, "hops": 8}
NEAR = {"dropout": 0.2, "drop_nodes": 0.5, "hops": 2}
SETTINGS = {
    "cora": {
        "GCN": Setting("gcn", {"dropout": 0.5}, plan=SOBER),
        "hop transformer": Setting("hop", HOPS, 32, LONG, 4, 0.5, 1.0),
    },
    "citeseer": {
        "GCN": Setting("gcn", {"dropout": 0.5}, plan=SOBER),
        "hop transformer": Setting("hop", NEAR, 32, LONG, 2, 0.3, 0.7),
    },
}
SECONDS = {"GCN": 30.0, "hop transformer": 60.0}
QUICK = ("GCN",)


def read(name: str) -> Citations:
    """Return a citation graph, each edge in both directions."""
    file = np.load(data(f"planetoid/{name}.npz"), allow_pickle=False)
    counts = torch.from_numpy(np.diff(file["x_indptr"]).astype(np.int64))
    nodes = torch.arange(len(counts)).repeat_interleave(counts)
    places = torch.stack([nodes, torch.from_numpy(file["x_indices"].astype(np.int64))])
    x = torch.sparse_coo_tensor(
        places, 1 / counts[nodes].float(), tuple(file["x_shape"]), check_invariants=True
    )
    pairs = torch.from_numpy(file["edge_index"].astype(np.int64))
    graph = ops.Graph.from_edge_index(torch.cat([pairs, pairs.flip(0)], 1), len(counts))
    names = ("y", "train_idx", "val_idx", "test_idx")
    y, train, valid, test = (torch.from_numpy(file[name].astype(np.int64)) for name in names)
    return Citations(x.coalesce(), graph, y, train, valid, test)


def train(name: str, setting: Setting, seed: int) -> Result:
    """Train one model and return its accuracies in percent."""
    of = read(name)
    x = of.x if setting.model == "hop" else of.x.to_dense()
    build = models.load(setting.model)
    model = build(x.shape[1], setting.hidden, int(of.y.max()) + 1, **setting.options)

    def score() -> float:
        out = model(x, of.graph)[of.valid]
        # The loss breaks ties between epochs of equal accuracy.
        loss = float(F.cross_entropy(out, of.y[of.valid]))
        return _accuracy(out, of.y[of.valid]) - min(loss, 10.0) * 1e-3

    found = fit(model, objective(model, x, of, setting), score, Plan(**setting.plan, seed=seed))
    with torch.no_grad():
        out = model(x, of.graph)
    return {
        "valid": _accuracy(out[of.valid], of.y[of.valid]),
        "accuracy": _accuracy(out[of.test], of.y[of.test]),
        "epoch": found.best_epoch,
    }


def objective(
    model: nn.Module, x: Tensor, of: Citations, setting: Setting
) -> Callable[[int], Iterator[Tensor]]:
    """Return the losses of an epoch: labels on every view, and agreement between views."""

    def losses(_: int) -> Iterator[Tensor]:
        views = torch.stack([model(x, of.graph) for _ in range(setting.views)])
        known = of.y[of.train].repeat(setting.views)
        loss = F.cross_entropy(views[:, of.train].flatten(0, 1), known)
        if setting.weight:
            loss = loss + setting.weight * agreement(views, setting.temperature)
        yield loss

    return losses


def _accuracy(out: Tensor, y: Tensor) -> float:
    return 100 * float((out.argmax(1) == y).double().mean())


def bench(quick: bool) -> Bench:
    """Return the cases: each model on each graph; the sober one on Cora when quick."""
    graphs = ("cora",) if quick else tuple(SETTINGS)
    cases = [
        Case(
            f"{graph} {name}",
            lambda seed, graph=graph, setting=setting: train(graph, setting, seed),
            SECONDS[name],
            str(setting),
        )
        for graph in graphs
        for name, setting in SETTINGS[graph].items()
        if not quick or name in QUICK
    ]
    return Bench(cases, rows)


def rows(found: Found) -> list[Row]:
    """Return test accuracy of each case; the goal is for the model with the best validation."""
    made = []
    for graph, goal in GOALS.items():
        named = [name for name in found if name.startswith(graph)]
        best = max(named, key=lambda name: average(found[name], "valid"), default=None)
        for name in named:
            note = f"validation {average(found[name], 'valid'):.1f}"
            aim = goal if name == best else None
            results = found[name]
            made.append(
                row(
                    name, results, "accuracy", unit="%", baseline=FLOORS[graph], goal=aim, note=note
                )
            )
    return made
