"""The generated graph at a twentieth of its size: golden numbers, and SciPy's word for them."""

import numpy as np
import pytest
from hypergraph_bench.generator import generate
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from paperflow.graphs.hypergraph import (
    Hypergraph,
    edge_components,
    hubs,
    node_components,
    node_distances,
    overlap_profile,
)


@pytest.fixture(scope="module")
def h():
    made = generate(0.05)
    return Hypergraph.from_csr(made.pointers, made.members, made.num_nodes, edge_year=made.years)


@pytest.fixture(scope="module")
def incidence(h):
    rows = h.incidence.edge_nodes, h.incidence.edge_pointers
    shape = h.num_hyperedges, h.num_nodes
    return csr_array((np.ones(len(rows[0]), np.int32), *rows), shape=shape)


def count_and_giant(labels):
    sizes = np.bincount(labels[labels >= 0])
    return int((sizes > 0).sum()), int(sizes.max())


def scipys(matrix, s, large):
    """Return the components of the line graph that SciPy's matrix product makes."""
    line = matrix @ matrix.T
    line.data = np.where(line.data >= s, 1, 0)
    line.eliminate_zeros()
    return count_and_giant(connected_components(line)[1][large])


@pytest.mark.parametrize(
    ("s", "edges", "nodes"),
    [
        (1, (308, 15673), (308, 7412)),
        (2, (9698, 3784), (1621, 1634)),
        (3, (3292, 192), (1319, 379)),
    ],
)
def test_components_have_the_golden_numbers(h, s, edges, nodes):
    assert count_and_giant(edge_components(h, s)) == edges
    assert count_and_giant(node_components(h, s)) == nodes


@pytest.mark.parametrize("s", [2, 3])
def test_scipy_counts_the_same_components(h, incidence, s):
    assert scipys(incidence, s, h.sizes >= s) == count_and_giant(edge_components(h, s))
    nodes = count_and_giant(node_components(h, s))
    assert scipys(incidence.T.tocsr(), s, h.degrees >= s) == nodes


def test_scipy_finds_the_same_giant_for_one_shared_node(h, incidence):
    size = sum(incidence.shape)
    links = incidence.tocoo()
    both = csr_array((links.data, (links.row, links.col + h.num_hyperedges)), shape=(size, size))
    labels = connected_components(both, directed=False)[1]
    assert count_and_giant(labels[: h.num_hyperedges]) == count_and_giant(edge_components(h, 1))


def test_overlaps_hubs_and_lifts_have_the_golden_numbers(h, incidence):
    profile = [0, 7531543, 137447, 6397, 662, 11, 79, 0, 0, 0, 0, 0, 1]
    assert overlap_profile(h).tolist() == profile
    shared = (incidence @ incidence.T).tocoo()
    pairs = shared.data[shared.row < shared.col]
    assert np.bincount(pairs).tolist() == profile
    assert h.degrees[hubs(h, 3)].tolist() == [3192, 1379, 921]
    assert [len(h.lift(s).sets) for s in (2, 3)] == [3367, 476]


def test_the_giant_is_reached_from_its_hub(h):
    steps = node_distances(h, hubs(h, 1).tolist())
    assert int((steps >= 0).sum()) == 7412
