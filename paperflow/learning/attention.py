"""What a node model attends to between two nodes: the ways that messages take, with weights."""

from collections.abc import Callable

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor, nn

from paperflow.learning.graph import Floats

MOST_PATHS = 3  # nodes on the way that attention names

Ways = Callable[[int, int], list[tuple[int, float]]]


def attends(model: nn.Module) -> bool:
    """Tell whether any layer can say how much each node looks at each of its neighbours."""
    return any(hasattr(layer, "attention_weights") for layer in model.modules())


@torch.no_grad()
def looked_at(model: nn.Module, run: Callable[[], object], size: int) -> csr_array:
    """Return how much each node [N, N] looks at each other while `run` runs, the mean of layers."""
    found: list[csr_array] = []

    def note(layer: nn.Module, given: tuple[object, ...], _: object) -> None:
        pairs, weights = layer.attention_weights(*given)  # type: ignore[operator]
        found.append(_square(pairs, weights, size))

    layers = [layer for layer in model.modules() if hasattr(layer, "attention_weights")]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return csr_array(sum(found[1:], found[0]) / len(found))


def _square(pairs: Tensor, weights: Tensor, size: int) -> csr_array:
    """Return weights [E] of senders and receivers [2, E] with a row for each receiver."""
    sender, receiver = pairs.numpy()
    values = weights.double().numpy()
    return csr_array((values, (receiver, sender)), shape=(size, size))


def between(
    weights: csr_array, source: int, target: int, first: int = 0
) -> list[tuple[int, float]]:
    """Return the nodes through which `source` sees `target`, by the product of both weights.

    Those before `first` don't count.
    """
    after: Floats = csr_array(weights[[source]]).toarray()[0]
    before: Floats = csr_array(weights[:, [target]]).toarray()[:, 0]
    both = (after * before)[first:]
    best = np.argsort(-both, kind="stable")[:MOST_PATHS]
    return [(int(row) + first, float(both[row])) for row in best if both[row] > 0]
