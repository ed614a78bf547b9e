"""Samplers against networkx, brute force, and PyTorch Geometric's loaders."""

from collections import Counter
from itertools import combinations, pairwise

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from torch_geometric.data import Data
from torch_geometric.loader import LinkLoader, NodeLoader

from paperflow import ops
from paperflow.graph_models.heuristics import adjacency
from paperflow.graph_models.samplers import (
    EdgeSet,
    NeighbourSampler,
    hard_negatives,
    random_walks,
    sample_tokens,
    typed_negatives,
    uniform_negatives,
)


def random_graph(nodes=60, edges=300, seed=0):
    drawn = torch.Generator().manual_seed(seed)
    pairs = torch.unique(torch.randint(nodes, (2, edges), generator=drawn), dim=1)
    return pairs[:, pairs[0] != pairs[1]]


EDGES = random_graph()
GRAPH = ops.Graph.from_edge_index(EDGES, 60)
PAIRS = set(map(tuple, EDGES.T.tolist()))


def original(out):
    """Return the sampled edges as pairs of nodes of the whole graph."""
    return list(zip(out.node[out.row].tolist(), out.node[out.col].tolist(), strict=True))


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_all_neighbours_are_those_within_so_many_hops_in_networkx(hops):
    network = networkx.DiGraph(PAIRS).reverse()
    network.add_nodes_from(range(60))
    for node in range(0, 60, 7):
        out = NeighbourSampler(GRAPH, [-1] * hops).sample(torch.tensor([node]))
        within = networkx.single_source_shortest_path_length(network, node, cutoff=hops)
        assert sorted(out.node.tolist()) == sorted(within)
        assert out.num_sampled_nodes == [
            sum(d == hop for d in within.values()) for hop in range(hops + 1)
        ]
        inner = [n for n, distance in within.items() if distance < hops]
        assert sorted(original(out)) == sorted((s, n) for n in inner for s in network[n])


@given(st.integers(0, 3), st.integers(1, 4), st.integers(0, 10_000))
def test_a_fanout_bounds_the_neighbours_and_draws_each_once(first, second, seed):
    torch.manual_seed(seed)
    seeds = torch.randperm(60)[:5]
    out = NeighbourSampler(GRAPH, [first, second]).sample(seeds)
    assert out.node[:5].tolist() == seeds.tolist()
    assert len(set(out.node.tolist())) == len(out.node)
    found = original(out)
    assert set(found) <= PAIRS
    assert len(set(found)) == len(found)
    assert [tuple(EDGES[:, e].tolist()) for e in out.edge] == found
    degree = Counter(target for _, target in PAIRS)
    for node in seeds.tolist():
        assert sum(target == node for _, target in found) == min(first, degree[node])


def test_every_set_of_neighbours_is_as_likely_as_any_other():
    star = ops.Graph.from_edge_index(torch.tensor([[1, 2, 3, 4], [0, 0, 0, 0]]), 5)
    sampler, count = NeighbourSampler(star, [2]), Counter()
    torch.manual_seed(0)
    for _ in range(3000):
        count[tuple(sorted(sampler.sample(torch.tensor([0])).node.tolist()[1:]))] += 1
    assert sorted(count) == list(combinations([1, 2, 3, 4], 2))
    # Six sets, 500 expected of each, standard deviation 20.
    assert all(abs(times - 500) < 100 for times in count.values())


def data():
    x = torch.arange(60.0)[:, None]
    return Data(x=x, edge_index=EDGES, edge_attr=torch.arange(float(EDGES.shape[1])))


def test_the_node_loader_of_pyg_runs_on_it():
    loader = NodeLoader(data(), NeighbourSampler(GRAPH, [4, 4]), torch.arange(30), batch_size=8)
    seen = []
    for batch in loader:
        seen += batch.x[: batch.batch_size, 0].long().tolist()
        source, target = batch.x[batch.edge_index, 0].long()
        assert torch.equal(EDGES[:, batch.edge_attr.long()], torch.stack([source, target]))
    assert seen == list(range(30))


def test_the_link_loader_of_pyg_runs_on_it_with_negative_pairs():
    loader = LinkLoader(
        data(),
        NeighbourSampler(GRAPH, [4]),
        EDGES[:, :20],
        edge_label=torch.ones(20),
        neg_sampling="binary",
        batch_size=10,
    )
    batches = list(loader)
    pairs = [batch.x[batch.edge_label_index, 0].long() for batch in batches]
    assert [batch.edge_label.tolist() for batch in batches] == [[1.0] * 10 + [0.0] * 10] * 2
    assert torch.equal(torch.cat([p[:, :10] for p in pairs], 1), EDGES[:, :20])


def test_the_same_seed_gives_the_same_sample():
    sampler = NeighbourSampler(GRAPH, [3, 3])

    def nodes(seed):
        torch.manual_seed(seed)
        return sampler.sample(torch.arange(10)).node.tolist()

    assert nodes(1) == nodes(1)
    assert nodes(1) != nodes(2)


