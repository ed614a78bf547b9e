"""Paths equal exhaustive enumeration: complete, sorted, without repeats, with witnesses."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.errors import BadInput
from paperflow.graphs.hypergraph import Hypergraph, Path, path_batch, shortest_paths
from tests.graphs.hypergraph import brute
from tests.graphs.hypergraph.strategies import FEW, MANY, Case, cases

pytestmark = pytest.mark.usefixtures("both")
some_s = st.integers(1, 3)


def allowed(case, forbidden):
    """Return the sets whose statements name nothing forbidden, be it counted or not."""
    named = {e: set(case.h.incidence.members(e).tolist()) for e in case.sets}
    return {e: nodes for e, nodes in case.sets.items() if not named[e] & set(forbidden)}


def enumerated(case, source, target, s, *, longest=16, hubs=(), required=(), forbidden=()):
    """Return all simple paths in our order."""
    nodes = frozenset(range(case.h.num_nodes))
    sets = allowed(case, forbidden)
    shareable = nodes - set(hubs)
    if not all(any(end in names for names in case.sets.values()) for end in (source, target)):
        return []
    found = brute.all_paths(sets, source, target, s, longest, shareable)
    named = [path for path in found if set(required) <= frozenset().union(*(sets[e] for e in path))]
    return sorted(named, key=lambda path: brute.order(sets, path, s, shareable))


@st.composite
def questions(draw, **sizes):
    """Draw a hypergraph and two different nodes of it."""
    case = draw(cases(most_nodes=7, **sizes).filter(lambda case: case.h.num_nodes > 1))
    node = st.integers(0, case.h.num_nodes - 1)
    ends = draw(st.lists(node, min_size=2, max_size=2, unique=True))
    return case, *ends


@MANY
@given(questions(most_edges=9), some_s, st.integers(1, 6))
def test_the_k_shortest_are_the_first_of_all(question, s, k):
    case, source, target = question
    wanted = enumerated(case, source, target, s)
    wanted = [path for path in wanted if len(path) <= len(wanted[0]) + 2][:k]
    found = shortest_paths(case.h, source, target, s=s, k=k)
    assert [path.edges for path in found.paths] == wanted
    assert found.complete
    for path in found.paths:
        shared = [sorted(case.sets[a] & case.sets[b]) for a, b in pairwise(path.edges)]
        assert [list(nodes) for nodes in path.shared] == shared
        assert all(len(nodes) >= s for nodes in shared)


@FEW
@given(questions(), some_s)
def test_a_path_back_is_as_long(question, s):
    case, source, target = question
    there, back = (shortest_paths(case.h, *ends, s=s).paths
                   for ends in ((source, target), (target, source)))  # fmt: skip
    assert [len(path.edges) for path in there] == [len(path.edges) for path in back]


@FEW
@given(questions(most_edges=8), some_s, st.data())
def test_constraints_leave_the_paths_that_meet_them(question, s, data):
    case, source, target = question
    others = sorted(set(range(case.h.num_nodes)) - {source, target})
    some = st.lists(st.sampled_from(others), max_size=2, unique=True) if others else st.just([])
    required, forbidden = data.draw(some), data.draw(some)
    ceiling = data.draw(st.sampled_from([None, 1, 2, 4]))
    part = allowed(case, forbidden)
    degree = [sum(node in nodes for nodes in part.values()) for node in range(case.h.num_nodes)]
    hubs = [node for node, d in enumerate(degree) if ceiling is not None and d > ceiling]
    wanted = enumerated(case, source, target, s, hubs=hubs, required=required, forbidden=forbidden)
    wanted = [path for path in wanted if len(path) <= len(wanted[0]) + 2][:4]
    found = shortest_paths(
        case.h, source, target, s=s, k=4,
        max_degree=ceiling, required=required, forbidden=forbidden,
    )  # fmt: skip
    assert [path.edges for path in found.paths] == wanted


@FEW
@given(questions(), some_s, st.data())
def test_a_batch_has_the_first_path_of_each_pair(question, s, data):
    case, *_ = question
    node = st.integers(0, case.h.num_nodes - 1)
    pairs = data.draw(st.lists(st.tuples(node, node).filter(lambda p: p[0] != p[1]), max_size=5))
    batch = path_batch(case.h, pairs, s)
    for row, (source, target) in enumerate(pairs):
        alone = shortest_paths(case.h, source, target, s=s).paths
        begin, end = batch.pointers[row : row + 2]
        wanted = alone[0].edges if alone else ()
        assert tuple(batch.edges[begin:end].tolist()) == wanted
        for step, (left, right) in enumerate(pairwise(wanted)):
            shared = set(batch.shared[begin + step].tolist())
            assert len(shared) == s
            assert shared <= case.sets[left] & case.sets[right]
        assert end == begin or (batch.shared[end - 1] == -1).all()


def chain(length: int) -> Case:
    sets = {edge: frozenset((edge, edge + 1)) for edge in range(length)}
    h = Hypergraph.from_lists([sorted(nodes) for nodes in sets.values()], length + 1)
    return Case(h, sets)


def test_paths_longer_than_the_first_guess_of_memory_are_whole():
    case = chain(300)
    wanted = tuple(range(300))
    assert shortest_paths(case.h, 0, 300).paths == (
        Path(wanted, tuple((node,) for node in range(1, 300))),
    )
    batch = path_batch(case.h, [[0, 300], [300, 0], [0, 1]])
    assert batch.edges.tolist() == [*wanted, *reversed(wanted), 0]
    assert len(shortest_paths(case.h, 0, 300, k=3).paths) == 1


def test_many_searches_in_a_row_do_not_see_one_another():
    rng = np.random.default_rng(4)
    h = Hypergraph.from_lists([rng.integers(0, 30, 3).tolist() for _ in range(40)], 30)
    pairs = [(a, b) for a, b in rng.integers(0, 30, (200, 2)).tolist() if a != b]
    first = [shortest_paths(h, *pair, k=2) for pair in pairs]
    assert [shortest_paths(h, *pair, k=2) for pair in reversed(pairs)] == first[::-1]


def test_a_path_from_a_concept_to_itself_is_refused():
    with pytest.raises(BadInput, match="different"):
        shortest_paths(chain(2).h, 1, 1)


def test_a_hub_that_is_an_end_may_stand_above_the_ceiling():
    h = Hypergraph.from_lists([[0, 1], [0, 2], [0, 3], [1, 4], [2, 4]], 5)
    assert shortest_paths(h, 0, 4, max_degree=2).paths[0] == Path((0, 3), ((1,),))
    assert shortest_paths(h, 3, 4, max_degree=2).paths == ()
    assert shortest_paths(h, 0, 3, max_degree=1).paths == (Path((2,), ()),)
