"""Graph Mamba network (Behrouz, Hashemi 2024, "Graph Mamba: Learning on Graphs with State Spaces").

Tokens of a node v are the subgraphs that M random walks of m steps reach from it, S of them for
each m = K, …, 1, the widest first, so that what is near is read with what lies around it; the
last is the node itself. Of the nodes R of such a walk:

    token(R) = mean_{u ∈ R} ReLU(A h_u + B mean_{w ∈ N(u) ∩ R} h_w)    messages inside the subgraph
    local:     h_v ← h_v + mean BiSSM(tokens of v, widest first)
    global:    h   ← h + BiSSM(h in ascending order of degree)         then feed-forward

A walk of m steps is the beginning of one of K steps. Walks [N, S, M, K + 1] are drawn anew for
each pass in training; nodes of one degree are read in the order of their numbers.
Shapes: x [N, in], encodings [N, encoding_dim] → [N, out].
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.blocks import FeedForward, Stem, stack
from paperflow.graph_models.samplers import random_walks, repeatable
from paperflow.graph_models.state_space import Bidirectional


@dataclass(frozen=True)
class Reached:
    """Subgraphs of R nodes, repeated ones left out by weight 0.

    `members` [N, S, R] are nodes, `share` [N, S, R] their weights, of sum 1, and `near`
    [N, S, R, R] the weights of each one's neighbours inside.
    """

    members: Tensor
    share: Tensor
    near: Tensor


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
        samples: int = 2,
        walks: int = 2,
        states: int = 8,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.drawn = samples, walks, steps
        self.stem = Stem(in_channels, hidden, encoding_dim)
        self.layers = stack(layers, lambda: Layer(hidden, states, dropout))
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
        walks: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; without `walks` they are drawn here."""
        h = self.stem(x, encodings)
        if walks is None:
            walks = draw(graph, *self.drawn, self.training)
        lengths = range(walks.shape[3], 1, -1)
        subgraphs = [reached(walks[..., :length], graph, h.dtype) for length in lengths]
        for layer in self.layers:
            h = layer(h, graph, subgraphs)
        out: Tensor = self.head(h)
        return out


class Layer(nn.Module):
    """Local and global state spaces, then feed-forward; each with norm before and residual."""

    def __init__(self, width: int, states: int, dropout: float) -> None:
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.own, self.heard = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.local, self.wide = Bidirectional(width, states), Bidirectional(width, states)
        self.feed = FeedForward(width, dropout)
        self.norms = stack(3, lambda: nn.LayerNorm(width))

    def forward(self, h: Tensor, graph: ops.Graph, subgraphs: list[Reached]) -> Tensor:
        """Return the nodes [N, width] after this layer."""
        h = h + self.drop(self.local(self.tokens(self.norms[0](h), subgraphs)).mean(1))
        order = graph.ptr.diff().argsort(stable=True)
        back = order.argsort()
        h = h + self.drop(self.wide(self.norms[1](h)[order].unsqueeze(0))[0, back])
        out: Tensor = h + self.drop(self.feed(self.norms[2](h)))
        return out

    def tokens(self, h: Tensor, subgraphs: list[Reached]) -> Tensor:
        """Return each node's tokens, the widest first, [N, K · S + 1, width]."""
        own, heard = self.own(h), self.heard(h)
        found = []
        for part in subgraphs:
            inside = (own[part.members] + part.near @ heard[part.members]).relu()
            found.append((part.share.unsqueeze(2) @ inside).squeeze(2))
        return torch.cat([*found, own.relu().unsqueeze(1)], 1)


def draw(graph: ops.Graph, samples: int, walks: int, steps: int, training: bool) -> Tensor:
    """Draw walks from all nodes, [N, S, M, K + 1]; outside training always the same."""
    nodes = torch.arange(graph.num_dst, device=graph.device)
    with repeatable(not training):
        found = random_walks(graph, nodes.repeat_interleave(samples * walks), steps)
    return found.view(len(nodes), samples, walks, -1)


def reached(walks: Tensor, graph: ops.Graph, dtype: torch.dtype) -> Reached:
    """Return the subgraphs of the nodes that walks [N, S, M, L] visit, R = M · L."""
    members = walks.flatten(2).sort(-1).values
    new = torch.ones_like(members, dtype=torch.bool)
    new[..., 1:] = members[..., 1:] != members[..., :-1]
    senders, receivers = graph.ends()
    edges = (receivers * graph.num_src + senders).sort().values
    edges = F.pad(edges, (0, 1), value=graph.num_dst * graph.num_src)  # beyond all pairs
    pairs = members.unsqueeze(-1) * graph.num_src + members.unsqueeze(-2)
    near = (edges[torch.searchsorted(edges, pairs)] == pairs) & new.unsqueeze(-2)
    return Reached(members, _mean(new.to(dtype)), _mean(near.to(dtype)))


def _mean(chosen: Tensor) -> Tensor:
    """Return the weights of a mean over the places of the last dimension that hold a 1."""
    return chosen / chosen.sum(-1, keepdim=True).clamp(min=1)
