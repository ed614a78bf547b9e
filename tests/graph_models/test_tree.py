"""Attention over a tree of scales is softmax on a flat tree, and the nearest to it on any other."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from paperflow.graph_models.attention import Dense, attend
from paperflow.graph_models.attention.tree import levels, tree_attention
from tests.graph_models.shapes import NODES, qkv, same

FLAT = [torch.zeros(NODES, dtype=torch.int64)]
UNEVEN = [torch.tensor([0, 0, 0, 1, 2, 2, 2, 2, 3, 3, 4, 4]), torch.tensor([0, 0, 1, 1, 2])]
UNEVEN.append(torch.zeros(3, dtype=torch.int64))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_flat_tree_is_softmax_attention(dtype):
    inputs = qkv(dtype)
    same(tree_attention(*inputs, levels(FLAT)), attend(*inputs, Dense(NODES, NODES)), inputs)


def test_renumbered_leaves_give_the_renumbered_result():
    inputs, order = qkv(), torch.randperm(NODES, generator=torch.Generator().manual_seed(7))
    found = tree_attention(*(x[order] for x in inputs), levels([UNEVEN[0][order], *UNEVEN[1:]]))
    same(found, tree_attention(*inputs, levels(UNEVEN))[order], inputs)


def blocks(owners):
    """Number the pairs of leaves by the branches at which they part: [N, N]."""
    names, path = {}, torch.arange(NODES)
    paths = [path]
    for owner in owners:
        path = owner[path]
        paths.append(path)
    number = torch.zeros(NODES, NODES, dtype=torch.int64)
    for i in range(NODES):
        for j in range(NODES):
            height = next(h for h in range(len(paths)) if paths[h][i] == paths[h][j])
            below = max(height - 1, 0)
            key = (below, int(paths[below][i]), int(paths[below][j]))
            number[i, j] = names.setdefault(key, len(names))
    return number


def nearest(scores, number):
    """Search for the weights, one a block, that are nearest to softmax's."""
    wanted, count = scores.log_softmax(1).numpy(), int(number.max()) + 1
    at = np.eye(count)[number.numpy()]  # [N, N, blocks]
    pull, size, rows = np.einsum("ij,ijb->b", wanted, at), at.sum((0, 1)), at.sum(1)
    found = minimize(
        lambda w: (size * w * np.log(w) - pull * w).sum(),
        np.full(count, 1 / NODES),
        jac=lambda w: size * (np.log(w) + 1) - pull,
        bounds=[(1e-9, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: rows @ w - 1, "jac": lambda w: rows},
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    assert found.success
    return torch.from_numpy(found.x)[number]


def weights_of(q, k, owners):
    """Read the weights by sending each leaf's unit vector through."""
    unit = torch.eye(NODES, dtype=q.dtype)
    parts = [
        tree_attention(q, k, unit[:, i : i + 4].unsqueeze(1), levels(owners))
        for i in range(0, NODES, 4)
    ]
    return torch.cat(parts, -1).squeeze(1)


def test_the_two_passes_are_the_optimum_of_a_search():
    q, k = (x[:, :1].detach() for x in qkv()[:2])
    scores = (q.squeeze(1) @ k.squeeze(1).T) / q.shape[-1] ** 0.5
    found = weights_of(q, k, UNEVEN)
    number = blocks(UNEVEN)
    assert torch.allclose(found.sum(1), torch.ones(NODES).double(), atol=1e-12)
    for block in number.unique():
        inside = found[number == block]
        assert torch.allclose(inside, inside[:1].expand_as(inside), atol=1e-12)
    assert torch.allclose(found, nearest(scores, number), atol=1e-5)


def test_it_is_nearer_to_softmax_than_the_mean():
    for seed in range(5):
        torch.manual_seed(seed)
        q, k = torch.randn(2, NODES, 1, 4, dtype=torch.float64)
        wanted = (q.squeeze(1) @ k.squeeze(1).T / 2).log_softmax(1)
        found = weights_of(q, k, UNEVEN)
        mean = torch.full_like(found, 1 / NODES)
        away = [(w * (w.log() - wanted)).sum() for w in (found, mean)]
        assert away[0] <= away[1]
