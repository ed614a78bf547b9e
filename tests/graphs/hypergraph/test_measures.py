"""Rich club, assortativity, projection, and communities equal their definitions."""

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.graphs.hypergraph import (
    Hypergraph,
    assortativity,
    communities,
    projection,
    rich_club,
)
from tests.graphs.hypergraph.strategies import FEW, cases


def degrees(case):
    return Counter(node for nodes in case.sets.values() for node in nodes)


@FEW
@given(cases(), st.integers(1, 4))
def test_the_rich_club_is_what_the_rich_have_among_themselves(case, degree):
    rich = {node for node, d in degrees(case).items() if d >= degree}
    inside = [nodes for nodes in case.sets.values() if len(nodes) > 1 and nodes <= rich]
    (club,) = rich_club(case.h, [degree])
    assert (club.degree, club.nodes, club.hyperedges) == (degree, len(rich), len(inside))
    pairs = len(rich) * (len(rich) - 1) / 2
    assert club.coefficient == pytest.approx(len(inside) / pairs if pairs else np.nan, nan_ok=True)


@FEW
@given(cases())
def test_assortativity_is_the_correlation_over_ordered_pairs(case):
    degree = degrees(case)
    pairs = [
        (degree[a], degree[b]) for nodes in case.sets.values() for a, b in permutations(nodes, 2)
    ]
    found = assortativity(case.h)
    if len({left for left, _ in pairs}) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(np.corrcoef(np.array(pairs).T)[0, 1], abs=1e-9)


@FEW
@given(cases(), st.integers(1, 3))
def test_the_projection_weighs_pairs_by_shared_hyperedges(case, least):
    wanted = Counter(
        pair for nodes in case.sets.values() for pair in combinations(sorted(nodes), 2)
    )
    left, right, shared = projection(case.h, least)
    found = dict(zip(zip(left.tolist(), right.tolist(), strict=True), shared.tolist(), strict=True))
    assert found == {pair: n for pair, n in wanted.items() if n >= least}


def test_two_groups_with_one_bridge_are_two_communities():
    left, right = (0, 1, 2, 3), (4, 5, 6, 7)
    rows = [*combinations(left, 3), *combinations(right, 3), (3, 4), (3, 4), (8,)]
    label = communities(Hypergraph.from_lists(rows, 9))
    assert label.tolist() == [0, 0, 0, 0, 4, 4, 4, 4, -1]
