"""Lifts: sets that several hyperedges share, however large these are."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.graphs.hypergraph import (
    Hypergraph,
    edge_components,
    lift,
    neighbours,
    node_components,
    shortest_paths,
)
from tests.graphs.hypergraph import brute
from tests.graphs.hypergraph.strategies import FEW, cases

pytestmark = pytest.mark.usefixtures("both")


def rows_of(made):
    inc = made.incidence
    return {
        tuple(nodes): inc.memberships(row).tolist() for row, nodes in enumerate(made.sets.tolist())
    }


@FEW
@given(cases(filtered=False), st.integers(2, 5))
def test_a_lift_has_the_sets_that_occur_twice_and_no_other(case, s):
    wanted: dict[tuple[int, ...], list[int]] = {}
    for edge, nodes in case.sets.items():
        for some in combinations(sorted(nodes), s):
            wanted.setdefault(some, []).append(edge)
    found = case.h.lift(s)
    assert rows_of(found) == {some: edges for some, edges in wanted.items() if len(edges) > 1}
    assert found.sets.tolist() == sorted(found.sets.tolist())
    back = found.incidence
    pairs = {(e, k) for k in range(len(found.sets)) for e in back.memberships(k).tolist()}
    assert pairs == {(e, k) for e in case.sets for k in back.members(e).tolist()}


@FEW
@given(cases(), st.integers(1, 4))
def test_large_hyperedges_are_linked_to_their_neighbours_instead(case, s):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lift, "MOST_SUBSETS", 2)  # what has three nodes is large
        fresh = Hypergraph.from_incidence(
            case.h.incidence, edge_year=case.h.edge_year, node_type=case.h.node_type
        ).masked(case.h.edge_ok, case.h.node_ok)
        size = fresh.num_hyperedges
        assert edge_components(fresh, s).tolist() == brute.components(case.sets, s, size)
        wanted = brute.components(case.dual().sets, s, fresh.num_nodes)
        assert node_components(fresh, s).tolist() == wanted


def test_two_huge_equal_hyperedges_cost_one_link_and_not_their_subsets():
    h = Hypergraph.from_lists([range(400), range(400), range(398, 405), [404, 405]], 406)
    assert h.lift(5).nbytes < 1000
    assert neighbours(h, 0, 5).rows.tolist() == [1]
    assert edge_components(h, 2).tolist() == [0, 0, 0, 3]
    assert edge_components(h, 3).tolist() == [0, 0, 2, -1]
    assert shortest_paths(h, 0, 404, s=2).paths[0].edges == (0, 2)


def test_a_mask_that_hides_a_shared_node_is_seen_in_links_too():
    rows = [list(range(60)), [*range(2), 60], [*range(3), 61]]
    h = Hypergraph.from_lists(
        rows, 62, node_type=np.array([1, *[0] * 61]), node_type_names=("method", "task")
    )
    part = h.where(types=["method"])
    assert h.lift(2).first_link < len(h.lift(2).sets)
    assert edge_components(h, 2).tolist() == [0, 0, 0]
    assert edge_components(part, 2).tolist() == [0, 1, 0]
