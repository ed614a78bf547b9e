"""MPNN + VN (Cai, Hy, Yu, Wang 2023, "On the Connection Between MPNN and Graph Transformer").

    h ← h + GCN(h);   h ← h + VN(h);   h ← h + FFN(h)      each with norm before

The virtual node sums `φ(k_j) ⊗ v_j` and `φ(k_j)` over all nodes, and every node reads both by
φ(q_i): kernel attention to all in linear time, exactly.
Shapes: x [N, in], encodings [N, encoding_dim] → [N, out].
"""

import torch
from torch import Tensor, nn
from torch_geometric.nn import GCNConv

from paperflow import ops
from paperflow.graph_models.attention.linear import virtual_node
from paperflow.graph_models.blocks import FeedForward, Local, Stem, stack


class MPNNVN(nn.Module):
    """Message passing with a virtual node."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 3,
        heads: int = 4,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.layers = stack(layers, lambda: Layer(hidden, heads, dropout))
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h, members = self.stem(x, encodings), _all_of_one(len(x), x.device)
        for layer in self.layers:
            h = layer(h, graph, members)
        out: Tensor = self.head(h)
        return out


class Layer(nn.Module):
    """One round of messages along edges, and one through the virtual node."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.drop = heads, nn.Dropout(dropout)
        self.local, self.feed = Local(GCNConv(width, width)), FeedForward(width, dropout)
        self.project, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norms = stack(3, lambda: nn.LayerNorm(width))

    def forward(self, h: Tensor, graph: ops.Graph, members: ops.Graph) -> Tensor:
        """Return the nodes [N, width] after this layer."""
        h = h + self.drop(self.local(self.norms[0](h), graph))
        q, k, v = self.project(self.norms[1](h)).view(len(h), 3, self.heads, -1).unbind(1)
        h = h + self.drop(self.join(virtual_node(q, k, v, members).flatten(1)))
        out: Tensor = h + self.drop(self.feed(self.norms[2](h)))
        return out


def _all_of_one(num: int, device: torch.device) -> ops.Graph:
    """Lead from `num` nodes to one virtual node."""
    nodes = torch.arange(num, device=device, dtype=torch.int32)
    return ops.Graph(torch.tensor([0, num], device=device), nodes, None, num)
