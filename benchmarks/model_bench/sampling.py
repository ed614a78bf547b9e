"""How many nodes a second the neighbour sampler gives, on PubMed's citations.

First its whole two-hop neighbourhoods are compared with networkx. The peer is the same draw in
plain Python, for PyTorch Geometric's own sampler needs pyg-lib.
"""

import random
import time
from functools import cache

import networkx
import numpy as np
import torch
from judged import data
from report import Row

from model_bench.experiment import Bench, Case, Found, Result, average, row
from paperflow import ops
from paperflow.graph_models.samplers import NeighbourSampler, sample_tokens

FANOUTS = (10, 10)
BATCH = 1024


@cache
def read() -> tuple[torch.Tensor, int]:
    """Return both directions of the citations [2, E], and how many nodes there are."""
    found = np.load(data("planetoid/pubmed.npz"))
    pairs = torch.from_numpy(found["edge_index"].astype(np.int64))
    return torch.unique(torch.cat([pairs, pairs.flip(0)], 1), dim=1), int(found["num_nodes"])


def check(graph: ops.Graph, network: networkx.Graph) -> None:
    """End the program unless whole neighbourhoods are those of networkx."""
    for node in range(0, 20_000, 997):
        if node < graph.num_dst:
            out = NeighbourSampler(graph, (-1, -1)).sample(torch.tensor([node]))
            within = networkx.single_source_shortest_path_length(network, node, cutoff=2)
            if sorted(out.node.tolist()) != sorted(within):
                raise SystemExit(f"wrong neighbourhood of node {node}: nothing is timed")


def plain(neighbours: list[list[int]], seeds: list[int], draw: random.Random) -> int:
    """Return how many nodes the same draw finds in plain Python."""
    nodes, frontier = set(seeds), seeds
    for fanout in FANOUTS:
        found: dict[int, None] = {}
        for node in frontier:
            near = neighbours[node]
            found.update(dict.fromkeys(near if len(near) <= fanout else draw.sample(near, fanout)))
        frontier = [node for node in found if node not in nodes]
        nodes.update(frontier)
    return len(nodes)


def measured(seed: int) -> Result:
    """Return nodes a second of the sampler, of its peer, and of the token sampler."""
    edges, size = read()
    graph = ops.Graph.from_edge_index(edges, size)
    network = networkx.Graph(edges.T.tolist())
    network.add_nodes_from(range(size))
    check(graph, network)
    neighbours = [list(network[node]) for node in range(size)]
    batches = torch.randperm(size)[: 16 * BATCH].split(BATCH)
    sampler, draw = NeighbourSampler(graph, FANOUTS), random.Random(seed)
    begin = time.perf_counter()
    ours = sum(len(sampler.sample(part).node) for part in batches)
    middle = time.perf_counter()
    theirs = sum(plain(neighbours, part.tolist(), draw) for part in batches)
    later = time.perf_counter()
    tokens = sum(sample_tokens(graph, part, 50).numel() for part in batches)
    end = time.perf_counter()
    return {
        "nodes": ours / (middle - begin),
        "plain": theirs / (later - middle),
        "tokens": tokens / (end - later),
    }


def bench(quick: bool) -> Bench:
    """Return the one case."""
    return Bench([Case("pubmed", measured, 5.0, f"{FANOUTS} {BATCH}")], rows)


def rows(found: Found) -> list[Row]:
    """Return the speeds."""
    (results,) = found.values()
    return [
        row(
            "neighbour sampler, pubmed, 10 of 10",
            results,
            "nodes",
            unit="node/s",
            baseline=average(results, "plain"),
            note="baseline: plain Python",
        ),
        row("token sampler, pubmed, 50 a node", results, "tokens", unit="node/s"),
    ]
