"""Train a model on the library's own graph, judge it on hidden links, keep it with its card."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from paperflow.learning.blend import fit_blend
from paperflow.learning.evidence import Candidates, by_rule
from paperflow.learning.graph import Floats, LinkGraph
from paperflow.learning.models import check_model
from paperflow.learning.split import Judged, Split, calibration, calibration_error, hold_out
from paperflow.learning.tasks import (
    LARGE,
    check_found,
    check_size,
    checkpoint,
    task_named,
)
from paperflow.records import fingerprint
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from paperflow.graph_models.checkpoint import Card
    from paperflow.graph_models.training import Plan, Told
    from paperflow.learning.learners import Learner

RULE, EVIDENCE, MODEL, ALONE = "rule", "evidence", "evidence and model", "model alone"
Bar = Callable[[str, int], AbstractContextManager["Told"]]  # from a label and a number of epochs


@dataclass(frozen=True)
class Size:
    """What follows from a graph's size: the model's width, and how long it is trained."""

    width: int
    epochs: int


def size_of(graph: LinkGraph) -> Size:
    """Return a wider model and fewer epochs, the more links there are."""
    if graph.num_links <= LARGE:
        return Size(32, 120)
    return Size(64, 80) if graph.num_links <= 10 * LARGE else Size(64, 40)


def train(
    workspace: Workspace, task: str, model: str = "", *, seed: int = 0, bar: Bar | None = None
) -> "Card":
    """Train a model for a task, keep it in the workspace, and return its card.

    Without `model`, one is chosen by the graph's size, as are its width and its epochs. A run that
    was stopped goes on at its last epoch. Raise NotReady, with the reason, where there is too
    little to learn from.
    """
    from paperflow.graph_models.checkpoint import Card, save

    found = task_named(task)
    if model:
        check_model(model)
    workspace.require_papers()
    graph = found.graph(workspace)
    check_size(graph, found)
    split = hold_out(graph, seed)
    check_found(split, found)
    name = model or (found.large if graph.num_links > LARGE else found.small)
    begin, size, revision = perf_counter(), size_of(graph), workspace.store.revision
    key = fingerprint(name, state_of(graph), graph.encoder, str((seed, revision)))
    run = Run(checkpoint(workspace, task), key)
    learnt = fitted(split, name, size, seed, run, bar)
    config, metrics = judged(split, learnt)
    card = Card(
        model=name,
        task=task,
        data=f"{graph.num_links} {found.links} of the library at revision {revision}",
        split=f"a tenth validates, a tenth tests; drawn by seed {seed}",
        config={"width": size.width, "graph": state_of(graph), "encoder": graph.encoder, **config},
        seeds=(seed,),
        metrics=metrics,
        commit=f"revision {revision}",
        seconds=round(perf_counter() - begin, 1),
    )
    save(checkpoint(workspace, task), learnt.module, card)
    run.state.unlink(missing_ok=True)
    return card


def picture(workspace: Workspace, task: str) -> str:
    """Return the learning curve and the calibration of the model just trained, as SVG."""
    import csv

    from paperflow.graph_models.checkpoint import read_card
    from paperflow.reports.curve import Logged, as_svg

    path = checkpoint(workspace, task)
    card = read_card(path)
    with Run(path, "").log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scores = [float(row["score"]) if row["score"] else None for row in rows]
    log = [
        Logged(int(row["epoch"]), float(row["loss"]), score)
        for row, score in zip(rows, scores, strict=True)
    ]
    return str(as_svg(log, card.config["calibration"]))


@dataclass(frozen=True)
class Run:
    """Where a run is kept until it ends, and its log; `key` tells it from others."""

    path: Path
    key: str

    @property
    def state(self) -> Path:
        """Return the file from which a stopped run goes on."""
        return self.path.with_name(f"{self.path.name}-{self.key[:16]}.run")

    @property
    def log(self) -> Path:
        """Return the CSV of the epochs: loss, and MRR of validation."""
        return self.path.with_suffix(".csv")

    def forget_others(self) -> None:
        """Delete what was kept of runs of other models, or on another graph."""
        for other in sorted(self.path.parent.glob(f"{self.path.name}-*.run")):
            if other != self.state:
                other.unlink(missing_ok=True)


def fitted(
    split: Split, name: str, size: Size, seed: int, run: Run, bar: Bar | None = None
) -> "Learner":
    """Return a model trained on what is not hidden; validation chooses the epoch."""
    from paperflow.graph_models.training import fit, seed_everything
    from paperflow.learning.learners import learner

    seed_everything(seed)
    learnt, valid = learner(name, split.graph, size.width), split.validation()

    def score() -> float:
        scores = learnt.pairs(valid.found.source, valid.found.target)
        return valid.figures(scores)["mrr"]

    run.forget_others()
    plan, files = _plan(size, seed), {"resume": run.state, "log": run.log}
    with bar(f"training {name}", size.epochs) if bar else nullcontext() as told:
        fit(learnt.module, learnt.losses, score, plan, told=told, **files)
    return learnt


def _plan(size: Size, seed: int) -> "Plan":
    from paperflow.graph_models.training import Plan

    return Plan(epochs=size.epochs, rate=5e-3, clip=1.0, patience=5, every=4, seed=seed)


def judged(split: Split, learnt: "Learner") -> tuple[dict[str, Any], dict[str, float]]:
    """Return the blends that validation fits, which one it prefers, and the figures of test.

    The blends are those of the rule alone, of the evidence, and of evidence and model: the
    simplest of the best is used, so that no model makes predictions worse.
    """
    valid, test = split.validation(), split.testing()
    seen, tested = (columns(part.found, learnt) for part in (valid, test))
    blends = {name: fit_blend(values, valid.right) for name, values in seen.items()}
    reached = {name: valid.figures(blends[name].scores(seen[name]))["mrr"] for name in blends}
    best = max(reached, key=lambda name: reached[name])
    told = {name: blends[name].scores(values) for name, values in tested.items()}
    config = {
        "use": best,
        "blends": {name: blend.as_dict() for name, blend in blends.items()},
        "calibration": calibration(told[best], test.right),
    }
    metrics = {f"{name} validation mrr": round(value, 6) for name, value in reached.items()}
    return config, metrics | _metrics(test, {**told, ALONE: tested[MODEL][:, -1]}, best)


def columns(found: Candidates, learnt: "Learner | None") -> dict[str, Floats]:
    """Return what each blend sees of candidates; without a model, its blend is left out."""
    seen = {RULE: by_rule(found.values)[:, None], EVIDENCE: found.values}
    if learnt is not None:
        told = learnt.pairs(found.source, found.target)
        seen[MODEL] = np.column_stack([found.values, told])
    return seen


def _metrics(test: Judged, ways: dict[str, Floats], best: str) -> dict[str, float]:
    """Return the figures of each way to score, and how well the best is calibrated."""
    found = {
        f"{way} {name}": value
        for way, scores in ways.items()
        for name, value in test.figures(scores).items()
    }
    found["calibration error"] = calibration_error(ways[best], test.right)
    found["hidden links"] = int(test.right.sum()) + test.missed
    return {name: round(value, 6) for name, value in found.items()}


def state_of(graph: LinkGraph) -> str:
    """Return a hash of a graph's nodes and links; models of one graph alone serve no other."""
    return fingerprint(*graph.ids, graph.links.tobytes().hex())
