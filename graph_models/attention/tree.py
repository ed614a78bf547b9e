"""Attention over a tree of scales: sentences in sections in papers (Amizadeh et al. 2025).

Leaves i and j whose branches A ∋ i and B ∋ j part at a common parent share one weight with all
leaves of A and B. Of all such weights these are the nearest to softmax's in Kullback-Leibler
divergence, found by one pass up and one down:

    up:    z_A = logsumexp(own_A, log |B| + q̄_A · k̄_B / √d for each sibling B)
           own_i = q_i · k_i / √d at a leaf,  own_f = Σ_{A ∈ f} |A| z_A / |f| above
    down:  y_A = y_f + m_f Σ_B p_AB v̄_B,  m_A = m_f p_AA,  out_i = y_i + m_i v_i

with means over leaves, and p the softmax behind z.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor

from paperflow import ops


@dataclass(frozen=True)
class Level:
    """Nodes of one height: how many leaves each has, its parent, and its siblings' carrier."""

    sizes: Tensor
    owner: Tensor
    siblings: ops.Graph


def levels(owners: Sequence[Tensor]) -> list[Level]:
    """Prepare a tree whose `owners[h]` [N_h] name each node's parent at height h + 1."""
    made, sizes = [], torch.ones(len(owners[0]))
    for owner in owners:
        src, dst = torch.nonzero(owner.unsqueeze(0) == owner.unsqueeze(1)).T.flip(0)
        carrier = ops.Graph.from_edge_index(torch.stack([src, dst]), len(owner), sorted=True)
        made.append(Level(sizes, owner, carrier))
        sizes = torch.zeros(int(owner.max()) + 1).index_add(0, owner, sizes)
    return made


def tree_attention(q: Tensor, k: Tensor, v: Tensor, tree: Sequence[Level]) -> Tensor:
    """Let the leaves q, k, v [N, H, d] attend to each other through the tree, [N, H, d]."""
    own, found = (q * k).sum(-1) / sqrt(q.shape[-1]), []
    for level in tree:
        p, z = _share(q, k, own, level)
        found.append((p, v, level))
        q, k, v, own = (_mean(x, level) for x in (q, k, v, z))
    mass, out = torch.ones_like(own), torch.zeros_like(v)
    for p, values, level in reversed(found):
        src, dst = level.siblings.ends()
        self_share, others = p[src == dst], p.masked_fill((src == dst).unsqueeze(1), 0)
        near = ops.spmm(level.siblings, values, others)
        out = out[level.owner] + mass[level.owner].unsqueeze(-1) * near
        mass = mass[level.owner] * self_share
    return out + mass.unsqueeze(-1) * found[0][1]


def _share(q: Tensor, k: Tensor, own: Tensor, level: Level) -> tuple[Tensor, Tensor]:
    """Return how siblings share attention [E, H], and the log-sum-exp of each node [N, H]."""
    src, dst = level.siblings.ends()
    logits = ops.sddmm(level.siblings, q, k).to(q.dtype) / sqrt(q.shape[-1])
    logits = logits + level.sizes.to(q.dtype).log()[src].unsqueeze(1)
    logits = torch.where((src == dst).unsqueeze(1), own[dst], logits)
    p = ops.edge_softmax(logits, level.siblings)
    mine = src == dst
    return p, logits[mine] - p[mine].log()


def _mean(x: Tensor, level: Level) -> Tensor:
    """Return the mean over the leaves below each parent."""
    sizes = level.sizes.to(x.dtype)
    shape = (int(level.owner.max()) + 1, *x.shape[1:])
    total = (
        torch.zeros_like(x[:1])
        .expand(shape)
        .index_add(0, level.owner, x * sizes.view(-1, *[1] * (x.dim() - 1)))
    )
    count = torch.zeros(shape[0], dtype=x.dtype).index_add(0, level.owner, sizes)
    return total / count.view(-1, *[1] * (x.dim() - 1))
