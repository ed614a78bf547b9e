"""Degrees, overlaps, components, and distances equal their definitions, whole and filtered."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.hypergraph import (
    Hypergraph,
    co_occurrence,
    edge_components,
    edge_distances,
    hubs,
    neighbours,
    node_components,
    node_distances,
    overlap_profile,
    surroundings,
)
from tests.graphs.hypergraph import brute
from tests.graphs.hypergraph.strategies import FEW, MANY, Case, cases

pytestmark = pytest.mark.usefixtures("both")
some_s = st.integers(1, 4)


@FEW
@given(cases())
def test_sizes_and_degrees_count_what_is_left(case):
    h, sets = case
    assert h.sizes.tolist() == [len(sets.get(e, ())) for e in range(h.num_hyperedges)]
    named = Counter(node for nodes in sets.values() for node in nodes)
    assert h.degrees.tolist() == [named[node] for node in range(h.num_nodes)]
    ranked = sorted(named, key=lambda node: (-named[node], node))
    assert hubs(h, 3).tolist() == ranked[:3]


@MANY
@given(cases(), some_s)
def test_neighbours_share_at_least_s_nodes(case, s):
    for edge, nodes in case.sets.items():
        shared = {other: len(nodes & theirs) for other, theirs in case.sets.items()}
        wanted = {other: n for other, n in shared.items() if n >= s and other != edge}
        found = neighbours(case.h, edge, s)
        assert found.rows.tolist() == sorted(wanted)
        assert dict(zip(*map(np.ndarray.tolist, found), strict=True)) == wanted


@FEW
@given(cases(), some_s)
def test_co_occurrence_counts_shared_hyperedges(case, least):
    sets = case.dual().sets
    for node, edges in sets.items():
        shared = {other: len(edges & theirs) for other, theirs in sets.items()}
        wanted = {other: n for other, n in shared.items() if n >= least and other != node}
        found = co_occurrence(case.h, node, least)
        assert dict(zip(*map(np.ndarray.tolist, found), strict=True)) == wanted


@FEW
@given(cases())
def test_the_overlap_profile_counts_pairs(case):
    pairs = Counter(len(a & b) for a, b in combinations(case.sets.values(), 2))
    wanted = [0, *(pairs[n] for n in range(1, max([0, *pairs]) + 1))]
    assert overlap_profile(case.h).tolist() == wanted
    for edge, nodes in case.sets.items():
        own = Counter(len(nodes & b) for other, b in case.sets.items() if other != edge)
        wanted = [0, *(own[n] for n in range(1, max([0, *own]) + 1))]
        assert overlap_profile(case.h, edge).tolist() == wanted


@MANY
@given(cases(), some_s)
def test_components_are_those_of_the_s_graph(case, s):
    h = case.h
    assert edge_components(h, s).tolist() == brute.components(case.sets, s, h.num_hyperedges)
    assert node_components(h, s).tolist() == brute.components(case.dual().sets, s, h.num_nodes)


@MANY
@given(cases(), some_s, st.data())
def test_distances_are_those_of_the_s_graph(case, s, data):
    h = case.h
    for sized, measure, of in (
        (h.num_hyperedges, edge_distances, case),
        (h.num_nodes, node_distances, case.dual()),
    ):
        rows = st.integers(0, sized - 1) if sized else st.nothing()
        sources = data.draw(st.lists(rows, max_size=3) if sized else st.just([]))
        wanted = brute.distances(of.sets, sources, s, sized)
        assert measure(h, sources, s).tolist() == wanted
        near = [steps if steps <= 1 else -1 for steps in wanted]
        assert measure(h, sources, s, most=1).tolist() == near


@FEW
@given(cases(filtered=False))
def test_more_shared_nodes_make_finer_components_and_longer_ways(case):
    h = case.h
    for s in (1, 2, 3):
        wide, narrow = edge_components(h, s), edge_components(h, s + 1)
        inside = narrow >= 0
        assert all(len(set(wide[narrow == label])) == 1 for label in set(narrow[inside]))
        for edge in np.flatnonzero(inside)[:2].tolist():
            few, more = edge_distances(h, [edge], s), edge_distances(h, [edge], s + 1)
            assert (few[more >= 0] <= more[more >= 0]).all()


@FEW
@given(cases(), some_s, st.integers(0, 3), st.integers(0, 4), st.data())
def test_surroundings_are_the_nearest_and_latest(case, s, steps, most, data):
    h = case.h
    node = data.draw(st.integers(0, h.num_nodes - 1))
    own = [edge for edge, nodes in case.sets.items() if node in nodes]
    far = brute.distances(case.sets, own, s, h.num_hyperedges)
    far = {e: 0 if e in own else d for e, d in enumerate(far) if e in own or 0 <= d <= steps}
    ranked = sorted(far, key=lambda edge: (far[edge], -h.edge_year[edge], edge))
    found = surroundings(h, [node], s=s, steps=steps, most=most)
    assert found.edges.tolist() == ranked[:most]
    assert found.steps.tolist() == [far[edge] for edge in ranked[:most]]
    assert found.left_out == len(far) - len(ranked[:most])


def test_a_part_of_a_part_is_what_both_keep():
    h = Hypergraph.from_lists([[0, 1], [1, 2], [2]], 3, edge_year=np.array([1999, 2010, 2020]))
    assert h.where(years=(2000, None)).where(years=(None, 2015)).sizes.tolist() == [0, 2, 0]
    assert h.where().sizes.tolist() == [2, 2, 1]


def test_what_does_not_exist_is_told():
    h = Hypergraph.from_lists([[0, 1]], 2, node_type_names=("method",))
    with pytest.raises(UnknownName, match="task"):
        h.where(types=["task"])
    with pytest.raises(BadInput, match="s is 0"):
        edge_components(h, 0)
    with pytest.raises(ValueError, match="outside"):
        neighbours(h, 1)
    with pytest.raises(ValueError, match="outside"):
        Hypergraph.from_lists([[0, 2]], 2)
    with pytest.raises(ValueError, match="1 values for 2 rows"):
        Hypergraph.from_lists([[0], [1]], 2, edge_year=np.array([1]))


def test_a_case_without_anything_answers_everything():
    h = Hypergraph.from_lists([], 0)
    assert Case(h, {}).s_edges(1) == {}
    assert edge_components(h).tolist() == node_components(h, 2).tolist() == []
    assert hubs(h, 5).tolist() == []
    assert overlap_profile(h).tolist() == [0]
