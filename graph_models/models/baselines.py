"""The sober baselines: MLP, GCN (Kipf, Welling 2017), GraphSAGE (Hamilton, Ying, Leskovec 2017),
GAT (Veličković et al. 2018); the convolutions are torch_geometric's.

    GCN   h' = D̂^{-½} (A + I) D̂^{-½} h W          SAGE  h_i' = W h_i + U mean_j h_j
    GAT   h_i' = ‖_heads Σ_j softmax_j(leaky(a · [W h_i ∥ W h_j])) W h_j

Shapes: x [N, in], encodings [N, encoding_dim] (appended to x) → [N, out].
"""

from abc import ABC, abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.nn import GATConv, GCNConv, SAGEConv

from paperflow import ops
from paperflow.graph_models.blocks import Local, first_and_rest


class Layered(nn.Module, ABC):
    """Layers with dropout before each and an activation between two."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 2,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        widths = first_and_rest(in_channels + encoding_dim, hidden, out_channels, layers)
        last = len(widths) - 1
        self.layers = nn.ModuleList(self.layer(i, o, n == last) for n, (i, o) in enumerate(widths))
        self.drop = nn.Dropout(dropout)

    @abstractmethod
    def layer(self, width: int, out: int, last: bool) -> nn.Module:
        """Make a layer that is called with nodes and the graph."""

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h = x if encodings is None else torch.cat([x, encodings], 1)
        for place, layer in enumerate(self.layers):
            h = layer(self.drop(F.elu(h) if place else h), graph)
        return h


class Alone(nn.Linear):
    """A linear layer that looks at no graph."""

    def forward(self, x: Tensor, graph: ops.Graph | None = None) -> Tensor:
        """Return the projected nodes."""
        return super().forward(x)


class MLP(Layered):
    """Each node by itself."""

    def layer(self, width: int, out: int, last: bool) -> nn.Module:
        """Make a linear layer."""
        return Alone(width, out)


class GCN(Layered):
    """Graph convolutional network; loops are added."""

    def layer(self, width: int, out: int, last: bool) -> nn.Module:
        """Make a convolution."""
        return Local(GCNConv(width, out))


class SAGE(Layered):
    """GraphSAGE with the mean of the neighbours."""

    def layer(self, width: int, out: int, last: bool) -> nn.Module:
        """Make a convolution."""
        return Local(SAGEConv(width, out))


class GAT(Layered):
    """Graph attention network: `HEADS` heads side by side, one in the last layer."""

    HEADS = 8

    def layer(self, width: int, out: int, last: bool) -> nn.Module:
        """Make a convolution."""
        return WithLoops(width, out, 1 if last else self.HEADS)


class WithLoops(nn.Module):
    """A GATConv in which each node looks at itself once, whether the graph has the loop or not.

    PyG drops the graph's loops first, and the number left depends on the data, which a compiled
    graph can't. Here they point to a node more, which is cut off.
    """

    def __init__(self, width: int, out: int, heads: int) -> None:
        super().__init__()
        self.conv = GATConv(width, out // heads, heads, add_self_loops=False)

    def forward(self, x: Tensor, graph: ops.Graph) -> Tensor:
        """Return the convolved nodes."""
        out: Tensor = self.conv(F.pad(x, (0, 0, 0, 1)), self._pairs(x, graph))
        return out[:-1]

    def attention_weights(self, x: Tensor, graph: ops.Graph) -> tuple[Tensor, Tensor]:
        """Return senders and receivers [2, E], and the weights [E], the mean of the heads."""
        pairs, padded = self._pairs(x, graph), F.pad(x, (0, 0, 0, 1))
        _, (_, weights) = self.conv(padded, pairs, return_attention_weights=True)
        inside = pairs[1] < len(x)
        return pairs[:, inside], weights.mean(1)[inside]

    def _pairs(self, x: Tensor, graph: ops.Graph) -> Tensor:
        src, dst = graph.ends()
        nodes = torch.arange(len(x), device=x.device)
        dst = torch.where(src == dst, len(x), dst)
        return torch.stack([torch.cat([src, nodes]), torch.cat([dst, nodes])])
