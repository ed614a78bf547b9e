"""Every score, link and update of the operator, and which of them go together."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import torch
from torch import Tensor, nn

from paperflow.graph_models.attention import Dense, Layout, attend, links, scores, updates
from tests.graph_models.shapes import HEADS, NODES, WIDTH, features

RELATIONS = 3


@dataclass(frozen=True)
class Pairs:
    """What is known of pairs of nodes: relation [N, N], bias [N, N, H], value [N, N, H, d]."""

    relation: Tensor
    bias: Tensor
    value: Tensor

    @classmethod
    def drawn(cls, dtype: torch.dtype, num: int = NODES) -> Self:
        """Draw the features of all pairs."""
        nodes = torch.arange(num)
        relation = (nodes.unsqueeze(1) + 2 * nodes) % RELATIONS
        bias = features(num, num, HEADS, seed=6, dtype=dtype)
        return cls(relation, bias, features(num, num, HEADS, WIDTH, seed=7, dtype=dtype))

    def at(self, layout: Layout) -> Self:
        """Return the features of the layout's pairs."""
        return self if isinstance(layout, Dense) else self._each(lambda x: x[layout.ends()])

    def chosen(self, receivers: Tensor, senders: Tensor) -> Self:
        """Return the features of the pairs of some nodes, in this order."""
        return self._each(lambda x: x[receivers][:, senders])

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        return type(self)(change(self.relation), change(self.bias), change(self.value))


Make = Callable[[torch.dtype, Pairs], Any]


def fixed(part: Any) -> Make:
    """Return a maker of a part without weights."""
    return lambda dtype, pairs: part


def seeded(make: Callable[[], nn.Module]) -> Make:
    """Return a maker of a part with the same random weights each time."""

    def build(dtype: torch.dtype, pairs: Pairs) -> nn.Module:
        torch.manual_seed(5)
        return make().to(dtype)

    return build


def matrices(dtype: torch.dtype, *more: int) -> Tensor:
    """Return the same random matrices [.., H, d, d] each time."""
    return features(*more, HEADS, WIDTH, WIDTH, seed=9, dtype=dtype)


def geodesic(curvature: float) -> Make:
    """Return a maker of the score of a curved space."""

    def build(dtype: torch.dtype, pairs: Pairs) -> scores.Geodesic:
        kappa = torch.full((HEADS,), curvature, dtype=dtype)
        return scores.Geodesic(kappa, torch.linspace(0.5, 1.5, HEADS, dtype=dtype))

    return build


def transr(dtype: torch.dtype, pairs: Pairs) -> scores.TransR:
    """Make the score by projected and shifted relations."""
    shift = features(RELATIONS, HEADS, WIDTH, seed=8, dtype=dtype)
    return scores.TransR(matrices(dtype, RELATIONS), shift, pairs.relation)


class Gin(nn.Linear):
    """The isomorphic update with a layer of its own."""

    def __init__(self) -> None:
        super().__init__(WIDTH, 3)

    def forward(self, *given: Any) -> Tensor:
        """Run as the update, or as the net inside it."""
        if len(given) == 1:
            return super().forward(given[0]).tanh()
        return updates.Gin(self, 0.5)(*given)


SCORES: dict[str, Make] = {
    "dot": fixed(scores.dot),
    "half_l2": fixed(scores.half_l2),
    "additive": seeded(lambda: scores.Additive(HEADS, WIDTH)),
    "bilinear": lambda dtype, pairs: scores.Bilinear(matrices(dtype)),
    "features": fixed(scores.Features(torch.sigmoid)),
    "power law": seeded(lambda: scores.PowerLaw(HEADS, WIDTH)),
    "relational": lambda dtype, p: scores.Relational(matrices(dtype, RELATIONS), p.relation),
    "transr": transr,
    "hyperbolic": geodesic(-0.7),
    "spherical": geodesic(0.7),
    "biased": lambda dtype, pairs: scores.Biased(pairs.bias),
}
LINKS: dict[str, Make] = {
    "softmax": fixed(links.softmax),
    "clamped": fixed(links.ClampedSoftmax(0.5)),
    "reversed": fixed(links.reversed_softmax),
    "top m": fixed(links.TopM(3)),
    "scaled": lambda dtype, pairs: links.Scaled(1 + pairs.bias.tanh()),
    "ones": fixed(links.ones),
    "uniform": fixed(links.uniform),
    "frobenius": fixed(links.frobenius),
    "sinkhorn": fixed(links.Sinkhorn(4)),
}
# These read evidence, which is positive.
EVIDENCE: dict[str, Make] = {
    "normalised": fixed(links.normalised),
    "flow": fixed(links.flow),
    "signed sum": fixed(links.signed_sum),
}
UPDATES: dict[str, Make] = {
    "mix": fixed(updates.mix),
    "edge mix": lambda dtype, pairs: updates.EdgeMix(pairs.value),
    "gin": seeded(lambda: Gin()),
    "pna": fixed(updates.pna),
    "neumann": fixed(updates.Neumann(0.3, 3)),
    "p-laplacian": fixed(updates.PLaplacian(1.5, 0.1)),
    "gate": seeded(lambda: updates.Gated(WIDTH)),
    "bi-interaction": seeded(lambda: updates.BiInteraction(WIDTH, 3)),
}
LINKED = [*product(SCORES, LINKS), *product(["features"], EVIDENCE)]
# A p-Laplacian divides by a node's weights; ReLU may leave it none.
EVERY = [
    (*pair, u) for pair in LINKED for u in UPDATES if (pair[1], u) != ("frobenius", "p-laplacian")
]
# One choice varied at a time, where all combinations would take long.
SOME = [(s, link, "mix") for s in SCORES for link in LINKS if s == "dot" or link == "softmax"]
SOME += [("features", link, u) for link in EVIDENCE for u in ("mix", "gin", "pna")]
SOME += [("dot", link, u) for link in ("softmax", "uniform", "top m") for u in UPDATES]
SOME += [("half_l2", "frobenius", "neumann"), ("features", "sinkhorn", "gate")]


def run(
    inputs: list[Tensor], carrier: Layout, pairs: Pairs, score: str, link: str, *names: str
) -> list[Tensor]:
    """Run the operator with the named score and link, and return what each named update gives."""
    dtype, here = inputs[0].dtype, pairs.at(carrier)
    evidence, weigh = SCORES[score](dtype, here), {**LINKS, **EVIDENCE}[link](dtype, here)
    chosen = [UPDATES[name](dtype, here) for name in names]
    if len(chosen) == 1:
        return [attend(*inputs, carrier, evidence, weigh, chosen[0])]

    def all_of_them(*given: Any) -> Any:
        return [update(*given) for update in chosen]

    found: Any = attend(*inputs, carrier, evidence, weigh, all_of_them)
    return list(found)