@given(st.integers(3, 12), st.integers(0, 1000))
def test_tokens_are_the_node_then_neighbours_then_their_neighbours(count, seed):
    torch.manual_seed(seed)
    nodes = torch.arange(60)
    tokens = sample_tokens(GRAPH, nodes, count)
    near = {n: {s for s, t in PAIRS if t == n} for n in range(60)}
    assert tokens.shape == (60, count)
    assert torch.equal(tokens[:, 0], nodes)
    for node, row in enumerate(tokens.tolist()):
        first, second = row[1 : 1 + count // 2], row[1 + count // 2 :]
        drawn = [n for n in first if n in near[node]]
        assert len(set(drawn)) == len(drawn) == min(count // 2, len(near[node]))
        reach = {node} | near[node] | {far for n in near[node] for far in near[n]}
        assert set(first) <= near[node] | {node}
        assert set(second) <= reach


def test_a_graph_without_edges_gives_the_node_itself():
    empty = ops.Graph.from_edge_index(torch.empty((2, 0), dtype=torch.int64), 3)
    nodes = torch.arange(3)
    assert torch.equal(sample_tokens(empty, nodes, 4), nodes[:, None].expand(3, 4))
    assert torch.equal(random_walks(empty, nodes, 2), nodes[:, None].expand(3, 3))
    assert NeighbourSampler(empty, [2]).sample(nodes).node.tolist() == [0, 1, 2]


def test_walks_follow_edges_and_visit_a_cycle_in_order():
    walks = random_walks(GRAPH, torch.arange(60), 5)
    for walk in walks.tolist():
        for target, source in pairwise(walk):
            assert (source, target) in PAIRS or source == target
    cycle = ops.Graph.from_edge_index(torch.tensor([[1, 2, 0], [0, 1, 2]]), 3)
    assert random_walks(cycle, torch.tensor([0]), 4).tolist() == [[0, 1, 2, 0, 1]]


def test_uniform_negatives_are_no_edges_and_reach_every_other_pair():
    edges = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
    torch.manual_seed(0)
    drawn = Counter(map(tuple, uniform_negatives(EdgeSet(edges, 4), 4000).T.tolist()))
    others = {(a, b) for a in range(4) for b in range(4) if a != b}
    assert set(drawn) == others - set(map(tuple, edges.T.tolist()))
    assert max(drawn.values()) < 1.4 * min(drawn.values())


def test_a_complete_graph_has_no_negatives():
    edges = torch.tensor([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="hardly any"):
        uniform_negatives(EdgeSet(edges, 2), 1)


def test_typed_negatives_keep_the_source_and_the_targets_type():
    types = torch.arange(60) % 3
    known = EdgeSet(EDGES, 60)
    torch.manual_seed(0)
    wrong = typed_negatives(known, EDGES, types)
    assert torch.equal(wrong[0], EDGES[0])
    assert torch.equal(types[wrong[1]], types[EDGES[1]])
    assert not known.has(wrong[0], wrong[1]).any()
    assert (wrong[0] != wrong[1]).all()


def test_the_hardest_negative_is_the_one_stranger_among_friends():
    # Two communities in which everyone knows everyone but one: 0 and 1, 2 and 3, and so on.
    inside = [(a, b) for half in (range(10), range(10, 20)) for a, b in combinations(half, 2)]
    known = adjacency(np.array([(a, b) for a, b in inside if a // 2 != b // 2]).T, 20)
    features = csr_array(np.repeat(np.eye(2), 10, axis=0))
    found = hard_negatives(known, known, np.array([[0, 5], [12, 17]]), features, 2)
    assert found.tolist() == [[[0, 1], [4, 5]], [[12, 13], [16, 17]]]


@pytest.mark.parametrize("seed", range(3))
def test_hard_negatives_are_the_best_by_any_heuristic_of_networkx(seed):
    network, draw = networkx.gnm_random_graph(16, 30, seed=seed), np.random.default_rng(seed)
    features = draw.random((16, 5)) * (draw.random((16, 5)) < 0.6) + 0.01
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)

    def hardest(node):
        shared = networkx.resource_allocation_index(network, [(node, o) for o in range(16)])
        walk = networkx.pagerank(network, personalization={node: 1}, tol=1e-12, max_iter=1000)
        scores = [[s for _, _, s in shared], [walk[o] for o in range(16)], unit @ unit[node]]
        orders = [np.argsort(-np.round(s, 9), kind="stable") for s in scores]
        best = np.minimum.reduce([order.argsort() for order in orders]).argsort(kind="stable")
        return [o for o in best.tolist() if o != node and not network.has_edge(node, o)][:3]

    known = adjacency(np.array(network.edges).T, 16)
    positive = np.array(network.edges)[:4]
    found = hard_negatives(known, known, positive, csr_array(features), 6)
    for (u, v), rows in zip(positive.tolist(), found.tolist(), strict=True):
        assert rows == [[u, o] for o in hardest(u)] + [[o, v] for o in hardest(v)]
