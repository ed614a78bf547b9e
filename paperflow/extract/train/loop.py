"""The training loop that both heads share: batches of like lengths, one cycle, best epoch kept."""

import random
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

Item = TypeVar("Item")
_CLIP = 5.0


def fit(
    model: nn.Module,
    items: Callable[[], Sequence[Item]],
    size: Callable[[Item], int],
    loss: Callable[[Sequence[Item]], Tensor],
    score: Callable[[], float],
    *,
    epochs: int,
    batch: int,
    rate: float = 3e-3,
) -> None:
    """Train with AdamW (Loshchilov and Hutter, 2019) and keep the epoch with the best score.

    `items` gives an epoch's examples, `size` an example's length, `loss` a batch's loss.
    """
    steps = epochs * (len(items()) // batch + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=0.1
    )
    best, kept = -1.0, model.state_dict()
    for epoch in range(epochs):
        for examples in _batches(items(), size, batch):
            optimizer.zero_grad()
            loss(examples).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
            optimizer.step()
            schedule.step()
        reached = _scored(model, score)
        sys.stderr.write(f"epoch {epoch + 1}: {reached:.4f}\n")
        if reached > best:
            best = reached
            kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)
    model.eval()


def _scored(model: nn.Module, score: Callable[[], float]) -> float:
    model.eval()
    with torch.no_grad():
        reached = score()
    model.train()
    return reached


def _batches(items: Sequence[Item], size: Callable[[Item], int], batch: int) -> list[list[Item]]:
    """Return batches of about equal lengths in random order."""
    order = sorted(items, key=lambda item: size(item) + 6 * random.random())
    found = [order[start : start + batch] for start in range(0, len(order), batch)]
    random.shuffle(found)
    return found
