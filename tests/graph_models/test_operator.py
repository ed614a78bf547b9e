"""The operator's two layouts agree, with and without kernels, and its gradients are right."""

import pytest
import torch

from paperflow import ops
from paperflow.graph_models.attention import Dense, Edges, attend, links, scores, updates
from paperflow.graph_models.attention.carriers import complete, edge_index
from tests.graph_models.combinations import SCORES, SOME, Pairs, run
from tests.graph_models.shapes import HEADS, NODES, WIDTH, features, graph, qkv, same

TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
VARIED = pytest.mark.parametrize("names", SOME, ids="-".join)


def only(inputs, carrier, names):
    """Run the operator with one update; edges and dense pairs have the same features."""
    (found,) = run(inputs, carrier, Pairs.drawn(inputs[0].dtype), *names)
    return found


@VARIED
@TYPES
def test_edges_and_dense_agree(names, dtype):
    carrier, inputs = graph(), qkv(dtype)
    found = only(inputs, Edges(carrier), names)
    same(found, only(inputs, Dense.of(carrier), names), inputs)


@VARIED
def test_a_complete_carrier_is_the_dense_layout_without_a_mask(names):
    inputs = qkv()
    found = only(inputs, Edges(complete(NODES)), names)
    same(found, only(inputs, Dense(NODES, NODES), names), inputs)


@VARIED
def test_without_a_compiled_kernel_the_result_is_the_same(names):
    carrier, inputs = graph(), qkv()
    fast = only(inputs, Edges(carrier), names)
    with ops.use_backend("naive"):
        same(only(inputs, Edges(carrier), names), fast, inputs)


@VARIED
def test_a_node_without_senders_gets_finite_values_and_gradients(names):
    pairs = edge_index(graph())
    lonely = ops.Graph.from_edge_index(pairs[:, (pairs != 3).all(0)], NODES)
    for carrier in (Edges(lonely), Dense.of(lonely)):
        inputs = qkv()
        out = only(inputs, carrier, names)
        assert out.isfinite().all()
        grads = torch.autograd.grad(out.sum(), inputs, allow_unused=True)
        assert all(g is None or bool(g.isfinite().all()) for g in grads)


@TYPES
def test_scores_by_relation_and_values_of_edges_agree_in_both_layouts(dtype):
    carrier, (q, k, v) = graph(), qkv(dtype)
    W = features(3, HEADS, WIDTH, WIDTH, seed=8, dtype=dtype)
    relation = torch.arange(carrier.num_edges) % 3
    value = features(carrier.num_edges, HEADS, WIDTH, seed=6, dtype=dtype)
    src, dst = carrier.ends()
    square = torch.zeros(NODES, NODES, dtype=torch.int64).index_put((dst, src), relation)
    spread = value.new_zeros(NODES, NODES, HEADS, WIDTH).index_put((dst, src), value)
    found, wanted = (
        attend(q, k, v, at, scores.Relational(W, kind), links.softmax, updates.EdgeMix(worth))
        for at, kind, worth in [
            (Edges(carrier), relation, value),
            (Dense.of(carrier), square, spread),
        ]
    )
    same(found, wanted, [q, k, v, W, value])


@TYPES
def test_a_bias_adds_to_the_score_in_both_layouts(dtype):
    carrier, (q, k, v) = graph(), qkv(dtype)
    bias = features(carrier.num_edges, HEADS, seed=6, dtype=dtype)
    src, dst = carrier.ends()
    square = bias.new_zeros(NODES, NODES, HEADS).index_put((dst, src), bias)
    found = attend(q, k, v, Edges(carrier), scores.Biased(bias))
    same(found, attend(q, k, v, Dense.of(carrier), scores.Biased(square)), [q, k, v, bias])
    slow = attend(q, k, v, Edges(carrier), lambda *x: scores.dot(*x) + bias)
    same(found, slow, [q, k, v, bias])


def test_a_dense_carrier_refuses_repeated_edges():
    twice = ops.Graph.from_edge_index(torch.tensor([[0, 0], [1, 1]]), 2)
    with pytest.raises(ValueError, match="several edges"):
        Dense.of(twice)


@pytest.mark.parametrize("score", SCORES)
def test_gradients_are_those_of_differences(score):
    carrier = Edges(graph(num=5))
    inputs = [features(5, HEADS, WIDTH, seed=seed) for seed in range(3)]
    pairs = Pairs.drawn(torch.float64, 5).at(carrier)
    part = SCORES[score](torch.float64, pairs)
    with ops.use_backend("naive"):
        assert torch.autograd.gradcheck(lambda *x: attend(*x, carrier, part), inputs)


def test_dropout_drops_weights_and_keeps_their_mean():
    _, k, v = qkv()
    q = torch.zeros_like(k)
    torch.manual_seed(0)
    for carrier in (Edges(complete(NODES)), Dense(NODES, NODES)):
        for link in (links.softmax, links.uniform):
            draws = [attend(q, k, v, carrier, link=link, dropout=0.5) for _ in range(400)]
            mean = torch.stack(draws).mean(0)
            assert float((mean - v.mean(0)).detach().abs().max()) < 0.2
            assert not torch.equal(draws[0], draws[1])
