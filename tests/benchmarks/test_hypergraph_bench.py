"""The benchmark times nothing that is wrong, and its libraries answer alike."""

import sys
from functools import partial
from importlib import import_module
from itertools import pairwise

import pytest
from hypergraph_bench.cases import Case, labels_of, partition
from hypergraph_bench.generator import generate
from hypergraph_bench.operations import State

from paperflow.graphs.hypergraph import Hypergraph, path_batch
from tests.benchmarks.conftest import BENCHMARKS

# Components of hyperedges and the largest of them at a twentieth of the published size.
GOLDEN = {"s=1 components": [308, 15_673], "s=2 components": [9_698, 3_784]}
FAST = ("s=1 components", "s=2 components", "few s=1 paths", "few s=2 paths", "degrees")


@pytest.fixture(scope="module")
def verdict():
    """Return the module, which needs the benchmarks' own report.py beside it."""
    name, path = "report", BENCHMARKS / "report.py"
    spec = import_module("importlib.util").spec_from_file_location(name, path)
    sys.modules[name] = import_module("importlib.util").module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    yield import_module("hypergraph_bench.verdict")
    del sys.modules[name]


def answer(library, operation, state):
    """Return what a library says, None where it has no such operation."""
    found = import_module(f"hypergraph_bench.{library}").OPERATIONS.get(operation)
    if found is None:
        return None
    ready = found.ready(state)
    result = list(map(found.run, ready)) if found.each else found.run(ready)
    return found.said(state, result)


@pytest.fixture(scope="module")
def tiny():
    return Case(generate(0.012))


@pytest.mark.slow
@pytest.mark.parametrize("operation", FAST)
@pytest.mark.parametrize("library", ["ours", "with_xgi", "with_hypernetx", "with_hypergraphx"])
def test_libraries_answer_as_scipy_does(tiny, library, operation):
    for package in ("xgi", "hypernetx", "hypergraphx"):
        pytest.importorskip(package)
    said = answer(library, operation, State(tiny))
    assert said is None or said == answer("with_scipy", operation, State(tiny))


@pytest.mark.parametrize("operation", GOLDEN)
def test_components_of_the_seeded_graph_are_golden_and_scipys(operation):
    case = Case(generate(0.05))
    ours, scipy = (answer(library, operation, State(case)) for library in ("ours", "with_scipy"))
    assert ours == scipy
    assert ours[:2] == GOLDEN[operation]


def test_a_library_of_papers_answers_as_the_graph_does_and_grows(tiny):
    plan, state = import_module("hypergraph_bench.plan"), State(tiny)
    lengths = answer("in_store", "first answer", state)
    graph = Hypergraph.from_csr(tiny.graph.pointers, tiny.graph.members, tiny.graph.num_nodes)
    wanted = path_batch(graph, tiny.pairs(len(lengths)).tolist(), 1).pointers
    assert lengths == [end - start for start, end in pairwise(wanted.tolist())]
    assert any(lengths)
    answer("in_store", plan.IN_STORE[1], state)  # stops unless each paper's statements came


def test_a_wrong_answer_is_not_timed(verdict):
    plan = import_module("hypergraph_bench.plan")
    pieces = [plan.Piece(library, 0.05, ("degrees",)) for library in ("with_scipy", "with_xgi")]
    names = [piece.name for piece in pieces]
    right = {"degrees": {"cpu": 1.0, "said": [1]}}
    verdict.check(pieces, dict.fromkeys(names, right))
    wrong = {"degrees": {"cpu": 1.0, "said": [2]}}
    with pytest.raises(SystemExit, match="with_xgi-16010 is wrong about degrees"):
        verdict.check(pieces, dict(zip(names, (right, wrong), strict=True)))


def test_a_peer_that_was_stopped_counts_with_the_time_it_had(verdict):
    found = {
        "ours-16010": {"s=2 components": {"cpu": 0.01, "said": [1]}},
        "with_xgi-16010": {"s=2 components": {"stopped": "not done after 60 s", "after": 60.0}},
    }
    row = next(row for row in verdict.rows(found) if "xgi" in row.name)
    assert (row.value, row.holds, row.note) == (6_000, True, "not done after 60 s")


def test_partitions_are_compared_whatever_their_labels():
    assert partition([3, 3, 5], [True] * 3) == partition([0, 0, 1], [True] * 3)
    assert partition([3, 5, 5], [True] * 3) != partition([0, 0, 1], [True] * 3)
    assert labels_of([{2, 0}], 4).tolist() == [0, 1, 0, 3]


def test_questions_are_the_same_each_time(tiny):
    again = Case(generate(0.012))
    pairs = partial(Case.pairs, count=60)
    assert pairs(tiny).tolist() == pairs(again).tolist()
    assert (pairs(tiny)[:, 0] != pairs(tiny)[:, 1]).all()
