"""The graph models on a device: right first, then time and memory, then knowledge graphs.

Each model's output and gradients are compared with float64 in plain torch on the CPU. Then a
pass forward and backward over a power-law graph, beside the same model with plain torch for its
sparse operators. Last, FB15k-237 and WN18RR by ComplEx-N3 with relation prediction, and CAT
beside its fixed geometries: one seed each, the epoch chosen on validation, as long as the
minutes last. A row is written as it comes.
"""

import json
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gpu_bench.device import Device
from paperflow import ops

TOLERANCE = 1e-3  # relative to the largest value; float32 against float64 through whole models
WIDTHS = (64, 64, 16)
# What a model needs to be told besides its widths.
OPTIONS: dict[str, dict[str, Any]] = {"gt": {"heads": 4}, "largegt": {"samples": 50}}
TOY = 500  # triples that suffice to walk through training; no figure of theirs counts
MINUTES = {"speed": 4.0, "fb15k-237": 6.5, "wn18rr": 9.0}
# graph: settings of ComplEx, and the goals of the table.
KNOWLEDGE = {
    "fb15k-237": ({"penalty": 0.05, "relation_weight": 4.0, "batch": 1000}, 0.35),
    "wn18rr": ({"penalty": 0.1, "relation_weight": 0.05, "batch": 1000}, 0.49),
}


class Written:
    """A report whose rows are in the file as soon as they are known."""

    def __init__(self, report: Any, about: dict[str, Any], path: str | None) -> None:
        self.report, self.about, self.path = report, about, path

    def row(self, *told: Any, **more: Any) -> None:
        """Print a row, and write all there are."""
        self.report.row(*told, **more)
        if self.path:
            found = {"machine": self.about, "rows": self.report.rows}
            text = json.dumps(found, indent=1, ensure_ascii=False)
            Path(self.path).write_text(text + "\n", encoding="utf-8")


def measure(report: Written, device: Device, quick: bool) -> None:
    """Check, time, and train; on a few triples of each graph when quick, or on a CPU."""
    from paperflow.graph_models.registry import MODELS

    small, large = (1 / 1000, 1 / 1000) if not device.is_cuda else (1 / 500, 1 / 8)
    for name in sorted(MODELS):
        check(report, device, name, small)
    for name in sorted(MODELS):
        if device.minutes() > MINUTES["speed"]:
            print(f"left out, {MINUTES['speed']} minutes are over: {name}")
            continue
        speed(report, device, name, large)
    for graph in KNOWLEDGE:
        complete(report, device, graph, toy=quick or not device.is_cuda)
    report.row("minutes in all", device.minutes(), "min", 10, lower=True)


def build(name: str, share: float) -> tuple[nn.Module, list[Any]]:
    """Return a model and what its forward takes, on the CPU."""
    from kernel_bench import cases

    from paperflow.graph_models.registry import models

    torch.manual_seed(0)
    nodes = max(24, int(cases.NODES * share))
    edges = torch.unique(cases.edge_index("power-law", nodes, 7 * nodes), dim=1)
    edges = edges[:, edges[0] != edges[1]]
    model = models.load(name)(*WIDTHS, dropout=0.0, **OPTIONS.get(name, {})).eval()
    given = [torch.randn(nodes, WIDTHS[0]), ops.Graph.from_edge_index(edges, nodes)]
    if name in ("gmn", "largegt"):  # these draw, so that both sides must be given the same
        given += [None, None, _drawn(model, given[1])]
    return model, given


def _drawn(model: Any, graph: ops.Graph) -> Tensor:
    from paperflow.graph_models.models import gmn, largegt

    if isinstance(model, gmn.GMN):
        return gmn.draw(graph, *model.drawn, training=False)
    return largegt.draw(graph, model.samples, training=False)


def passes(model: nn.Module, given: list[Any]) -> list[Tensor]:
    """Return the output, and the gradients of all parameters for that of cosines."""
    out = model(*given)
    weights = torch.cos(torch.arange(out.numel(), device=out.device)).view_as(out).to(out.dtype)
    wanted = [p for p in model.parameters() if p.requires_grad]
    grads = torch.autograd.grad(out, wanted, weights, allow_unused=True)
    return [out.detach(), *(g for g in grads if g is not None)]


def on(device: str, model: nn.Module, given: list[Any], dtype: Any = torch.float32) -> Any:
    """Return a copy of a model and its inputs on a device, in one dtype."""
    moved = [
        x.to(device, dtype)
        if isinstance(x, Tensor) and x.is_floating_point()
        else x
        if x is None
        else x.to(device)
        for x in given
    ]
    return deepcopy(model).to(device, dtype), moved


