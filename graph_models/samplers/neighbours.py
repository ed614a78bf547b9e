"""Neighbourhoods of a few nodes, in PyTorch Geometric's form and without pyg-lib.

    loader = NodeLoader(data, NeighbourSampler(graph, (10, 10)), input_nodes=…)
    loader = LinkLoader(data, NeighbourSampler(graph, (10, 10)), edge_label_index=…)

Hop by hop each node gets up to `fanout` of its sources, all different, as in Hamilton et al.,
"Inductive Representation Learning on Large Graphs" (2017). Draws come from torch's generator.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.sampler import (
    BaseSampler,
    EdgeSamplerInput,
    NegativeSampling,
    NodeSamplerInput,
    SamplerOutput,
)
from torch_geometric.sampler.neighbor_sampler import edge_sample

from paperflow import ops


def draw_slots(ptr: Tensor, nodes: Tensor, fanout: int) -> tuple[Tensor, Tensor]:
    """Return which of `nodes` [B] each draw belongs to [S], and its slot in the rows of `ptr`.

    A node with at most `fanout` neighbours gives all of them in order, another one `fanout`
    different ones, each set as likely as any other. A negative fanout means all.
    """
    start = ptr[nodes]
    degree = ptr[nodes + 1] - start
    many = torch.nonzero(degree > fanout).flatten() if fanout >= 0 else degree.new_empty(0)
    count = degree.clone()
    count[many] = 0
    rows = torch.repeat_interleave(count)
    first = torch.repeat_interleave(start - (count.cumsum(0) - count), count)
    slots = first + torch.arange(len(rows), device=rows.device)
    if not len(many):
        return rows, slots
    chosen = start[many, None] + _different(degree[many], fanout)
    rows = torch.cat([rows, many.repeat_interleave(fanout)])
    order = torch.argsort(rows, stable=True)
    return rows[order], torch.cat([slots, chosen.flatten()])[order]


def _different(degree: Tensor, count: int) -> Tensor:
    """Return `count` different numbers below each degree [B, count] (Floyd's algorithm)."""
    chosen = torch.full((len(degree), count), -1, device=degree.device)
    for column in range(count):
        top = degree - count + column
        drawn = (torch.rand_like(top, dtype=torch.float64) * (top + 1)).long()
        taken = (chosen[:, :column] == drawn[:, None]).any(1)
        chosen[:, column] = torch.where(taken, top, drawn)
    return chosen


class NeighbourSampler(BaseSampler):  # type: ignore[misc]
    """Samples the neighbourhoods of nodes or of pairs from a graph in compressed sparse rows.

    `fanouts` has one number a hop. Edges keep the number that they have in the order in which
    the graph was given, so a loader finds their features.
    """

    def __init__(self, graph: ops.Graph, fanouts: Sequence[int]) -> None:
        self.graph, self.fanouts = graph, tuple(fanouts)
        self._place = torch.full((graph.num_dst,), -1)  # where a node is in the sample

    def sample_from_nodes(self, index: NodeSamplerInput, **_: object) -> SamplerOutput:
        """Return the sampled subgraph around nodes, which come first in it."""
        out = self.sample(index.node)
        out.metadata = (index.input_id, index.time)
        return out

    def sample_from_edges(
        self, index: EdgeSamplerInput, neg_sampling: NegativeSampling | None = None
    ) -> SamplerOutput:
        """Return the sampled subgraph around the ends of pairs and of drawn negative ones."""
        nodes = self.graph.num_dst
        return edge_sample(index, self._seeded, nodes, False, None, neg_sampling)

    def _seeded(self, seed: Tensor, _: Tensor | None) -> SamplerOutput:
        return self.sample(seed)

    def sample(self, seed: Tensor) -> SamplerOutput:
        """Return the subgraph around `seed` [B], each node of which should stand there once."""
        nodes, begin, owners, slots, sizes = seed, 0, [], [], [len(seed)]
        self._place[seed] = torch.arange(len(seed))
        for fanout in self.fanouts:
            owner, slot = draw_slots(self.graph.ptr, nodes[begin:], fanout)
            owners.append(owner + begin)
            slots.append(slot)
            begin, nodes = len(nodes), self._grown(nodes, slot)
            sizes.append(len(nodes) - begin)
        edges = self._edges(owners, slots)
        self._place[nodes] = -1
        counts = [len(slot) for slot in slots]
        return SamplerOutput(nodes, *edges, num_sampled_nodes=sizes, num_sampled_edges=counts)

    def _grown(self, nodes: Tensor, slots: Tensor) -> Tensor:
        """Return the nodes and behind them the new ones that the drawn slots hold."""
        found = self.graph.idx[slots].long()
        new = torch.unique(found[self._place[found] < 0])
        self._place[new] = torch.arange(len(new)) + len(nodes)
        return torch.cat([nodes, new])

    def _edges(self, owners: list[Tensor], slots: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Return each drawn edge's source and target in the sample, and its number."""
        none = self.graph.ptr.new_empty(0)
        target, slot = torch.cat([none, *owners]), torch.cat([none, *slots])
        source = self._place[self.graph.idx[slot].long()]
        return source, target, slot if self.graph.eid is None else self.graph.eid[slot]
