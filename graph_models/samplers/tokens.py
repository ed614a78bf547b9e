"""A fixed number of tokens for each node, from one and two hops away."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from paperflow import ops
from paperflow.graph_models.samplers.neighbours import draw_slots


def sample_tokens(graph: ops.Graph, nodes: Tensor, count: int) -> Tensor:
    """Return `count` nodes [B, count] around each of `nodes` [B], the node itself first.

    Half of the rest are neighbours, different ones as far as there are enough; the others are
    a drawn neighbour's drawn neighbours. What is missing is the node itself. After Dwivedi et
    al., "Graph Transformers for Large Graphs" (LargeGT, 2023); time and memory are O(B · count),
    whatever the size of the graph.
    """
    near = count // 2
    tokens = nodes[:, None].repeat(1, count)
    rows, slots = draw_slots(graph.ptr, nodes, near)
    # The place of a draw among those of its node: draws come ordered by node.
    begin = torch.searchsorted(rows, torch.arange(len(nodes), device=nodes.device))
    place = torch.arange(len(rows), device=nodes.device) - begin[rows]
    tokens[rows, 1 + place] = graph.idx[slots].long()
    far = count - 1 - near
    between = step(graph, nodes.repeat_interleave(far))
    tokens[:, 1 + near :] = step(graph, between).view(len(nodes), far)
    return tokens


@contextmanager
def repeatable(fixed: bool) -> Iterator[None]:
    """Draw the same inside each time where `fixed`, and leave torch's generator as it was."""
    with torch.random.fork_rng(enabled=fixed):
        if fixed:
            torch.manual_seed(0)
        yield


def step(graph: ops.Graph, nodes: Tensor) -> Tensor:
    """Return one drawn neighbour of each node [B]; the node itself where it has none."""
    start = graph.ptr[nodes]
    degree = graph.ptr[nodes + 1] - start
    offset = (torch.rand(len(nodes), dtype=torch.float64, device=nodes.device) * degree).long()
    if not graph.num_edges:
        return nodes
    slot = (start + offset).clamp(max=graph.num_edges - 1)
    return torch.where(degree > 0, graph.idx[slot].long(), nodes)
