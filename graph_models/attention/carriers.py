"""Carriers: graphs of who may look at whom, made from counts, orders and other graphs."""

import torch
from torch import Tensor

from paperflow import ops


def edge_index(graph: ops.Graph) -> Tensor:
    """Return [2, E] int64, senders over receivers, in the order in which the edges were given."""
    return torch.stack(graph.ends())


def complete(num: int, device: torch.device | str = "cpu") -> ops.Graph:
    """Let every one of `num` nodes look at all, itself included."""
    nodes = torch.arange(num, device=device)
    pairs = torch.stack([nodes.repeat(num), nodes.repeat_interleave(num)])
    return ops.Graph.from_edge_index(pairs, num, sorted=True)


def with_self_loops(graph: ops.Graph) -> ops.Graph:
    """Add the loops that are missing, after the graph's own edges."""
    pairs = edge_index(graph)
    has = torch.zeros(graph.num_dst, dtype=torch.bool, device=graph.device)
    has[pairs[0][pairs[0] == pairs[1]]] = True
    lone = torch.nonzero(~has).squeeze(1)
    pairs = torch.cat([pairs, lone.expand(2, -1)], 1)
    return ops.Graph.from_edge_index(pairs, graph.num_dst)


def k_hop(graph: ops.Graph, k: int) -> ops.Graph:
    """Let nodes look at all that are at most k edges away: the support of `(A + I)^k`."""
    step = _adjacency(graph) + _identity(graph)
    reach = _identity(graph)
    for _ in range(k):
        reach = _support(step @ reach)
    return _from_sparse(reach)


def dilated(graph: ops.Graph, k: int) -> ops.Graph:
    """Let nodes look at those that are exactly k edges away (k ≥ 1)."""
    far, near = (_adjacency(k_hop(graph, hops)) for hops in (k, k - 1))
    left = (far - near).coalesce()
    kept = left.values() > 0
    return ops.Graph.from_edge_index(left.indices()[:, kept].flip(0), graph.num_dst)


def window(num: int, width: int) -> ops.Graph:
    """Let each of `num` ordered nodes look at itself and the `width` before it."""
    return _offsets(num, list(range(width + 1)))


def power_offsets(num: int) -> ops.Graph:
    """Let ordered nodes look at themselves and those 1, 2, 4, … before them.

    d layers reach 2^d positions back (PowerAttention, 2025).
    """
    return _offsets(num, [0, *(2**p for p in range(num.bit_length()) if 2**p < num)])


def with_global(graph: ops.Graph, count: int = 1) -> ops.Graph:
    """Append `count` nodes that look at all, and at which all look (mesh transformers, 2025)."""
    num = graph.num_dst
    old = torch.arange(num, device=graph.device).repeat(count)
    new = torch.arange(num, num + count, device=graph.device).repeat_interleave(num)
    down, up = torch.stack([new, old]), torch.stack([old, new])
    return ops.Graph.from_edge_index(torch.cat([edge_index(graph), down, up], 1), num + count)


def line_graph(graph: ops.Graph) -> ops.Graph:
    """Let each edge u→v look at the edges that end in u: citations as nodes, in given order."""
    src, dst = graph.ends()
    ending = torch.bincount(dst, minlength=graph.num_dst)
    order = dst.argsort(stable=True)
    counts = ending[src]
    receiver = torch.arange(len(src), device=src.device).repeat_interleave(counts)
    first = (ending.cumsum(0) - ending)[src] - (counts.cumsum(0) - counts)
    slots = first.repeat_interleave(counts) + torch.arange(len(receiver), device=src.device)
    return ops.Graph.from_edge_index(torch.stack([order[slots], receiver]), len(src))


def selected(chosen: Tensor, num: int) -> ops.Graph:
    """Let each of `num` receivers look at the chosen nodes [m], numbered from 0 as given."""
    receivers = torch.arange(num, device=chosen.device).repeat_interleave(len(chosen))
    senders = torch.arange(len(chosen), device=chosen.device).repeat(num)
    pairs = torch.stack([senders, receivers])
    return ops.Graph.from_edge_index(pairs, num, len(chosen), sorted=True)


def _offsets(num: int, offsets: list[int]) -> ops.Graph:
    nodes = torch.arange(num)
    pairs = [torch.stack([nodes[: num - o], nodes[o:]]) for o in offsets]
    return ops.Graph.from_edge_index(torch.cat(pairs, 1), num)


def _adjacency(graph: ops.Graph) -> Tensor:
    pairs = edge_index(graph).flip(0)  # rows are receivers
    ones = torch.ones(pairs.shape[1], device=graph.device)
    size = (graph.num_dst, graph.num_src)
    return _support(torch.sparse_coo_tensor(pairs, ones, size))


def _identity(graph: ops.Graph) -> Tensor:
    nodes = torch.arange(graph.num_dst, device=graph.device)
    size = (graph.num_dst, graph.num_dst)
    return torch.sparse_coo_tensor(nodes.expand(2, -1), torch.ones(len(nodes)), size)


def _support(matrix: Tensor) -> Tensor:
    """Set every stored value to 1."""
    matrix = matrix.coalesce()
    return torch.sparse_coo_tensor(
        matrix.indices(), torch.ones_like(matrix.values()), matrix.shape, is_coalesced=True
    )


def _from_sparse(matrix: Tensor) -> ops.Graph:
    pairs = matrix.coalesce().indices().flip(0)
    return ops.Graph.from_edge_index(pairs, matrix.shape[0], matrix.shape[1], sorted=True)
