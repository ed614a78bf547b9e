"""Every operator equals its definition written row by row in float64, forward and backward."""

import math

import pytest
import torch
from torch.nn.functional import leaky_relu

from paperflow import ops
from tests.kernels.cases import (
    GRAPHS,
    SHAPES,
    TOLERANCE,
    assert_close,
    dot_logits,
    features,
    gradients,
    make,
    row_by_row,
    wide,
)

DTYPES = list(TOLERANCE)


def compare(found, inputs, wanted, wide_inputs, dtype):
    """Compare outputs and gradients; a gradient in bfloat16 is rounded once more."""
    assert_close(found, wanted, dtype)
    pairs = zip(gradients(found, inputs), gradients(wanted, wide_inputs), strict=True)
    for ours, theirs in pairs:
        assert_close(
            None if ours is None else ours / 2, None if theirs is None else theirs / 2, dtype
        )


def qkv(g, heads, width, dtype):
    sizes = (g.num_dst, g.num_src, g.num_src)
    return [features(n, heads, width, dtype=dtype, seed=i) for i, n in enumerate(sizes)]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "width"), SHAPES)
def test_graph_attention(backend, name, dtype, heads, width):
    g, edges = make(name)
    inputs = qkv(g, heads, width, dtype)
    q, k, v = doubles = [wide(x) for x in inputs]
    wanted = row_by_row(dot_logits(q, k, edges), v[edges[0]], edges, g.num_dst)
    compare(ops.graph_attention(*inputs, g), inputs, wanted, doubles, dtype)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(("heads", "width"), [(8, 16), (3, 5)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_graph_attention_with_bias_and_edge_features(backend, name, heads, width, dtype):
    g, edges = make(name)
    inputs = [
        *qkv(g, heads, width, dtype),
        features(g.num_edges, heads, dtype=dtype),
        features(g.num_edges, 7, dtype=dtype),
        features(g.num_dst, heads, 7, dtype=dtype),
    ]
    q, k, v, bias, edge, edge_q = doubles = [wide(x) for x in inputs]
    logits = dot_logits(q, k, edges) + bias
    logits = logits + (edge_q[edges[1]] * edge.unsqueeze(1)).sum(-1)
    both = torch.cat([v[edges[0]], edge.unsqueeze(1).expand(-1, heads, -1)], -1)
    wanted = row_by_row(logits, both, edges, g.num_dst)
    found = ops.graph_attention(*inputs[:3], g, *inputs[3:])
    compare(torch.cat(found, -1), inputs, wanted, doubles, dtype)


@pytest.mark.parametrize("name", ["one_hub", "multi_edges", "empty_rows"])
@pytest.mark.parametrize("m", [1, 3, 1000])
def test_the_m_largest_logits_alone_have_weight(backend, name, m):
    g, edges = make(name)
    inputs = qkv(g, 8, 16, torch.float32)
    q, k, v = doubles = [wide(x) for x in inputs]
    logits = dot_logits(q, k, edges)
    for row in range(g.num_dst):
        own = (edges[1] == row).nonzero().flatten()
        for head in range(8):
            order = torch.argsort(logits[own, head], descending=True, stable=True)
            logits = logits.index_put(
                (own[order[m:]], torch.tensor(head)), torch.tensor(-math.inf, dtype=torch.float64)
            )
    wanted = row_by_row(logits, v[edges[0]], edges, g.num_dst)
    compare(ops.graph_attention(*inputs, g, top_m=m), inputs, wanted, doubles, torch.float32)


def test_of_equal_logits_the_first_edges_stay(backend):
    g = ops.Graph.from_edge_index(torch.tensor([[0, 1, 2, 3], [0, 0, 0, 0]]), 1, 4)
    v = torch.eye(4).view(4, 1, 4)
    out = ops.graph_attention(torch.zeros(1, 1, 4), v, v, g, top_m=2)
    assert out.flatten().tolist() == [0.5, 0.5, 0, 0]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_edge_attention(backend, name, dtype):
    g, edges = make(name)
    own = dtype if dtype == torch.float64 else torch.float32
    inputs = [features(g.num_edges, 4, dtype=own), features(g.num_src, 4, 8, dtype=dtype)]
    logits, v = doubles = [wide(x) for x in inputs]
    wanted = row_by_row(logits, v[edges[0]], edges, g.num_dst)
    compare(ops.edge_attention(*inputs, g), inputs, wanted, doubles, dtype)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "width"), [(8, 16), (3, 5)])
@pytest.mark.parametrize("own_values", [False, True])
def test_gatv2_attention(backend, name, dtype, heads, width, own_values):
    g, edges = make(name)
    r, l, v = qkv(g, heads, width, dtype)  # noqa: E741
    inputs = [l, r, features(heads, width, dtype=dtype), *([v] if own_values else [])]
    wide_l, wide_r, wide_att, *wide_v = doubles = [wide(x) for x in inputs]
    logits = (leaky_relu(wide_l[edges[0]] + wide_r[edges[1]], 0.2) * wide_att).sum(-1)
    values = (wide_v[0] if own_values else wide_l)[edges[0]]
    wanted = row_by_row(logits, values, edges, g.num_dst)
    found = ops.gatv2_attention(l, r, v if own_values else None, inputs[2], g)
    compare(found, inputs, wanted, doubles, dtype)


