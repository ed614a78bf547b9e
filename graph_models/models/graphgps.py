"""GraphGPS (Rampášek et al. 2022, "Recipe for a General, Powerful, Scalable Graph Transformer").

    h_L = Norm(h + Conv(h, graph, e)),   h_G = Norm(h + Attention(h))
    h'  = Norm(h_L + h_G + FFN(h_L + h_G))

Any convolution (`CONVOLUTIONS`), any global attention (`blocks.GLOBAL`) and any node encodings.
Shapes: x [N, in], edge_attr [E, edge_dim], encodings [N, encoding_dim] → [N, out].
"""

from collections.abc import Callable

from torch import Tensor, nn
from torch_geometric.nn import GATv2Conv, GCNConv, GINConv, GINEConv, MessagePassing, SAGEConv

from paperflow import ops
from paperflow.graph_models.blocks import (
    GPS,
    FeedForward,
    GlobalAttention,
    Local,
    Norm,
    Stem,
    stack,
)

CONVOLUTIONS: dict[str, Callable[[int], MessagePassing]] = {
    "gatv2": lambda width: GATv2Conv(width, width, add_self_loops=False),
    "gcn": lambda width: GCNConv(width, width),
    "gin": lambda width: GINConv(FeedForward(width)),
    "gine": lambda width: GINEConv(FeedForward(width)),
    "sage": lambda width: SAGEConv(width, width),
}


class GraphGPS(nn.Module):
    """Blocks of local convolution beside global attention."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 3,
        heads: int = 4,
        dropout: float = 0.0,
        conv: str | None = None,
        attention: str = "softmax",
        norm: Norm = nn.BatchNorm1d,
        encoding_dim: int = 0,
        edge_dim: int = 0,
    ) -> None:
        super().__init__()
        make = _convolution(conv, edge_dim)
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.edge_stem = nn.Linear(edge_dim, hidden) if edge_dim else None

        def block() -> GPS:
            local, mixer = Local(make(hidden)), GlobalAttention(hidden, heads, attention)
            return GPS(hidden, local, mixer, norm=norm, dropout=dropout)

        self.layers = stack(layers, block)
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]."""
        h = self.stem(x, encodings)
        e = None if self.edge_stem is None else self.edge_stem(edge_attr)
        for layer in self.layers:
            h = layer(h, graph, e)
        out: Tensor = self.head(h)
        return out


def _convolution(name: str | None, edge_dim: int) -> Callable[[int], MessagePassing]:
    """Return what makes the convolution; without a name gine where there are edge features."""
    name = name or ("gine" if edge_dim else "gcn")
    if (name == "gine") != bool(edge_dim):
        raise ValueError("gine, and no other convolution here, reads edge features")
    return CONVOLUTIONS[name]
