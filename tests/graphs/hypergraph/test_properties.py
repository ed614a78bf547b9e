"""What holds for every hypergraph, and for a larger one with a hub."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from paperflow.graphs.hypergraph import (
    Hypergraph,
    edge_components,
    edge_distances,
    node_components,
    overlap_profile,
    path_batch,
    shortest_paths,
)
from tests.graphs.hypergraph.strategies import FEW, cases, hypergraphs

pytestmark = pytest.mark.usefixtures("both")
some_s = st.integers(1, 3)


def lists(h):
    return [h.incidence.members(edge).tolist() for edge in range(h.num_hyperedges)]


def lengths(h, s):
    """Return the length of the shortest path between each two nodes, 0 for none."""
    pairs = [(a, b) for a in range(h.num_nodes) for b in range(h.num_nodes) if a != b]
    return dict(zip(pairs, np.diff(path_batch(h, pairs, s).pointers).tolist(), strict=True))


@FEW
@given(hypergraphs(most_nodes=6), some_s, st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(h, s, chance):
    nodes, edges = list(range(h.num_nodes)), list(range(h.num_hyperedges))
    chance.shuffle(nodes)
    chance.shuffle(edges)
    rows = lists(h)
    other = Hypergraph.from_lists([[nodes[n] for n in rows[e]] for e in edges], h.num_nodes)
    assert overlap_profile(other).tolist() == overlap_profile(h).tolist()
    old, new = lengths(h, s), lengths(other, s)
    assert old == {(a, b): new[nodes[a], nodes[b]] for a, b in old}
    sizes = [np.unique(edge_components(g, s), return_counts=True)[1] for g in (h, other)]
    assert sorted(sizes[0]) == sorted(sizes[1])


@FEW
@given(hypergraphs(most_nodes=6), some_s)
def test_statements_said_twice_change_no_distance(h, s):
    twice = Hypergraph.from_lists([*lists(h), *lists(h)], h.num_nodes)
    assert lengths(twice, s) == lengths(h, s)
    whole = edge_distances(twice, range(min(1, h.num_hyperedges)), s)
    assert (
        whole[: h.num_hyperedges].tolist()
        == edge_distances(h, range(min(1, h.num_hyperedges)), s).tolist()
    )


@FEW
@given(cases(filtered=True, most_nodes=6), some_s)
def test_a_part_is_as_if_built_by_itself(case, s):
    rows = [sorted(case.sets.get(edge, ())) for edge in range(case.h.num_hyperedges)]
    alone = Hypergraph.from_lists(rows, case.h.num_nodes)
    assert lengths(case.h, s) == lengths(alone, s)
    assert node_components(case.h, s).tolist() == node_components(alone, s).tolist()
    assert case.h.sizes.tolist() == alone.sizes.tolist()


@pytest.fixture(scope="module")
def larger():
    """Return 600 hyperedges over 500 nodes, where node 0 stands in one of twenty."""
    rng = np.random.default_rng(7)
    rows = [np.minimum(rng.zipf(1.6, rng.integers(1, 6)), 499).tolist() for _ in range(400)]
    rows += [rng.integers(1, 500, 3).tolist() for _ in range(200)]
    for edge in range(0, 600, 20):
        rows[edge].append(0)
    return Hypergraph.from_lists(rows, 500)


@pytest.mark.parametrize("s", [1, 2, 3])
def test_scipy_finds_the_same_components_and_distances_in_the_line_graph(larger, s):
    dense = np.zeros((larger.num_hyperedges, larger.num_nodes), np.int32)
    dense[np.repeat(np.arange(600), larger.sizes), larger.incidence.edge_nodes] = 1
    line = csr_array(dense @ dense.T >= s)
    large = larger.sizes >= s
    labels = connected_components(line)[1]
    firsts = np.array([np.flatnonzero(labels == label)[0] for label in labels])
    assert edge_components(larger, s).tolist() == np.where(large, firsts, -1).tolist()
    source = int(np.flatnonzero(large)[0])
    far = shortest_path(line, unweighted=True, indices=source)
    wanted = np.where(np.isfinite(far), far, -1).astype(int)
    assert edge_distances(larger, [source], s).tolist() == wanted.tolist()


@pytest.mark.parametrize("ceiling", [None, 10])
def test_a_hub_is_used_or_avoided(larger, ceiling):
    degree = larger.degrees
    for a, b in [(0, 400), (400, 0), (3, 480), (100, 200)]:
        for path in shortest_paths(larger, a, b, k=5, max_degree=ceiling).paths:
            for left, right in pairwise(path.edges):
                shared = set(larger.members(left)) & set(larger.members(right))
                assert any(ceiling is None or degree[node] <= ceiling for node in shared)
