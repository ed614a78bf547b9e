"""LargeGT (Dwivedi, Liu, Luu, Bresson, Shah, Zhao 2023, "Graph Transformers for Large Graphs").

One layer; every node's result depends on K sampled nodes and C centroids, never on all N nodes:

    local:   K nodes of the 1- and 2-hop neighbourhood give 3K tokens, their features h_j, the
             means of their neighbours (D⁻¹A h)_j, and of those (D⁻¹A)² h)_j; one Transformer
             layer over [self, tokens]; the node's own token is read
    global:  softmax(q · k_c / √d + log n_c) over the C centroids of a codebook that follows the
             nodes by exponential means (VQ), n_c nodes in each
    out      = W ReLU(U [local ∥ global])

For graphs too large to hold at once, `hops` keeps each node's three features, and `sampled`
answers for B nodes in time and memory O(B · K), whatever N is.
Shapes: x [N, in], tokens [N, K] int64, encodings [N, encoding_dim] (appended to x) → [N, out].
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention.linear import codebook_attention
from paperflow.graph_models.blocks import FeedForward
from paperflow.graph_models.samplers import repeatable, sample_tokens


class LargeGT(nn.Module):
    """Sampled neighbourhood tokens beside a codebook of the whole graph."""

    def __init__(
        self,
        in_channels: int,
        hidden: int,
        out_channels: int,
        *,
        heads: int = 2,
        samples: int = 16,
        centroids: int = 256,
        dropout: float = 0.0,
        encoding_dim: int = 0,
    ) -> None:
        super().__init__()
        self.heads, self.samples = heads, samples
        # Without a constant, so that means may be taken before or after it.
        self.stem = nn.Linear(in_channels + encoding_dim, hidden, bias=False)
        self.local = Local(hidden, heads, dropout)
        self.codebook = Codebook(centroids, hidden)
        self.q, self.kv = nn.Linear(hidden, hidden), nn.Linear(hidden, 2 * hidden)
        self.join, self.drop = nn.Linear(2 * hidden, hidden), nn.Dropout(dropout)
        self.head = nn.Linear(hidden, out_channels)

    def forward(
        self,
        x: Tensor,
        graph: ops.Graph,
        edge_attr: Tensor | None = None,
        encodings: Tensor | None = None,
        tokens: Tensor | None = None,
    ) -> Tensor:
        """Return node embeddings [N, out]; without `tokens` they are drawn here."""
        if tokens is None:
            tokens = draw(graph, self.samples, self.training)
        h = hops(self.stem(x if encodings is None else torch.cat([x, encodings], 1)), graph)
        return self._answer(h[:, 0], h[tokens])

    def sampled(self, kept: Tensor, nodes: Tensor, tokens: Tensor) -> Tensor:
        """Return embeddings [B, out] of nodes [B] with tokens [B, K].

        `kept` [N, 3, in + encoding_dim] are the hops of all features, made once.
        """
        return self._answer(self.stem(kept[nodes, 0]), self.stem(kept[tokens]))

    def _answer(self, own: Tensor, near: Tensor) -> Tensor:
        both = torch.cat([self.local(own, near), self.far(own)], 1)
        out: Tensor = self.head(self.drop(self.join(both).relu()))
        return out

    def far(self, h: Tensor) -> Tensor:
        """Attend to the codebook, which follows h in training."""
        if self.training:
            self.codebook.follow(h.detach())
        q = self.q(h).view(len(h), self.heads, -1)
        centroids, counts = self.codebook.centroids, self.codebook.counts
        k, v = self.kv(centroids).view(len(centroids), 2, self.heads, -1).unbind(1)
        return codebook_attention(q, k, v, counts).flatten(1)


class Local(nn.Module):
    """A Transformer layer over each node's 3K + 1 tokens, read at the node itself."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.drop, self.kind = heads, nn.Dropout(dropout), nn.Embedding(4, width)
        self.q, self.kv, self.o = (nn.Linear(width, size) for size in (width, 2 * width, width))
        self.feed = FeedForward(width, dropout)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))

    def forward(self, own: Tensor, near: Tensor) -> Tensor:
        """Return [B, width] of nodes [B, width] and the hops of their tokens [B, K, 3, width]."""
        own = own + self.kind.weight[0]
        near = (near + self.kind.weight[1:]).flatten(1, 2)
        near = torch.cat([own.unsqueeze(1), near], 1)
        q = self.q(own).view(len(own), 1, self.heads, -1).transpose(1, 2)
        k, v = self.kv(near).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v).flatten(1)
        out = self.norms[0](own + self.drop(self.o(mixed)))
        read: Tensor = self.norms[1](out + self.drop(self.feed(out)))
        return read


class Codebook(nn.Module):
    """Centroids [C, width] that follow nodes by exponential means, and how many each holds."""

    centroids: Tensor
    counts: Tensor

    def __init__(self, count: int, width: int, decay: float = 0.99) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("centroids", torch.randn(count, width))
        self.register_buffer("counts", torch.ones(count))

    @torch.no_grad()
    def follow(self, h: Tensor) -> None:
        """Move each centroid towards the mean of the nodes of h [N, width] nearest to it."""
        owner = torch.cdist(h, self.centroids).argmin(1)
        found = F.one_hot(owner, len(self.centroids)).to(h.dtype)
        held = found.sum(0)
        mean = found.T @ h / held.clamp(min=1).unsqueeze(1)
        rate = (1 - self.decay) * (held > 0).to(h.dtype).unsqueeze(1)
        self.centroids.lerp_(mean, rate.expand_as(mean))
        self.counts.lerp_(held, 1 - self.decay)


def hops(x: Tensor, graph: ops.Graph) -> Tensor:
    """Return features, their means over neighbours, and the means of those, [N, 3, d]."""
    one = ops.spmm(graph, x, op="mean")
    return torch.stack([x, one, ops.spmm(graph, one, op="mean")], 1)


def draw(graph: ops.Graph, count: int, training: bool) -> Tensor:
    """Draw tokens for all nodes, [N, count]; outside training always the same."""
    with repeatable(not training):
        return sample_tokens(graph, torch.arange(graph.num_dst, device=graph.device), count)
