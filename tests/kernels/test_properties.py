"""What must hold for every graph: invariances of attention, and agreement of the backends."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow import ops
from tests.kernels.cases import features, gradients, random_edges


@st.composite
def problems(draw):
    num_dst, num_src = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    edges = random_edges(num_src, num_dst, draw(st.integers(0, 300)), draw(st.integers(0, 99)))
    heads, width = draw(st.sampled_from([(8, 16), (4, 8), (1, 1), (2, 7), (5, 33), (8, 64)]))
    g = ops.Graph.from_edge_index(edges, num_dst, num_src)
    sizes = (num_dst, num_src, num_src)
    q, k, v = (features(n, heads, width, seed=i) for i, n in enumerate(sizes))
    return g, edges, q, k, v


def attend(*args, **options):
    with ops.use_backend("auto"):
        return ops.graph_attention(*args, **options)


@settings(max_examples=40)
@given(problems(), st.sampled_from([None, 1, 4]))
def test_backends_agree_on_any_graph_and_shape(problem, top_m):
    g, _, q, k, v = problem
    found = attend(q, k, v, g, top_m=top_m)
    with ops.use_backend("naive"):
        wanted = ops.graph_attention(q, k, v, g, top_m=top_m)
    assert torch.allclose(found, wanted, atol=1e-5)
    for x, y in zip(gradients(found, [q, k, v]), gradients(wanted, [q, k, v]), strict=True):
        assert torch.allclose(x, y, atol=1e-4, rtol=1e-4)


@settings(max_examples=30)
@given(problems())
def test_the_order_of_edges_does_not_matter(problem):
    g, edges, q, k, v = problem
    order = torch.randperm(edges.shape[1])
    other = ops.Graph.from_edge_index(edges[:, order], g.num_dst, g.num_src)
    assert torch.allclose(attend(q, k, v, g), attend(q, k, v, other), atol=1e-5)


@settings(max_examples=30)
@given(problems())
def test_renaming_sources_does_not_matter(problem):
    g, edges, q, k, v = problem
    order = torch.randperm(g.num_src)
    name = torch.argsort(order)
    other = ops.Graph.from_edge_index(torch.stack([name[edges[0]], edges[1]]), g.num_dst, g.num_src)
    assert torch.allclose(attend(q, k, v, g), attend(q, k[order], v[order], other), atol=1e-5)


@settings(max_examples=30)
@given(problems(), st.floats(-50, 50))
def test_a_shift_of_all_logits_does_not_matter(problem, shift):
    g, _, q, k, v = problem
    bias = torch.full((g.num_edges, q.shape[1]), shift)
    assert torch.allclose(attend(q, k, v, g), attend(q, k, v, g, bias), atol=1e-4)


@settings(max_examples=30)
@given(problems())
def test_a_graph_beside_another_changes_nothing(problem):
    g, edges, q, k, v = problem
    both = torch.cat([edges, edges + torch.tensor([[g.num_src], [g.num_dst]])], 1)
    pair = ops.Graph.from_edge_index(both, 2 * g.num_dst, 2 * g.num_src)
    out = attend(torch.cat([q, q]), torch.cat([k, k]), torch.cat([v, v]), pair)
    alone = attend(q, k, v, g)
    assert torch.equal(out, torch.cat([alone, alone]))


@settings(max_examples=30)
@given(problems())
def test_weights_of_a_row_sum_to_one(problem):
    g, _, q, k, v = problem
    out = attend(q, k, torch.ones_like(v), g)
    degree = g.ptr[1:] - g.ptr[:-1]
    assert torch.allclose(out[degree > 0], torch.ones_like(out[degree > 0]), atol=1e-5)
    assert not out[degree == 0].any()
