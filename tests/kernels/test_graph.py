"""A graph keeps its edges in both orders and refuses what is none."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from paperflow import ops
from paperflow.kernels import plan
from paperflow.ops import Graph
from tests.kernels.cases import GRAPHS, make, random_edges


@pytest.mark.parametrize("name", GRAPHS)
def test_rows_hold_the_edges_of_their_destination_in_order(name):
    g, edge_index = make(name)
    for row in range(g.num_dst):
        slots = slice(int(g.ptr[row]), int(g.ptr[row + 1]))
        assert torch.equal(g.idx[slots].long(), edge_index[0, edge_index[1] == row])


@pytest.mark.parametrize("name", GRAPHS)
def test_ends_are_the_edges_as_they_were_given(name):
    g, edge_index = make(name)
    assert torch.equal(torch.stack(g.ends()), edge_index)
    assert torch.equal(torch.stack(g.T.ends()), edge_index.flip(0))


def test_the_transpose_of_the_transpose_is_the_graph():
    g, _ = make("bipartite")
    assert g.T.T is g
    assert (g.T.num_dst, g.T.num_src) == (g.num_src, g.num_dst)


def test_sorted_edges_need_no_permutation():
    edges = random_edges(9, 9, 50)
    edges = edges[:, torch.argsort(edges[1], stable=True)]
    g = Graph.from_edge_index(edges, 9, sorted=True)
    assert g.eid is None
    assert torch.equal(torch.stack(g.ends()), edges)


def test_csr_and_edge_list_build_the_same_graph():
    g, _ = make("bipartite")
    again = Graph.from_csr(g.ptr, g.idx, g.num_src)
    assert torch.equal(again.ptr, g.ptr)
    assert torch.equal(again.idx, g.idx)


@given(st.integers(1, 30), st.integers(0, 200))
def test_a_reordered_graph_gives_the_same_rows_elsewhere(nodes, edges):
    g = Graph.from_edge_index(random_edges(nodes, nodes, edges), nodes)
    moved, order = g.reorder()
    assert sorted(order.tolist()) == list(range(nodes))
    assert torch.equal(order[torch.stack(moved.ends())], torch.stack(g.ends()))
    x, weights = torch.randn(nodes, 3), torch.randn(edges)
    again = ops.spmm(moved, x[order], weights)[order.argsort()]
    assert torch.allclose(again, ops.spmm(g, x, weights), atol=1e-5)


def test_reordering_brings_neighbours_together():
    names = torch.randperm(200, generator=torch.Generator().manual_seed(0))
    ring = torch.stack([names, names.roll(1)])
    moved, _ = Graph.from_edge_index(ring, 200).reorder()
    src, dst = moved.ends()
    assert int((src - dst).abs().max()) <= 2


def test_a_bipartite_graph_is_not_reordered():
    with pytest.raises(ValueError, match="destinations differ"):
        make("bipartite")[0].reorder()


@given(st.integers(1, 30), st.integers(0, 200), st.integers(1, 9))
def test_the_work_list_covers_every_edge_once_longest_first(nodes, edges, cap):
    g = Graph.from_edge_index(random_edges(nodes, nodes, edges), nodes)
    items, split, number = plan.make_plan(g.ptr, cap)
    lengths = (items[:, 2] - items[:, 1]).tolist()
    assert lengths == sorted(lengths, reverse=True)
    assert max(lengths) <= cap
    covered = [slot for _, begin, end, _ in items.tolist() for slot in range(begin, end)]
    assert sorted(covered) == list(range(edges))
    slots = sorted(slot for *_, slot in items.tolist() if slot >= 0)
    assert slots == list(range(number))
    assert sum(split[:, 2].tolist()) == len(slots)


@pytest.mark.parametrize(
    ("edge_index", "error", "words"),
    [
        (torch.zeros(2, 3), TypeError, "integers"),
        (torch.zeros(3, 2, dtype=torch.long), ValueError, r"\[2, E\]"),
        (torch.tensor([[0], [5]]), IndexError, "destination 5"),
        (torch.tensor([[4], [0]]), IndexError, "source 4"),
        (torch.tensor([[-1], [0]]), IndexError, "source -1"),
        (torch.tensor([[0], [-7]]), IndexError, "destination -7"),
    ],
)
def test_edges_that_are_none_are_refused(edge_index, error, words):
    with pytest.raises(error, match=words):
        Graph.from_edge_index(edge_index, 5, 4)


def test_more_edges_than_int32_numbers_are_refused_without_reading_them():
    huge = torch.zeros(2, 1, dtype=torch.long).expand(2, 2**31)
    with pytest.raises(ValueError, match="edges"):
        Graph.from_edge_index(huge, 5)
    with pytest.raises(ValueError, match="destinations"):
        Graph.from_edge_index(torch.zeros(2, 0, dtype=torch.long), 2**31)


def test_an_order_that_is_promised_is_checked():
    with pytest.raises(ValueError, match="sorted"):
        Graph.from_edge_index(torch.tensor([[0, 0], [1, 0]]), 2, sorted=True)


@pytest.mark.parametrize("ptr", [[0, 2, 1, 3], [1, 2, 3], [0, 2], []])
def test_bounds_that_are_none_are_refused(ptr):
    with pytest.raises(ValueError, match="ptr"):
        Graph.from_csr(torch.tensor(ptr, dtype=torch.long), torch.zeros(3, dtype=torch.int), 4)


def test_a_graph_shows_its_sizes():
    assert repr(make("bipartite")[0]) == "Graph(num_dst=29, num_src=13, num_edges=150)"