@pytest.mark.parametrize("name", GRAPHS)
def test_edge_softmax(backend, name):
    g, edges = make(name)
    logits = features(g.num_edges, 3)
    double = wide(logits)
    wanted = torch.zeros_like(double)
    for row in range(g.num_dst):
        own = edges[1] == row
        wanted = wanted.masked_scatter(own.unsqueeze(1), torch.softmax(double[own], 0))
    compare(ops.edge_softmax(logits, g), [logits], wanted, [double], torch.float32)
    one = ops.edge_softmax(logits[:, 0], g)
    assert torch.allclose(one, ops.edge_softmax(logits, g)[:, 0], rtol=1e-6)


def reduce_rows(messages, edges, num_dst, op):
    """Reduce messages [E, …] one destination at a time."""
    rows = []
    for row in range(num_dst):
        own = messages[edges[1] == row]
        if op in ("max", "min"):
            best = own.argmax(0) if op == "max" else own.argmin(0) if len(own) else None
            done = torch.gather(own, 0, best.unsqueeze(0)) if len(own) else own.sum(0, True)
        else:
            done = own.sum(0, True) / (max(len(own), 1) if op == "mean" else 1)
        rows.append(done)
    return torch.cat([messages.new_zeros(0, *messages.shape[1:]), *rows])


@pytest.mark.parametrize("name", [name for name in GRAPHS if GRAPHS[name][0].shape[1]])
@pytest.mark.parametrize("op", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_spmm(backend, name, op, weighted, dtype):
    g, edges = make(name)
    if op in ("max", "min"):
        edges = edges[:, ((edges[1].bincount(minlength=g.num_dst)) > 0)[edges[1]]]
    inputs = [features(g.num_src, 3, 5, dtype=dtype)]
    inputs += [features(g.num_edges, 3, dtype=dtype)] * weighted
    doubles = [wide(x) for x in inputs]
    messages = doubles[0][edges[0]] * (doubles[1].unsqueeze(-1) if weighted else 1)
    has_edges = (edges[1].bincount(minlength=g.num_dst) > 0).tolist()
    rows = [i for i, some in enumerate(has_edges) if some]
    relabelled = torch.stack([edges[0], torch.searchsorted(torch.tensor(rows), edges[1])])
    part = reduce_rows(messages, relabelled, len(rows), op)
    wanted = part.new_zeros(g.num_dst, 3, 5).index_copy(0, torch.tensor(rows), part)
    compare(ops.spmm(g, *inputs, op=op), inputs, wanted, doubles, dtype)


@pytest.mark.parametrize("op", ["sum", "mean", "max", "min"])
def test_segment_reduce_and_its_gradient(backend, op):
    x, ptr = features(9, 2, 3), torch.tensor([0, 4, 4, 5, 9])
    double = wide(x)
    edges = torch.tensor([range(9), [0, 0, 0, 0, 1, 2, 2, 2, 2]])
    part = reduce_rows(double, edges, 3, op)
    wanted = torch.cat([part[:1], part.new_zeros(1, 2, 3), part[1:]])
    compare(ops.segment_reduce(x, ptr, op), [x], wanted, [double], torch.float32)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize(("heads", "width"), [(8, 16), (3, 5)])
def test_sddmm(backend, name, heads, width):
    g, edges = make(name)
    inputs = [features(g.num_dst, heads, width), features(g.num_src, heads, width, seed=3)]
    doubles = [wide(x) for x in inputs]
    wanted = (doubles[0][edges[1]] * doubles[1][edges[0]]).sum(-1)
    compare(ops.sddmm(g, *inputs), inputs, wanted, doubles, torch.float32)


@pytest.mark.parametrize("op", ["sum", "mean"])
def test_hypergraph_propagate(backend, op):
    g, edges = make("bipartite")
    inputs = [features(g.num_src, 12), features(g.num_dst)]
    x, w = doubles = [wide(y) for y in inputs]
    incidence = x.new_zeros(g.num_dst, g.num_src).index_put(
        (edges[1], edges[0]), x.new_ones(g.num_edges), accumulate=True
    )
    up, down = incidence, incidence.T
    if op == "mean":
        up, down = (m / m.sum(1, keepdim=True).clamp(min=1) for m in (up, down))
    wanted = down @ (w.unsqueeze(1) * (up @ x))
    compare(ops.hypergraph_propagate(g, *inputs, op=op), inputs, wanted, doubles, torch.float32)


def test_log_sum_exp_is_returned_on_demand(backend):
    g, edges = make("empty_rows")
    q, k, v = qkv(g, 4, 8, torch.float64)
    _, lse = ops.graph_attention(q, k, v, g, return_lse=True)
    logits = dot_logits(q, k, edges)
    wanted = torch.stack([torch.logsumexp(logits[edges[1] == i], 0) for i in range(g.num_dst)])
    assert torch.allclose(lse, wanted, atol=1e-12, rtol=0)
    assert not lse.requires_grad