def check(report: Written, device: Device, name: str, share: float) -> None:
    """End the program where a model on the device is not what it is in float64 on the CPU."""
    model, given = build(name, share)
    with ops.use_backend("naive"):
        wanted = passes(*on("cpu", model, given, torch.float64))
    found = passes(*on(device.name, model, given))
    error = max(
        float((x.cpu().double() - y).abs().max() / y.abs().max().clamp(min=1e-3))
        for x, y in zip(found, wanted, strict=True)
    )
    if not error <= TOLERANCE:
        sys.exit(f"{name}: differs by {error:.1e} from float64 on the CPU; stopped")
    report.row(f"{name}, largest error", error, "", TOLERANCE, lower=True)


def speed(report: Written, device: Device, name: str, share: float) -> None:
    """Time a pass forward and backward, and its memory, beside plain torch."""
    model, given = on(device.name, *build(name, share))
    size = f"{given[1].num_dst} nodes, {given[1].num_edges} edges"

    def plain() -> list[Tensor]:
        with ops.use_backend("naive"):
            return passes(model, given)

    runs: dict[str, Callable[[], object]] = {"ours": lambda: passes(model, given), "plain": plain}
    times, peaks = {}, {}
    for label, run in runs.items():
        try:
            times[label], peaks[label] = device.median(run), device.peak(run)
        except torch.OutOfMemoryError:
            print(f"  {name}, {size}: {label} needs more memory than there is", flush=True)
    if "ours" in times:
        report.row(f"{name}, {size}", times["ours"], "ms", None, baseline=times.get("plain"))
        report.row(f"{name}, peak memory", peaks["ours"], "MiB", None, baseline=peaks.get("plain"))


def few(triples: Any, count: int) -> Any:
    """Return the first `count` triples of training, and a tenth as many of the other splits."""
    from paperflow.graph_models.kge import Triples

    splits = [part[: max(1, count // (10 if at else 1))] for at, part in enumerate(triples.splits)]
    return Triples(splits, triples.num_entities, triples.num_relations)


def complete(report: Written, device: Device, graph: str, *, toy: bool = False) -> None:
    """Train ComplEx, then CAT in several and in one geometry, and report filtered MRR."""
    from model_bench.kg import read

    from paperflow.graph_models.kge import CAT, ComplEx, against_all, against_sampled

    triples = few(read(graph), TOY) if toy else read(graph)
    sizes = triples.num_entities, triples.num_relations
    settings, goal = KNOWLEDGE.get(graph, ({"penalty": 0.003}, None))
    goal = None if toy else goal
    until = MINUTES.get(graph, 1.0)
    begin = device.minutes()
    share = (until - begin) * (0.6 if graph == "wn18rr" else 1)
    model = ComplEx(*sizes, 1000 if device.is_cuda else 16).to(device.name)
    plan: dict[str, Any] = {"optimizer": "adagrad", "rate": 0.1}
    losses = against_all(model, triples, **settings)
    _train(report, device, f"{graph} ComplEx-N3", model, triples, losses, plan, begin + share, goal)
    if graph == "fb15k-237":
        return
    for number, chosen in enumerate((("euclidean", "hyperbolic", "spherical"), ("euclidean",) * 3)):
        cat = CAT(*sizes, 32, geometries=chosen, dropout=0.3).to(device.name)  # type: ignore[arg-type]
        losses = against_sampled(cat, triples, batch=1024, negatives=1024, own_head=True)
        end = begin + share + (until - begin - share) * (number + 1) / 2
        name = f"{graph} CAT, rank 32, {'+'.join(dict.fromkeys(chosen))}"
        _train(report, device, name, cat, triples, losses, {"rate": 2e-2, "clip": 5.0}, end, None)


def _train(
    report: Written,
    device: Device,
    name: str,
    model: Any,
    triples: Any,
    losses: Any,
    plan: dict[str, Any],
    end: float,
    goal: float | None,
) -> None:
    """Train until the minutes `end`, an epoch at least, and report test MRR of the best epoch."""
    from paperflow.graph_models.evaluate import ranking
    from paperflow.graph_models.kge import ranks
    from paperflow.graph_models.training import Plan, Trainer

    epochs, every = (100, 10) if device.is_cuda else (2, 1)
    trainer = Trainer(model, Plan(epochs=epochs, every=every, patience=3, seed=0, **plan))

    def score() -> float:
        return ranking(ranks(model, triples, 1))["mrr"]

    begin = device.minutes()
    while not trainer.finished and (device.minutes() < end or trainer.found.best_epoch < 0):
        trainer.epoch(len(trainer.found.history), losses, score)
    model.load_state_dict(trainer.best)
    model.eval()
    told = ranking(ranks(model, triples, 2))
    spent = f"{len(trainer.found.history)} epochs, {device.minutes() - begin:.1f} min"
    report.row(f"{name}, filtered MRR ({spent})", told["mrr"], "", goal)
