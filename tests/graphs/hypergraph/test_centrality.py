"""Centralities equal networkx on the s-graph; sampled ones keep their bound."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.graphs.hypergraph import Hypergraph, betweenness, closeness, harmonic
from tests.graphs.hypergraph import brute
from tests.graphs.hypergraph.strategies import FEW, cases

pytestmark = pytest.mark.usefixtures("both")


def equal(found, wanted):
    values = {edge: x for edge, x in enumerate(found.values) if not np.isnan(x)}
    assert values.keys() == wanted.keys()
    assert all(values[edge] == pytest.approx(wanted[edge], abs=1e-12) for edge in wanted)


@FEW
@given(cases(), st.integers(1, 3))
def test_exact_centralities_are_those_of_the_s_graph(case, s):
    graph = brute.line_graph(case.sets, s)
    others = max(len(graph) - 1, 1)
    equal(betweenness(case.h, s), networkx.betweenness_centrality(graph))
    equal(closeness(case.h, s), networkx.closeness_centrality(graph))
    equal(
        harmonic(case.h, s),
        {edge: x / others for edge, x in networkx.harmonic_centrality(graph).items()},
    )
    assert betweenness(case.h, s).error == 0


@pytest.fixture(scope="module")
def larger():
    rng = np.random.default_rng(3)
    rows = [rng.choice(30, rng.integers(1, 4), replace=False).tolist() for _ in range(90)]
    return Hypergraph.from_lists([*rows, [30, 31], [31, 32]], 33)


@pytest.mark.parametrize("measure", [betweenness, closeness, harmonic])
def test_a_sampled_centrality_keeps_its_bound_and_follows_its_seed(larger, measure):
    exact = measure(larger).values
    off = []
    for samples in (20, 80):
        found = measure(larger, samples=samples, seed=1)
        off.append(np.nanmax(np.abs(found.values - exact)))
        assert 0 < off[-1] <= found.error
        assert np.array_equal(found.values, measure(larger, samples=samples, seed=1).values, True)
        assert not np.array_equal(found.values, measure(larger, samples=samples, seed=2).values)
    assert off[1] < off[0]


def test_as_many_samples_as_hyperedges_are_exact(larger):
    assert harmonic(larger, samples=1000).error == 0
    assert np.array_equal(harmonic(larger, samples=1000).values, harmonic(larger).values)
