"""Graph Mamba network (Behrouz, Hashemi 2024, "Graph Mamba: Learning on Graphs with State Spaces").

Tokens of a node v are its neighbourhoods of M, …, 1, 0 steps, the widest first, so that what
is near is read with what lies around it:

    token_m(v) = W (D⁻¹A)^m h  at v        the mean over the random walks of m steps from v
    local:   h_v ← h_v + mean BiSSM(token_M, …, token_0)
    global:  h   ← h + BiSSM(h in ascending order of degree)     then feed-forward

The paper draws walks and encodes the subgraph that they reach; here the mean over all walks is
exact and draws nothing. Shapes: x [N, in], encodings [N, encoding_dim] → [N, out].
"""

import torch
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.blocks import FeedForward, Stem, stack
from paperflow.graph_models.state_space import Bidirectional


class GMN(nn.Module):
    """State spaces over each node's neighbourhoods, and over all nodes."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        layers: int = 2,
        steps: int = 3,
        states: int = 8,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.layers = stack(layers, lambda: Layer(hidden, steps, states, dropout))
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; edge features play no part."""
        h = self.stem(x, encodings)
        for layer in self.layers:
            h = layer(h, graph)
        out: Tensor = self.head(h)
        return out


class Layer(nn.Module):
    """Local and global state spaces, then feed-forward; each with norm before and residual."""

    def __init__(self, width: int, steps: int, states: int, dropout: float) -> None:
        super().__init__()
        self.steps, self.drop = steps, nn.Dropout(dropout)
        self.local, self.wide = Bidirectional(width, states), Bidirectional(width, states)
        self.feed = FeedForward(width, dropout)
        self.norms = stack(3, lambda: nn.LayerNorm(width))

    def forward(self, h: Tensor, graph: ops.Graph) -> Tensor:
        """Return the nodes [N, width] after this layer."""
        h = h + self.drop(self.local(self.tokens(self.norms[0](h), graph)).mean(1))
        order = graph.ptr.diff().argsort(stable=True)
        back = order.argsort()
        h = h + self.drop(self.wide(self.norms[1](h)[order].unsqueeze(0))[0, back])
        out: Tensor = h + self.drop(self.feed(self.norms[2](h)))
        return out

    def tokens(self, h: Tensor, graph: ops.Graph) -> Tensor:
        """Return each node's neighbourhoods, the widest first, [N, steps + 1, width]."""
        found = [h]
        for _ in range(self.steps):
            found.append(ops.spmm(graph, found[-1], op="mean"))
        return torch.stack(found[::-1], 1)
