"""What the tests of the operator share: carriers, features, and close comparison with gradients."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from paperflow import ops

NODES, HEADS, WIDTH = 12, 2, 4
LIMIT = {torch.float32: 5e-6, torch.float64: 1e-10}


def graph(seed: int = 0, num: int = NODES, share: float = 0.4) -> ops.Graph:
    """Return a random graph without repeated edges, in which every node looks at one at least."""
    draw = torch.Generator().manual_seed(seed)
    pairs = torch.rand(num, num, generator=draw) < share
    pairs[torch.arange(num), (torch.arange(num) + 1) % num] = True
    index = pairs.nonzero().T
    order = torch.randperm(index.shape[1], generator=draw)
    return ops.Graph.from_edge_index(index[:, order].flip(0), num)


def undirected(num: int = NODES) -> ops.Graph:
    """Return the ring with some chords, both ways."""
    nodes = torch.arange(num)
    pairs = torch.stack([nodes, (nodes + 1) % num])
    pairs = torch.cat([pairs, torch.tensor([[0, 1, 2], [5, 7, 9]])], 1)
    return ops.Graph.from_edge_index(torch.cat([pairs, pairs.flip(0)], 1), num)


def features(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Return normal features that ask for a gradient."""
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=draw, dtype=torch.float64).to(dtype).requires_grad_()


def qkv(dtype: torch.dtype = torch.float64, num: int = NODES) -> list[Tensor]:
    """Return q, k and v."""
    return [features(num, HEADS, WIDTH, seed=seed, dtype=dtype) for seed in range(3)]


def sdpa(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return scaled dot-product attention of q, k, v [N, H, d] by torch."""
    heads = (x.transpose(0, 1).unsqueeze(0) for x in (q, k, v))
    return scaled_dot_product_attention(*heads).squeeze(0).transpose(0, 1)


def same(ours: Tensor, wanted: Tensor, inputs: list[Tensor], limit: float | None = None) -> None:
    """Assert that two results and their gradients are the same within the limit of their type."""
    limit = LIMIT[ours.dtype] if limit is None else limit
    weights = torch.linspace(0.5, 1.5, ours.numel(), dtype=ours.dtype).view_as(ours)
    wanted = wanted + 0 * sum(x.sum() for x in inputs)  # a constant has gradients of 0
    assert ours.shape == wanted.shape
    assert float((ours - wanted).detach().abs().max()) <= limit
    for x, y in zip(
        torch.autograd.grad((ours * weights).sum(), inputs, allow_unused=True, retain_graph=True),
        torch.autograd.grad((wanted * weights).sum(), inputs, allow_unused=True, retain_graph=True),
        strict=True,
    ):
        x, y = (torch.zeros(1, dtype=ours.dtype) if g is None else g for g in (x, y))
        assert float((x - y).abs().max()) <= limit * max(1.0, float(y.abs().max()))


def dense(carrier: ops.Graph, dtype: torch.dtype = torch.float64) -> Tensor:
    """Return the adjacency [Nd, Ns], receivers in rows."""
    src, dst = carrier.ends()
    matrix = torch.zeros(carrier.num_dst, carrier.num_src, dtype=dtype)
    return matrix.index_put((dst, src), torch.ones(len(src), dtype=dtype), accumulate=True)


def brute(function: Callable[[int, int], float], num: int) -> Tensor:
    """Return the matrix of a function of two numbers."""
    return torch.tensor([[function(i, j) for j in range(num)] for i in range(num)])
