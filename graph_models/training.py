"""The one training loop: any task hands it the losses of an epoch and a validation score.

Each epoch seeds torch from (seed, epoch), so a run that was killed and goes on draws what an
unbroken one draws, and ends with the same weights.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

Losses = Callable[[int], Iterable[Tensor]]
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
}
Told = Callable[["Epoch"], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how to train.

    `patience` counts validations without a better score, `every` the epochs between two of
    them; `warmup` is in epochs; `clip` bounds the norm of the gradient. `plateau` halves the
    rate after a third of the patience.
    """

    epochs: int
    rate: float = 1e-2
    weight_decay: float = 0.0
    optimizer: Literal["adamw", "adam", "adagrad"] = "adam"
    schedule: Literal["constant", "cosine", "plateau"] = "constant"
    warmup: int = 0
    clip: float | None = None
    patience: int | None = None
    every: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """One line of the log; `score` is None where the epoch was not validated."""

    epoch: int
    loss: float
    score: float | None
    rate: float


@dataclass
class Fitted:
    """What training found; the model holds the weights of the best epoch."""

    best_epoch: int = -1
    best_score: float = -float("inf")
    history: list[Epoch] = field(default_factory=list)


def seed_everything(seed: int) -> None:
    """Seed torch on every device; nothing else here draws from a global generator."""
    torch.manual_seed(seed)


