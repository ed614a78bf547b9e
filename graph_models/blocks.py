"""Blocks: what stands around a mixer of nodes, and local ∥ global."""

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing

from paperflow import ops
from paperflow.graph_models.attention import (
    Dense,
    Edges,
    Layout,
    Link,
    Score,
    Update,
    attend,
    linear,
)
from paperflow.graph_models.attention.carriers import edge_index
from paperflow.graph_models.attention.links import Scaled, frobenius, softmax
from paperflow.graph_models.attention.scores import Biased, dot
from paperflow.graph_models.attention.updates import Neumann, mix

Norm = Callable[[int], nn.Module]


class Attention(nn.Module):
    """Multi-head attention of nodes over a carrier with any score, link and update.

    `Q, K, V` project [N, width] to heads, `O` joins them; a bias [pairs, heads] adds to scores,
    and a gate [pairs, heads] multiplies weights.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        score: Score = dot,
        link: Link = softmax,
        update: Update = mix,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} can't be shared by {heads} heads")
        self.heads, self.dropout = heads, dropout
        self.score, self.link, self.update = score, link, update
        self.project, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(
        self, x: Tensor, carrier: Layout, bias: Tensor | None = None, gate: Tensor | None = None
    ) -> Tensor:
        """Return the mixed nodes [N, width]."""
        q, k, v = self._projected(x)
        score, link = self._weighing(bias, gate)
        dropout = self.dropout if self.training else 0.0
        out = attend(q, k, v, carrier, score, link, self.update, dropout)
        joined: Tensor = self.join(out.flatten(1))
        return joined

    def attention_weights(
        self, x: Tensor, carrier: Edges, bias: Tensor | None = None, gate: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return senders and receivers [2, E], and the weights [E], the mean of the heads."""
        q, k, _ = self._projected(x)
        score, link = self._weighing(bias, gate)
        weights = link(score(q, k, carrier), carrier)
        return torch.stack(carrier.graph.ends()), weights.mean(1)

    def _projected(self, x: Tensor) -> tuple[Tensor, ...]:
        parts: tuple[Tensor, ...] = self.project(x).view(len(x), 3, self.heads, -1).unbind(1)
        return parts

    def _weighing(self, bias: Tensor | None, gate: Tensor | None) -> tuple[Score, Link]:
        score = self.score if bias is None else Biased(bias, self.score)
        return score, self.link if gate is None else Scaled(gate, self.link)


class FeedForward(nn.Sequential):
    """Two linear layers with an activation between them, `expand` times as wide inside."""

    def __init__(
        self, width: int, dropout: float = 0.0, expand: int = 2, act: type[nn.Module] = nn.ReLU
    ) -> None:
        inner = expand * width
        super().__init__(
            nn.Linear(width, inner), act(), nn.Dropout(dropout), nn.Linear(inner, width)
        )

    def nested(self, x: Tensor, inner: int) -> Tensor:
        """Run the first `inner` hidden units alone, a smaller model inside this one (MatFormer)."""
        first, act, drop, last = self
        assert isinstance(first, nn.Linear)
        assert isinstance(last, nn.Linear)
        hidden = drop(act(F.linear(x, first.weight[:inner], first.bias[:inner])))
        return F.linear(hidden, last.weight[:, :inner], last.bias)


