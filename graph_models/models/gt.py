"""Graph Transformer (Dwivedi, Bresson 2020, "A Generalization of Transformer Networks to Graphs").

    w_ij = softmax_j (Q h_i · K h_j / √d [⊙ E e_ij])          j over the neighbours of i, per head
    ĥ_i  = Norm(h_i + O ‖_heads Σ_j w_ij V h_j)
    h_i' = Norm(ĥ_i + FFN(ĥ_i))
    ê_ij = Norm(e_ij + O_e ‖_heads (Q h_i ⊙ K h_j / √d ⊙ E e_ij)),  e_ij' = Norm(ê_ij + FFN(ê_ij))

Node encodings (Laplacian eigenvectors in the paper) are projected and added to the input;
`depth` chooses what is read of the layers (`last` in the paper).
Shapes: x [N, in], edge_attr [E, edge_dim], encodings [N, encoding_dim] → [N, out].
"""

from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention import Edges, attend
from paperflow.graph_models.attention.links import softmax
from paperflow.graph_models.blocks import Attention, FeedForward, Norm, Stem, Transformer, stack
from paperflow.graph_models.depth import read_out


class GT(nn.Module):
    """The Graph Transformer; with `edge_dim` it carries a channel of edge features."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 3,
        heads: int = 8,
        dropout: float = 0.0,
        norm: Norm = nn.BatchNorm1d,
        depth: str = "last",
        encoding_dim: int = 0,
        edge_dim: int = 0,
    ) -> None:
        super().__init__()
        self.read_out = read_out(depth, hidden, layers)
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.edge_stem = nn.Linear(edge_dim, hidden) if edge_dim else None
        if edge_dim:
            ends = [number == layers - 1 for number in range(layers)]
            made = [EdgeLayer(hidden, heads, norm, dropout, end) for end in ends]
            self.layers = nn.ModuleList(made)
        else:
            self.layers = stack(layers, lambda: _layer(hidden, heads, norm, dropout))
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]."""
        h, at, states = self.stem(x, encodings), Edges(graph), []
        e = None if self.edge_stem is None else self.edge_stem(edge_attr)
        for layer in self.layers:
            h, e = (layer(h, at), None) if e is None else layer(h, e, at)
            states.append(h)
        out: Tensor = self.head(self.read_out(states))
        return out


def _layer(width: int, heads: int, norm: Norm, dropout: float) -> Transformer:
    mixer = Attention(width, heads, dropout=dropout)
    return Transformer(width, mixer, pre=False, norm=norm, dropout=dropout)


class EdgeLayer(nn.Module):
    """One layer with the edge channel: nodes [N, width] and edges [E, width].

    The last layer leaves the edges as they are: nothing reads them.
    """

    def __init__(self, width: int, heads: int, norm: Norm, dropout: float, last: bool) -> None:
        super().__init__()
        channels = 1 if last else 2
        self.heads, self.drop = heads, nn.Dropout(dropout)
        self.project, self.edge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.joins = stack(channels, lambda: nn.Linear(width, width))
        self.feeds = stack(channels, lambda: FeedForward(width, dropout))
        self.norms = stack(2 * channels, lambda: norm(width))

    def forward(self, h: Tensor, e: Tensor, at: Edges) -> tuple[Tensor, Tensor]:
        """Return the nodes and the edges after this layer."""
        q, k, v = self.project(h).view(len(h), 3, self.heads, -1).unbind(1)
        product = at.receivers(q) * at.senders(k) * q.shape[-1] ** -0.5
        product = product * self.edge(e).view_as(product)
        mixed = attend(q, k, v, at, score=lambda *_: product.sum(-1), link=softmax)
        return self._finish(0, h, mixed), self._finish(1, e, product)

    def _finish(self, channel: int, x: Tensor, change: Tensor) -> Tensor:
        if channel == len(self.joins):
            return x
        first, second = self.norms[2 * channel], self.norms[2 * channel + 1]
        x = first(x + self.drop(self.joins[channel](change.flatten(1))))
        out: Tensor = second(x + self.drop(self.feeds[channel](x)))
        return out
