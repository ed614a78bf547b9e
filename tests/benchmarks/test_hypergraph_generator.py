"""The generated hypergraph has the published one's figures."""

from itertools import pairwise

import numpy as np
import pytest
from hypergraph_bench import published
from hypergraph_bench.generator import generate

from paperflow.graphs.powerlaw.fit import fit_power_law
from paperflow.graphs.powerlaw.line import least_squares_line
from paperflow.graphs.powerlaw.sample import sample_of
from tests.graphs.overlaps import overlap_counts, pair_counts

CLOSE = 0.03


@pytest.fixture(scope="module")
def graph():
    return generate()


@pytest.fixture(scope="module")
def degrees(graph):
    return np.sort(np.bincount(graph.members, minlength=graph.num_nodes))[::-1]


def distinct(graph):
    ends = graph.pointers.tolist()
    rows = (graph.members[a:b].tobytes() for a, b in pairwise(ends))
    return len(set(rows))


def test_its_size_is_exact(graph):
    found = graph.num_nodes, graph.num_hyperedges, len(graph.members)
    assert found == (published.NODES, published.HYPEREDGES, published.INCIDENCES)


def test_sizes_of_hyperedges_are_exact(graph):
    sizes = np.diff(graph.pointers)
    counts = np.bincount(sizes)
    assert {size: counts[size] for size in published.SIZES} == published.SIZES
    assert (sizes >= 7).sum() == published.LARGE
    assert sizes.max() == published.LARGEST


def test_no_hyperedge_names_a_node_twice(graph):
    rising = np.diff(graph.members.astype(np.int64)) > 0
    starts = graph.pointers[1:-1]
    rising[starts - 1] = True
    assert rising.all()


def test_hubs_and_leaves_are_the_published_ones(degrees):
    assert tuple(degrees[:10]) == published.HUBS
    assert {least: (degrees >= least).sum() for least in published.ABOVE} == published.ABOVE
    assert (degrees == 1).sum() == pytest.approx(published.LEAVES, rel=0.001)


def test_degrees_are_as_uneven_as_published(degrees):
    count, ranks = len(degrees), np.arange(1, len(degrees) + 1)
    gini = 2 * (ranks * degrees[::-1]).sum() / (count * degrees.sum()) - (count + 1) / count
    assert degrees.std() == pytest.approx(published.DEVIATION, rel=CLOSE)
    assert gini == pytest.approx(published.GINI, rel=CLOSE)
    top = degrees[: round(0.01 * count)].sum() / degrees.sum()
    assert top == pytest.approx(published.TOP_SHARE, rel=CLOSE)


def test_likelihood_and_a_line_disagree_on_the_exponent_as_on_the_published_degrees(degrees):
    sample = sample_of(degrees)
    assert fit_power_law(sample).exponent == pytest.approx(2.1, abs=0.1)
    line = least_squares_line(sample)
    assert line.exponent == pytest.approx(1.232, rel=CLOSE)
    assert line.r_squared == pytest.approx(0.755, rel=CLOSE)


def test_repeats_are_as_many_as_published(graph):
    found = graph.num_hyperedges - distinct(graph)
    assert found == pytest.approx(published.DUPLICATES, rel=CLOSE)


def test_the_largest_pair_is_the_published_one(graph):
    assert pair_counts(graph).max() == pytest.approx(published.LARGEST_PAIR, rel=CLOSE)


@pytest.mark.slow
def test_overlaps_are_the_published_ones(graph):
    counts = overlap_counts(graph)
    for least, pairs in published.OVERLAPS.items():
        assert counts[least:].sum() == pytest.approx(pairs, rel=CLOSE)
    assert np.flatnonzero(counts).max() == published.LARGEST_OVERLAP


def test_a_seed_gives_the_same_graph_and_another_a_different_one():
    first, second, third = (generate(0.02, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.members, second.members)
    assert not np.array_equal(first.members, third.members)


@pytest.mark.parametrize("scale", [10_000 / published.HYPEREDGES, 0.05, 0.5, 2])
def test_other_sizes_keep_the_shape(scale):
    graph = generate(scale)
    degrees = np.bincount(graph.members, minlength=graph.num_nodes)
    assert graph.num_hyperedges == pytest.approx(scale * published.HYPEREDGES, abs=10)
    assert graph.num_nodes == pytest.approx(scale * published.NODES, abs=1)
    assert degrees.mean() == pytest.approx(published.INCIDENCES / published.NODES, rel=0.01)
    repeats = 1 - distinct(graph) / graph.num_hyperedges
    assert repeats == pytest.approx(published.DUPLICATES / published.HYPEREDGES, rel=0.25)


def test_a_hub_may_stand_in_a_share_of_all_hyperedges():
    graph = generate(0.05, hub=0.05)
    degrees = np.bincount(graph.members, minlength=graph.num_nodes)
    assert degrees[-1] == round(0.05 * graph.num_hyperedges)
    assert graph.num_nodes == generate(0.05).num_nodes + 1