class Transformer(nn.Module):
    """A mixer and a feed-forward part, each with residual and norm.

    `pre` puts the norm before a part (Xiong et al. 2020), else after the sum (Vaswani et al.
    2017). `macaron` puts half a feed-forward step on either side (Lu et al. 2019), which as a
    splitting of a differential equation is of second order.
    """

    def __init__(
        self,
        width: int,
        mixer: nn.Module,
        *,
        pre: bool = True,
        macaron: bool = False,
        norm: Norm = nn.LayerNorm,
        feed: Callable[[], nn.Module] | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        feed = feed or (lambda: FeedForward(width, dropout))
        self.pre, self.at, self.share = pre, int(macaron), 0.5 if macaron else 1.0
        parts = [feed(), mixer, feed()] if macaron else [mixer, feed()]
        self.parts, self.drop = nn.ModuleList(parts), nn.Dropout(dropout)
        self.norms = nn.ModuleList(norm(width) for _ in parts)

    def forward(self, x: Tensor, *carrier: Layout | ops.Graph | Tensor | None) -> Tensor:
        """Return the nodes [N, width]; what follows x goes to the mixer."""
        for place, (part, norm) in enumerate(zip(self.parts, self.norms, strict=True)):
            inside = norm(x) if self.pre else x
            mixing = place == self.at
            change = part(inside, *carrier) if mixing else self.share * part(inside)
            x = x + self.drop(change)
            x = x if self.pre else norm(x)
        return x


class Local(nn.Module):
    """A convolution of torch_geometric over an `ops.Graph`."""

    def __init__(self, conv: MessagePassing) -> None:
        super().__init__()
        self.conv = conv

    def forward(self, x: Tensor, graph: ops.Graph, edge_attr: Tensor | None = None) -> Tensor:
        """Return the convolved nodes."""
        extra = () if edge_attr is None else (edge_attr,)
        out: Tensor = self.conv(x, edge_index(graph), *extra)
        return out


class GlobalAttention(nn.Module):
    """Attention of every node to all, by a name in `GLOBAL`.

    `softmax` and `infsa` compare all pairs; the others take linear time.
    """

    def __init__(self, width: int, heads: int, kind: str = "softmax") -> None:
        super().__init__()
        if kind not in GLOBAL:
            raise ValueError(f"no global attention {kind!r}; there are {', '.join(sorted(GLOBAL))}")
        self.heads, self.kind = heads, kind
        self.project, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.phi = linear.RandomFeatures(width // heads) if kind == "performer" else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the mixed nodes [N, width]."""
        q, k, v = self.project(x).view(len(x), 3, self.heads, -1).unbind(1)
        if self.phi is not None:
            out = linear.kernel_attention(q, k, v, self.phi)
        else:
            out = GLOBAL[self.kind](q, k, v)
        joined: Tensor = self.join(out.flatten(1))
        return joined


def _softmax_to_all(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return attend(q, k, v, Dense(len(q), len(k)))


def _infsa_to_all(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return attend(q, k, v, Dense(len(q), len(k)), dot, frobenius, Neumann(0.9, 4))


GLOBAL: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "softmax": _softmax_to_all,
    "performer": linear.kernel_attention,
    "kernel": linear.kernel_attention,
    "flow": linear.flow_attention,
    "infsa": _infsa_to_all,
    "pooled": linear.pooled_infsa,
}


class GPS(nn.Module):
    """Local convolution ∥ global attention, then feed-forward (Rampášek et al. 2022).

    `local(x, graph, edge_attr)` and `mixer(x)` see the same input; each has residual and norm.
    """

    def __init__(
        self,
        width: int,
        local: nn.Module,
        mixer: nn.Module,
        *,
        norm: Norm = nn.BatchNorm1d,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.local, self.mixer, self.drop = local, mixer, nn.Dropout(dropout)
        self.feed = FeedForward(width, dropout)
        self.norms = nn.ModuleList(norm(width) for _ in range(3))

    def forward(self, x: Tensor, graph: ops.Graph, edge_attr: Tensor | None = None) -> Tensor:
        """Return the nodes [N, width]."""
        near = self.norms[0](x + self.drop(self.local(x, graph, edge_attr)))
        far = self.norms[1](x + self.drop(self.mixer(x)))
        both = near + far
        out: Tensor = self.norms[2](both + self.drop(self.feed(both)))
        return out


class Stem(nn.Module):
    """Project features and, where there are any, encodings of nodes to one width."""

    def __init__(self, in_channels: int, width: int, encoding_dim: int = 0) -> None:
        super().__init__()
        self.features = nn.Linear(in_channels, width)
        self.encodings = nn.Linear(encoding_dim, width, bias=False) if encoding_dim else None

    def forward(self, x: Tensor, encodings: Tensor | None) -> Tensor:
        """Return [N, width]; ValueError where encodings are given to a stem without, or lack."""
        if (encodings is None) != (self.encodings is None):
            raise ValueError("give encodings if, and only if, the model has an encoding_dim")
        out: Tensor = self.features(x)
        return out if self.encodings is None else out + self.encodings(encodings)


def stack(count: int, make: Callable[[], nn.Module]) -> nn.ModuleList:
    """Return `count` blocks with parameters of their own."""
    return nn.ModuleList(make() for _ in range(count))


def first_and_rest(first: int, hidden: int, last: int, count: int) -> list[tuple[int, int]]:
    """Return the widths in and out of `count` layers from `first` over `hidden` to `last`."""
    widths = [first, *[hidden] * (count - 1), last]
    return list(pairwise(widths))
