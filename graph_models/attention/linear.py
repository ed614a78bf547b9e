"""Attention over all nodes in linear time: the factored twins of dense choices of the operator.

q [Nd, H, d], k and v [Ns, H, …]; none of them forms a matrix of pairs.
"""

from collections.abc import Callable
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from paperflow import ops
from paperflow.graph_models.attention.links import TINY

FeatureMap = Callable[[Tensor], Tensor]


def elu_features(x: Tensor) -> Tensor:
    """Return `elu(x) + 1`, positive (Katharopoulos et al. 2020)."""
    return F.elu(x) + 1


def kernel_attention(q: Tensor, k: Tensor, v: Tensor, phi: FeatureMap = elu_features) -> Tensor:
    """Return `φ(q) Σ φ(k)ᵀv / (φ(q) · Σ φ(k))`: score `Features(φ)`, link `normalised`."""
    q, k = phi(q), phi(k)
    state, mass = torch.einsum("mhf,mhd->hfd", k, v), k.sum(0)
    total = torch.einsum("nhf,hf->nh", q, mass) + TINY
    return torch.einsum("nhf,hfd->nhd", q, state) / total.unsqueeze(-1)


def virtual_node(
    q: Tensor, k: Tensor, v: Tensor, members: ops.Graph, phi: FeatureMap = elu_features
) -> Tensor:
    """Compute kernel attention by messages through virtual nodes (Cai et al. 2023).

    `members` leads from the nodes to the G virtual nodes, one for each graph of a batch. A virtual
    node sums `φ(k) ⊗ v` and `φ(k)`; each node reads both with φ(q).
    """
    q, k = phi(q), phi(k)
    state = (k.unsqueeze(-1) * v.unsqueeze(-2)).flatten(-2)
    state, mass = ops.spmm(members, state), ops.spmm(members, k)
    state, mass = ops.spmm(members.T, state), ops.spmm(members.T, mass)
    state = state.view(*k.shape, v.shape[-1])
    total = (q * mass).sum(-1, keepdim=True) + TINY
    return torch.einsum("nhf,nhfd->nhd", q, state) / total


def flow_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return flow attention with φ = σ (Flowformer, equations 4 to 8); dense twin: `links.flow`."""
    q, k = q.sigmoid(), k.sigmoid()
    into = torch.einsum("nhd,hd->nh", q, k.sum(0)) + TINY
    out = torch.einsum("mhd,hd->mh", k, q.sum(0)) + TINY
    taken = torch.einsum("nhd,hd->nh", q, (k / out.unsqueeze(-1)).sum(0))
    given = torch.einsum("mhd,hd->mh", k, (q / into.unsqueeze(-1)).sum(0))
    competing = v * (given.softmax(0) * len(k)).unsqueeze(-1)
    state = torch.einsum("mhd,mhe->hde", k, competing)
    return torch.einsum("nhd,hde->nhe", q, state) * (taken.sigmoid() / into).unsqueeze(-1)


def pooled_infsa(q: Tensor, k: Tensor, v: Tensor, rho: float = 0.9) -> Tensor:
    """Return Linear-InfSA: one weighted mean of v for all receivers (Roffo 2026, section 4).

    The central query is the mean of q weighted by norms; senders weigh `ReLU(q̄ · k)`. It mixes
    nothing node by node: it is a virtual node with centrality weights.
    """
    norm = q.norm(dim=-1, keepdim=True)
    central = (norm * q).sum(0) / (norm.sum(0) + TINY)
    evidence = torch.einsum("hd,mhd->mh", central, k).relu() / sqrt(q.shape[-1])
    weights = rho * evidence / (evidence.sum(0) + TINY)
    return torch.einsum("mh,mhe->he", weights, v).expand(len(q), -1, -1)


class RandomFeatures(nn.Module):
    """Positive orthogonal random features of the softmax kernel (Choromanski et al. 2021).

    `φ(x) = exp(w·x̂ − ½‖x̂‖² − c) / √m` with `x̂ = x / d^¼`; c, one a head, cancels in attention.
    """

    w: Tensor

    def __init__(self, width: int, count: int | None = None) -> None:
        super().__init__()
        count = 2 * width if count is None else count
        blocks = [_rotation(width) for _ in range(-(-count // width))]
        lengths = torch.randn(count, width).norm(dim=1, keepdim=True)
        self.register_buffer("w", torch.cat(blocks)[:count] * lengths)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features [N, H, m] of x [N, H, d]."""
        x = x / sqrt(sqrt(x.shape[-1]))
        power = x @ self.w.T - 0.5 * x.square().sum(-1, keepdim=True)
        top = power.detach().amax((0, 2), keepdim=True)
        return (power - top).exp() / sqrt(len(self.w)) + 1e-6


def _rotation(width: int) -> Tensor:
    """Draw an orthogonal matrix; without the signs of R it would not be uniform (Mezzadri 2007)."""
    q, r = torch.linalg.qr(torch.randn(width, width))
    rotation: Tensor = q * r.diagonal().sign()
    return rotation


def codebook_attention(q: Tensor, k: Tensor, v: Tensor, counts: Tensor) -> Tensor:
    """Attend to C centroids k, v [C, H, d] that stand for `counts` [C] nodes each.

    The bias `log count` makes it equal dense attention when equal nodes share a centroid
    (GOAT, Kong et al. 2023; LargeGT 2023). Empty centroids get no weight.
    """
    q, k, v = (x.transpose(0, 1).unsqueeze(0) for x in (q, k, v))
    bias = counts.to(q.dtype).log().expand(q.shape[-2], -1)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    return out.squeeze(0).transpose(0, 1)