class Trainer:
    """The state of one run: model, optimizer, schedule, and what was found so far."""

    def __init__(self, model: nn.Module, plan: Plan) -> None:
        self.model, self.plan, self.found = model, plan, Fitted()
        parameters = [p for p in model.parameters() if p.requires_grad]
        options = {"lr": plan.rate, "weight_decay": plan.weight_decay}
        self.optimizer = OPTIMIZERS[plan.optimizer](parameters, **options)
        self.schedule = _schedule(self.optimizer, plan)
        self.best = _copy(model)
        device = parameters[0].device
        self.mixed = device.type == "cuda"
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.mixed)

    def epoch(self, number: int, losses: Losses, score: Callable[[], float]) -> Epoch:
        """Train one epoch, validate when it is time, and keep the best weights."""
        seed_everything(self.plan.seed * 1_000_003 + number)
        self.model.train()
        mean = self._train(losses(number))
        rate = self.optimizer.param_groups[0]["lr"]
        last = number + 1 == self.plan.epochs
        due = last or (number + 1) % self.plan.every == 0
        told = Epoch(number, mean, self._validate(number, score) if due else None, rate)
        self._slow_down(told.score)
        self.found.history.append(told)
        return told

    def _slow_down(self, score: float | None) -> None:
        if not isinstance(self.schedule, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.schedule.step()
        elif score is not None:
            self.schedule.step(score)

    def _train(self, losses: Iterable[Tensor]) -> float:
        total, count, source = 0.0, 0, iter(losses)
        while (loss := self._next(source)) is not None:
            self.optimizer.zero_grad(set_to_none=True)
            self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            if self.plan.clip is not None:
                self.scaler.unscale_(self.optimizer)
                nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
            self.scaler.step(self.optimizer)
            self.scaler.update()
            total, count = total + float(loss.detach()), count + 1
        return total / max(count, 1)

    def _next(self, source: Iterator[Tensor]) -> Tensor | None:
        # The loss is computed inside next(), hence in reduced precision where that is faster.
        with torch.autocast("cuda", enabled=self.mixed):
            return next(source, None)

    def _validate(self, number: int, score: Callable[[], float]) -> float:
        self.model.eval()
        with torch.no_grad():
            reached = float(score())
        if reached > self.found.best_score:
            self.found.best_score, self.found.best_epoch = reached, number
            self.best = _copy(self.model)
        return reached

    @property
    def finished(self) -> bool:
        """Tell whether all epochs are done or the score has stood still for too long."""
        done = len(self.found.history)
        stale = (done - 1 - self.found.best_epoch) // self.plan.every
        patience = self.plan.patience
        validated = self.found.best_epoch >= 0
        waited = patience is not None and validated and stale >= patience
        return done >= self.plan.epochs or waited

    def state(self) -> dict[str, Any]:
        """Return everything that going on needs."""
        return {
            "plan": str(self.plan),
            "model": self.model.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": self.scaler.state_dict(),
            "history": [astuple(line) for line in self.found.history],
            "reached": (self.found.best_epoch, self.found.best_score),
        }

    def go_on_from(self, state: dict[str, Any]) -> None:
        """Take up a run where `state` left it."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.scaler.load_state_dict(state["scaler"])
        history = [Epoch(*line) for line in state["history"]]
        epoch, score = state["reached"]
        self.best, self.found = state["best"], Fitted(epoch, score, history)


def fit(
    model: nn.Module,
    losses: Losses,
    score: Callable[[], float],
    plan: Plan,
    *,
    resume: Path | None = None,
    log: Path | None = None,
    told: Told | None = None,
) -> Fitted:
    """Train `model`, leave the weights of its best epoch in it, and return what was found.

    `losses(epoch)` yields the losses of one epoch, each followed by a step: one for a full
    batch, several for samples, first one kind and then another for alternating objectives.
    `score()` is the validation score, higher is better. `resume` is a file that holds the run
    after each epoch: where it exists and has the same plan, training goes on from it. `log` is
    a CSV of the epochs; `told` hears of each, for example `training_bar`.
    """
    trainer = Trainer(model, plan)
    _take_up(trainer, resume)
    if log is not None:
        _begin(log, trainer.found.history)
    while not trainer.finished:
        epoch = trainer.epoch(len(trainer.found.history), losses, score)
        if resume is not None:
            _write(resume, trainer.state())
        if log is not None:
            _append(log, epoch)
        if told is not None:
            told(epoch)
    model.load_state_dict(trainer.best)
    model.eval()
    return trainer.found


def _take_up(trainer: Trainer, resume: Path | None) -> None:
    """Let a run go on where a file of it, with the same plan, left it."""
    if resume is not None and resume.exists():
        state = torch.load(resume, weights_only=True)
        if state["plan"] == str(trainer.plan):
            trainer.go_on_from(state)


@contextmanager
def training_bar(label: str, epochs: int | None) -> Iterator[Told]:
    """Show a bar with loss, score, and time left on stderr, on a terminal only.

    Without a number of epochs the time is left out.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task, best = bar.add_task(label, total=epochs), -float("inf")

        def tell(epoch: Epoch) -> None:
            nonlocal best
            best = max(best, -float("inf") if epoch.score is None else epoch.score)
            text = f"{label} loss {epoch.loss:.4f} best {best:.4f}"
            bar.update(task, completed=epoch.epoch + 1, description=text)

        yield tell


def _schedule(optimizer: torch.optim.Optimizer, plan: Plan) -> Any:
    rates = torch.optim.lr_scheduler
    if plan.schedule == "plateau":
        wait = (plan.patience or 30) // 3
        return rates.ReduceLROnPlateau(optimizer, mode="max", factor=0.5, patience=wait)

    def share(epoch: int) -> float:
        warm = min(1.0, (epoch + 1) / (plan.warmup + 1))
        if plan.schedule == "constant":
            return warm
        angle = math.pi * max(0, epoch - plan.warmup) / max(1, plan.epochs - plan.warmup)
        return warm * 0.5 * (1 + math.cos(angle))

    return rates.LambdaLR(optimizer, share)


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _write(path: Path, state: dict[str, Any]) -> None:
    """Write the run so that a kill leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    torch.save(state, part)
    part.replace(path)


def _begin(path: Path, history: list[Epoch]) -> None:
    """Write the header and the epochs that were done before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("epoch,loss,score,rate\n", "utf-8")
    for line in history:
        _append(path, line)


def _append(path: Path, line: Epoch) -> None:
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(astuple(line))
