"""Carriers: graphs of who may look at whom, made from counts, orders and other graphs."""

import numpy as np
import torch
from scipy import sparse
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
    return _of_matrix(_reach(graph, k), graph.device)


def dilated(graph: ops.Graph, k: int) -> ops.Graph:
    """Let nodes look at those that are exactly k edges away (k ≥ 1)."""
    far, near = (_reach(graph, hops).astype(np.int8) for hops in (k, k - 1))
    left = sparse.csr_array(far - near)
    left.eliminate_zeros()
    return _of_matrix(left, graph.device)


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


def _matrix(graph: ops.Graph) -> sparse.csr_array:
    """Return the 0/1 adjacency, receivers in rows."""
    src, dst = (end.cpu().numpy() for end in graph.ends())
    ones = np.ones(len(src), dtype=bool)
    return sparse.csr_array((ones, (dst, src)), shape=(graph.num_dst, graph.num_src))


def _of_matrix(matrix: sparse.csr_array, device: torch.device) -> ops.Graph:
    """Return the graph of a matrix's entries."""
    matrix.sort_indices()
    ptr, idx = (torch.from_numpy(part).to(device) for part in (matrix.indptr, matrix.indices))
    return ops.Graph.from_csr(ptr, idx, matrix.shape[1])


def _reach(graph: ops.Graph, k: int) -> sparse.csr_array:
    """Return who is at most k edges away from whom."""
    step, found = _matrix(graph), sparse.eye_array(graph.num_dst, dtype=bool, format="csr")
    for _ in range(k):
        found = (found + step @ found).astype(bool)
    return found
