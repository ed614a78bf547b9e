"""The operators behave as torch's own: under opcheck, torch.compile, autocast and strides."""

import pytest
import torch

from paperflow import ops
from paperflow.kernels import common
from paperflow.kernels.edge_attention import operator as edge_attention
from paperflow.kernels.edge_softmax import operator as edge_softmax
from paperflow.kernels.gatv2_attention import operator as gatv2
from paperflow.kernels.graph_attention import operator as attention
from paperflow.kernels.sddmm import operator as sddmm
from paperflow.kernels.spmm import operator as spmm
from tests.kernels.cases import features, gradients, make

SEED = torch.zeros(1, dtype=torch.int64)


def operator_calls():
    g, _ = make("bipartite")
    n, m, edges = g.num_dst, g.num_src, g.num_edges
    q, k, v = features(n, 2, 3), features(m, 2, 3, seed=1), features(m, 2, 3, seed=2)
    graph = common.graph_tensors(g, q)
    edge = [features(edges, 2), features(edges, 4), features(n, 2, 4)]
    none, slots = [None, None, None], features(edges, 2, 3)
    rows = torch.arange(edges + 1), torch.repeat_interleave(g.ptr.diff()).int()
    return {
        "attention": (attention.attention_op, (q, k, v, *graph, *none, 0.5, 0, 0.0, SEED)),
        "extras": (attention.attention_op, (q, k, v, *graph, *edge, 0.5, 3, 0.1, SEED)),
        "given": (edge_attention.attention_op, (edge[0], v, *graph, 0.0, SEED)),
        "gatv2": (gatv2.attention_op, (k, q, v, features(2, 3), *graph, 0.2, 0.0, SEED)),
        "softmax": (edge_softmax.softmax_op, (edge[0], g.ptr, g.eid)),
        "sum": (spmm.spmm_op, (v, edge[0], *graph, "sum")),
        "mean": (spmm.spmm_op, (v, None, *graph, "mean")),
        "max": (spmm.spmm_op, (v, None, *graph, "max")),
        "min": (spmm.spmm_op, (v, edge[0], *graph, "min")),
        "segments": (spmm.spmm_op, (slots, None, g.ptr, None, None, *rows, None, "sum")),
        "sddmm": (sddmm.sddmm_op, (q, k, *graph)),
    }


OPERATORS = ["attention", "extras", "given", "gatv2", "softmax", "sddmm"]
OPERATORS += ["sum", "mean", "max", "min", "segments"]


@pytest.mark.parametrize("name", OPERATORS)
def test_opcheck_finds_no_fault(native, name):
    op, arguments = operator_calls()[name]
    torch.library.opcheck(op, arguments)


def functions():
    g, _ = make("bipartite")
    x = [features(29, 2, 4), features(13, 2, 4, seed=1), features(13, 2, 4, seed=2)]
    bias, att = features(150, 2), features(2, 4)
    return {
        "graph_attention": (lambda q, k, v: ops.graph_attention(q * 2, k, v, g), x),
        "bias": (lambda q, k, v, b: ops.graph_attention(q, k, v, g, b).relu(), [*x, bias]),
        "gatv2": (lambda q, k, a: ops.gatv2_attention(k, q, None, a, g), [*x[:2], att]),
        "edge_attention": (lambda b, v: ops.edge_attention(b, v, g), [bias, x[2]]),
        "edge_softmax": (lambda b: ops.edge_softmax(b, g).exp(), [bias]),
        "spmm": (lambda v, b: ops.spmm(g, v, b, "mean"), [x[2], bias]),
        "sddmm": (lambda q, k: ops.sddmm(g, q, k), x[:2]),
        "segment_reduce": (lambda b: ops.segment_reduce(b, g.ptr, "max"), [bias]),
        "hypergraph": (lambda v: ops.hypergraph_propagate(g, v), [x[2]]),
    }


@pytest.mark.parametrize(
    "name",
    [
        "graph_attention",
        "bias",
        "gatv2",
        "edge_attention",
        "edge_softmax",
        "spmm",
        "sddmm",
        "segment_reduce",
        "hypergraph",
    ],
)
def test_a_compiled_function_is_one_graph_with_the_same_result(native, name):
    function, inputs = functions()[name]
    compiled = torch.compile(function, fullgraph=True, backend="aot_eager")
    plain, fast = function(*inputs), compiled(*inputs)
    assert torch.equal(plain, fast)
    for x, y in zip(gradients(plain, inputs), gradients(fast, inputs), strict=True):
        assert torch.equal(x, y)


def test_inductor_compiles_a_layer(native):
    function, inputs = functions()["graph_attention"]
    compiled = torch.compile(function, fullgraph=True)
    assert torch.allclose(function(*inputs), compiled(*inputs), atol=1e-6)


def test_autocast_casts_features_and_keeps_their_gradients_types(backend):
    g, _ = make("bipartite")
    q, k, v = features(29, 2, 4), features(13, 2, 4), features(13, 2, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = ops.graph_attention(q, k, v, g, bias=features(150, 2))
    assert out.dtype == torch.bfloat16
    assert {x.dtype for x in gradients(out, [q, k, v])} == {torch.float32}
    assert torch.allclose(out.float(), ops.graph_attention(q, k, v, g, features(150, 2)), atol=0.03)


def test_one_projection_can_feed_all_by_views(native):
    g, _ = make("self_loops")
    packed = features(20, 3, 8, 16)
    q, k, v = packed.unbind(1)
    out = ops.graph_attention(q, k, v, g)
    apart = ops.graph_attention(*(x.contiguous() for x in (q, k, v)), g)
    assert torch.equal(out, apart)
    assert torch.equal(gradients(out, [packed])[0], gradients(apart, [packed])[0])


@pytest.mark.parametrize(
    "change",
    [lambda x: x.transpose(1, 2).contiguous().transpose(1, 2), lambda x: x[:1].expand(x.shape)],
)
def test_any_strides_give_the_result_of_contiguous_features(backend, change):
    g, _ = make("self_loops")
    q = k = v = change(features(20, 4, 8))
    found = ops.graph_attention(q, k, v, g)
    assert torch.equal(found, ops.graph_attention(*[q.contiguous()] * 3, g))


def test_an_expanded_gradient_is_read_right(native):
    g, _ = make("bipartite")
    q, k, v = features(29, 2, 4), features(13, 2, 4), features(13, 2, 4)
    total = torch.autograd.grad(ops.graph_attention(q, k, v, g).sum(), v)[0]
    weighed = torch.autograd.grad(ops.graph_attention(q, k, v, g), v, torch.ones(29, 2, 4))[0]
    assert torch.equal(total, weighed)


@pytest.mark.parametrize(
    "name",
    [
        "graph_attention",
        "bias",
        "gatv2",
        "edge_attention",
        "edge_softmax",
        "spmm",
        "sddmm",
        "segment_reduce",
    ],
)
def test_every_output_value_is_written(native, name):
    function, inputs = functions()[name]
    wanted = function(*inputs)
    wanted = [wanted, *gradients(wanted, inputs)]
    torch.use_deterministic_algorithms(True)  # fills fresh memory with NaN
    try:
        found = function(*inputs)
        found = [found, *gradients(found, inputs)]
    finally:
        torch.use_deterministic_algorithms(False)
    assert all(torch.equal(x, y) for x, y in zip(found, wanted, strict=True))
