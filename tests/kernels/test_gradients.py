"""Gradients agree with finite differences on the kernels themselves, in float64."""

import pytest
import torch

from paperflow import ops
from paperflow.kernels.graph_attention import native as calls
from tests.kernels.cases import features, make, random_edges

DOUBLE = torch.float64


def inputs_of(*shapes):
    return [features(*shape, dtype=DOUBLE, seed=i) for i, shape in enumerate(shapes)]


def problems():
    g = ops.Graph.from_edge_index(
        random_edges(5, 8, 18), 8, 5
    )  # with an empty row and a pair twice
    n, m, edges = g.num_dst, g.num_src, g.num_edges
    qkv = [(n, 2, 3), (m, 2, 3), (m, 2, 3)]
    extras = [(edges, 2), (edges, 4), (n, 2, 4)]

    def with_dropout(q, k, v):
        torch.manual_seed(0)
        return ops.graph_attention(q, k, v, g, dropout=0.4)

    return {
        "graph_attention": (lambda q, k, v: ops.graph_attention(q, k, v, g), qkv),
        "extras": (lambda q, k, v, *x: ops.graph_attention(q, k, v, g, *x), qkv + extras),
        "top_m": (lambda q, k, v: ops.graph_attention(q, k, v, g, top_m=2), qkv),
        "dropout": (with_dropout, qkv),
        "edge_attention": (
            lambda logits, v: ops.edge_attention(logits, v, g),
            [(edges, 2), (m, 2, 3)],
        ),
        "gatv2": (
            lambda l, r, v, a: ops.gatv2_attention(l, r, v, a, g),  # noqa: E741
            [(m, 2, 3), (n, 2, 3), (m, 2, 3), (2, 3)],
        ),
        "gatv2_own": (
            lambda l, r, a: ops.gatv2_attention(l, r, None, a, g),  # noqa: E741
            [(m, 2, 3), (n, 2, 3), (2, 3)],
        ),
        "edge_softmax": (lambda logits: ops.edge_softmax(logits, g), [(edges, 2)]),
        "spmm": (lambda x, w: ops.spmm(g, x, w), [(m, 2, 3), (edges, 2)]),
        "spmm_mean": (lambda x, w: ops.spmm(g, x, w, "mean"), [(m, 4), (edges,)]),
        "spmm_max": (lambda x, w: ops.spmm(g, x, w, "max"), [(m, 2, 3), (edges, 2)]),
        "spmm_min": (lambda x: ops.spmm(g, x, op="min"), [(m, 4)]),
        "sddmm": (lambda a, b: ops.sddmm(g, a, b), [(n, 2, 3), (m, 2, 3)]),
        "segment_reduce": (lambda x: ops.segment_reduce(x, g.ptr, "mean"), [(edges, 3)]),
        "segment_max": (lambda x: ops.segment_reduce(x, g.ptr, "max"), [(edges, 3)]),
        "hypergraph": (lambda x, w: ops.hypergraph_propagate(g, x, w), [(m, 3), (n,)]),
        "hypergraph_mean": (lambda x, w: ops.hypergraph_propagate(g, x, w, "mean"), [(m, 3), (n,)]),
    }


PROBLEMS = problems()


@pytest.mark.parametrize("name", PROBLEMS)
def test_gradients_equal_finite_differences(backend, name):
    function, shapes = PROBLEMS[name]
    assert torch.autograd.gradcheck(function, inputs_of(*shapes))


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_naive_backend_has_second_derivatives(name):
    function, shapes = PROBLEMS[name]
    with ops.use_backend("naive"):
        assert torch.autograd.gradgradcheck(function, inputs_of(*shapes), fast_mode=True)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_second_derivative_of_a_compiled_kernel_is_an_error(native, name):
    function, shapes = PROBLEMS[name]
    inputs = inputs_of(*shapes)
    found = function(*inputs)
    found = found if isinstance(found, torch.Tensor) else torch.cat(found, -1)
    out = found.square().sum()
    first = torch.autograd.grad(out, inputs, create_graph=True)
    with pytest.raises(RuntimeError, match="PAPERFLOW_KERNELS=naive"):
        sum(x.square().sum() for x in first).backward()


def test_a_gradient_that_is_not_asked_for_costs_nothing_and_changes_nothing(native):
    g, _ = make("bipartite")
    q, k, v = inputs_of((29, 2, 3), (13, 2, 3), (13, 2, 3))
    whole = torch.autograd.grad(ops.graph_attention(q, k, v, g).sum(), [q, k, v])
    alone = torch.autograd.grad(ops.graph_attention(q, k.detach(), v.detach(), g).sum(), [q])
    assert torch.equal(whole[0], alone[0])


def test_backward_twice_through_a_kept_graph_gives_the_same_bits(native):
    g, _ = make("one_hub")
    q, k, v = (features(40, 8, 16, seed=i) for i in range(3))
    loss = ops.graph_attention(q, k, v, g).square().sum()
    first = torch.autograd.grad(loss, [q, k, v], retain_graph=True)
    second = torch.autograd.grad(loss, [q, k, v])
    assert all(torch.equal(x, y) for x, y in zip(first, second, strict=True))


@pytest.mark.parametrize("shape", [(8, 16), (4, 64), (3, 40)])
def test_gradients_are_the_same_where_edges_hand_their_weights_over(native, monkeypatch, shape):
    g = ops.Graph.from_edge_index(random_edges(40, 40, 200), 40)
    inputs = [features(40, *shape, seed=i) for i in range(3)]
    handed = []

    def gradients():
        return torch.autograd.grad(ops.graph_attention(*inputs, g).sin().sum(), inputs)

    def watched(*given, real=calls._handed_over):
        handed.append(real(*given))
        return handed[-1]

    monkeypatch.setattr(calls, "_handed_over", watched)
    found = gradients()
    monkeypatch.setattr(calls, "_handed_over", lambda *_: None)
    again = gradients()
    assert [x.shape for x in handed] == [(200, 2, shape[0])]
    for one, other in zip(found, again, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
