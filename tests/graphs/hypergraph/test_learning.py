"""The kernels and PyG take the incidence as it is."""

import numpy as np
import torch
from hypothesis import given

from paperflow import ops
from paperflow.graphs.hypergraph import Hypergraph, hyperedge_index, incidence_graph
from tests.graphs.hypergraph.strategies import FEW, hypergraphs


def test_the_kernels_read_our_arrays_without_a_copy():
    h = Hypergraph.from_lists([[0, 1, 2], [2, 3], []], 5)
    graph = incidence_graph(h)
    for tensor, array in (
        (graph.ptr, h.incidence.edge_pointers),
        (graph.idx, h.incidence.edge_nodes),
        (graph.T.ptr, h.incidence.node_pointers),
        (graph.T.idx, h.incidence.node_edges),
    ):
        assert tensor.data_ptr() == array.ctypes.data


@FEW
@given(hypergraphs())
def test_propagation_on_them_is_two_products_with_the_incidence_matrix(h):
    dense = torch.zeros(h.num_hyperedges, h.num_nodes, dtype=torch.float64)
    edges = np.repeat(np.arange(h.num_hyperedges), h.sizes)
    dense[edges, h.incidence.edge_nodes] = 1
    x = torch.arange(3.0 * h.num_nodes, dtype=torch.float64).view(-1, 3).requires_grad_()
    weight = torch.arange(1.0, h.num_hyperedges + 1, dtype=torch.float64)
    found = ops.hypergraph_propagate(incidence_graph(h), x, weight)
    wanted = dense.T @ (weight[:, None] * (dense @ x))
    assert torch.allclose(found, wanted)
    (ours,) = torch.autograd.grad(found.square().sum(), x)
    (theirs,) = torch.autograd.grad(wanted.square().sum(), x)
    assert torch.allclose(ours, theirs)


@FEW
@given(hypergraphs())
def test_maxima_follow_the_incidence_in_both_directions(h):
    x = torch.arange(2.0 * h.num_nodes).view(-1, 2).requires_grad_()
    plain = ops.Graph.from_edge_index(hyperedge_index(h), h.num_hyperedges, h.num_nodes)
    found = ops.hypergraph_propagate(incidence_graph(h), x, op="max")
    wanted = ops.hypergraph_propagate(plain, x, op="max")
    assert torch.equal(found, wanted)
    grad = torch.autograd.grad(found.sum(), x)[0]
    assert torch.equal(grad, torch.autograd.grad(wanted.sum(), x)[0])


def test_pyg_convolves_along_the_hyperedge_index():
    from torch_geometric.nn import HypergraphConv

    h = Hypergraph.from_lists([[0, 1], [1, 2]], 3, edge_year=np.array([2000, 2010]))
    index = hyperedge_index(h)
    assert index.tolist() == [[0, 1, 1, 2], [0, 0, 1, 1]]
    assert HypergraphConv(2, 4)(torch.ones(3, 2), index).shape == (3, 4)
    assert hyperedge_index(h.where(years=(2005, None))).tolist() == [[1, 2], [1, 1]]
