"""What turns node embeddings into answers: about nodes, pairs, sentences, sets, and graphs."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from paperflow import ops


def mlp(widths: list[int], dropout: float = 0.0) -> nn.Sequential:
    """Return linear layers of these widths with ReLU and dropout between them."""
    layers: list[nn.Module] = []
    for wide, narrow in pairwise(widths):
        layers += [nn.Linear(wide, narrow), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers[:-2])


class NodeHead(nn.Module):
    """Classifies nodes: [N, D] to logits [N, classes]."""

    def __init__(self, width: int, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.net = mlp([width, width, classes], dropout)

    def forward(self, nodes: Tensor) -> Tensor:
        """Return logits [N, classes]."""
        logits: Tensor = self.net(nodes)
        return logits


class DotHead(nn.Module):
    """Scores pairs by dot products."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return scores [B] of embeddings [B, D]."""
        return (first * second).sum(-1)


class MLPHead(nn.Module):
    """Scores pairs by a net over the product of their embeddings; the order plays no part."""

    def __init__(self, width: int, hidden: int | None = None, dropout: float = 0.0) -> None:
        super().__init__()
        self.net = mlp([width, hidden or width, hidden or width, 1], dropout)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return scores [B] of embeddings [B, D]."""
        scores: Tensor = self.net(first * second)
        return scores.squeeze(-1)


class DistMultHead(nn.Module):
    """Scores (first, relation, second) by Σ u_i r_i v_i (Yang et al., 2015)."""

    def __init__(self, width: int, relations: int = 1) -> None:
        super().__init__()
        self.relation = nn.Parameter(torch.ones(relations, width))

    def forward(self, first: Tensor, second: Tensor, relation: Tensor | None = None) -> Tensor:
        """Return scores [B]; the relation [B] is 0 where it is not given."""
        return (first * _rows(self.relation, relation) * second).sum(-1)


class ComplExHead(nn.Module):
    """Scores by Re Σ u_i r_i conj(v_i), real parts first (Trouillon et al., 2016)."""

    def __init__(self, width: int, relations: int = 1) -> None:
        super().__init__()
        if width % 2:
            raise ValueError(f"ComplEx needs an even width, not {width}")
        # Real 1, imaginary 0 would leave the score symmetric, with no slope out of it.
        self.relation = nn.Parameter(torch.randn(relations, width) * width**-0.5 + 1)

    def forward(self, first: Tensor, second: Tensor, relation: Tensor | None = None) -> Tensor:
        """Return scores [B]; the relation [B] is 0 where it is not given."""
        a, b = first.chunk(2, -1)
        p, q = _rows(self.relation, relation).chunk(2, -1)
        c, d = second.chunk(2, -1)
        return ((a * p - b * q) * c + (a * q + b * p) * d).sum(-1)


class RotatEHead(nn.Module):
    """Scores by -Σ |u_i e^{iθ_i} - v_i| (Sun et al., 2019)."""

    def __init__(self, width: int, relations: int = 1) -> None:
        super().__init__()
        if width % 2:
            raise ValueError(f"RotatE needs an even width, not {width}")
        self.angle = nn.Parameter(torch.empty(relations, width // 2).uniform_(-3.14, 3.14))

    def forward(self, first: Tensor, second: Tensor, relation: Tensor | None = None) -> Tensor:
        """Return scores [B]; the relation [B] is 0 where it is not given."""
        a, b = first.chunk(2, -1)
        angle = _rows(self.angle, relation)
        c, d = second.chunk(2, -1)
        cos, sin = angle.cos(), angle.sin()
        real, imaginary = a * cos - b * sin - c, a * sin + b * cos - d
        return -(real**2 + imaginary**2 + 1e-12).sqrt().sum(-1)


class TransRHead(nn.Module):
    """Scores by -‖W_r u + r - W_r v‖² (Lin et al., 2015)."""

    def __init__(self, width: int, relations: int = 1, relation_width: int | None = None) -> None:
        super().__init__()
        inner = relation_width or width
        self.relation = nn.Parameter(torch.randn(relations, inner) * inner**-0.5)
        self.project = nn.Parameter(torch.randn(relations, width, inner) * width**-0.5)

    def forward(self, first: Tensor, second: Tensor, relation: Tensor | None = None) -> Tensor:
        """Return scores [B]; the relation [B] is 0 where it is not given."""
        moved = (first - second).unsqueeze(-2) @ _rows(self.project, relation)
        return -(moved.squeeze(-2) + _rows(self.relation, relation)).pow(2).sum(-1)


class CommonNeighbourHead(nn.Module):
    """Scores pairs by their product and by the sum of the neighbours that they share.

    Neural common neighbour (Wang, Yang and Zhang, "Neural Common Neighbor with Completion for
    Link Prediction", 2024): MLP(u ∘ v) + MLP(Σ_{w ∈ N(u) ∩ N(v)} w), through one more net.
    """

    def __init__(self, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.pair, self.shared = (mlp([width, width, width], dropout) for _ in range(2))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.last = mlp([width, width, 1], dropout)

    def forward(self, nodes: Tensor, pairs: Tensor, shared: tuple[Tensor, Tensor]) -> Tensor:
        """Return scores [B] of `pairs` [2, B] of nodes [N, D].

        `shared` bounds and lists each pair's common neighbours, as `shared_neighbours` does.
        """
        ptr, members = shared
        pooled = ops.segment_reduce(nodes[members], ptr, "sum")
        product = self.pair(nodes[pairs[0]] * nodes[pairs[1]])
        mixed = self.norms[0](product) + self.norms[1](self.shared(pooled))
        scores: Tensor = self.last(mixed.relu())
        return scores.squeeze(-1)


class EdgeTextHead(nn.Module):
    """Classifies a sentence about a pair: what one node says of another.

    The net sees first, second, and their product, each after a norm, beside the sentence.
    """

    def __init__(
        self, width: int, text_width: int, hidden: int, classes: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.norm, self.text_norm = nn.LayerNorm(width), nn.LayerNorm(text_width)
        self.net = mlp([3 * width + text_width, hidden, classes], dropout)

    def forward(self, first: Tensor, second: Tensor, text: Tensor) -> Tensor:
        """Return logits [B, classes] of embeddings [B, D] and sentences [B, T]."""
        first, second = self.norm(first), self.norm(second)
        seen = torch.cat([first, second, first * second, self.text_norm(text)], -1)
        logits: Tensor = self.net(seen)
        return logits


class HyperedgeHead(nn.Module):
    """Scores sets of nodes: mean and greatest of their embeddings, through a net."""

    def __init__(self, width: int, classes: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.net = mlp([2 * width, width, classes], dropout)

    def forward(self, nodes: Tensor, ptr: Tensor, members: Tensor) -> Tensor:
        """Return logits [S, classes] of sets `members[ptr[i]:ptr[i + 1]]` of nodes [N, D]."""
        rows = nodes[members]
        pooled = [ops.segment_reduce(rows, ptr, name) for name in ("mean", "max")]
        logits: Tensor = self.net(torch.cat(pooled, -1))
        return logits


class GraphHead(HyperedgeHead):
    """Classifies graphs: a graph is the set of its nodes, which lie one after another."""

    def forward(self, nodes: Tensor, ptr: Tensor, members: Tensor | None = None) -> Tensor:
        """Return logits [G, classes] of graphs with nodes `ptr[i]:ptr[i + 1]`."""
        return super().forward(nodes, ptr, torch.arange(len(nodes), device=nodes.device))


class RankHead(nn.Module):
    """Orders candidates for a query by the cosine of their projections, times a learnt scale."""

    def __init__(self, width: int, inner: int | None = None) -> None:
        super().__init__()
        self.query, self.item = (nn.Linear(width, inner or width) for _ in range(2))
        self.scale = nn.Parameter(torch.tensor(10.0))

    def forward(self, query: Tensor, items: Tensor) -> Tensor:
        """Return scores [B, K] of queries [B, D] and items [B, K, D] or [K, D]."""
        q = nn.functional.normalize(self.query(query), dim=-1)
        k = nn.functional.normalize(self.item(items), dim=-1)
        return self.scale * (k @ q.unsqueeze(-1)).squeeze(-1)


PAIR_HEADS: dict[str, Callable[[int], nn.Module]] = {
    "dot": lambda width: DotHead(),
    "mlp": MLPHead,
    "distmult": DistMultHead,
    "complex": ComplExHead,
    "rotate": RotatEHead,
    "transr": TransRHead,
}


def _rows(table: Tensor, index: Tensor | None) -> Tensor:
    return table[0] if index is None else table[index]
