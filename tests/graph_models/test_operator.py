"""The operator's two layouts agree, and no choice of its inputs depends on the nodes' numbers."""

import pytest
import torch
from torch import nn

from paperflow import ops
from paperflow.graph_models.attention import Dense, Edges, attend, links, scores, updates
from paperflow.graph_models.attention.carriers import complete, edge_index
from tests.graph_models.shapes import HEADS, NODES, WIDTH, features, graph, qkv, same

TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def positive(x):
    return x.sigmoid()


def seeded(make):
    """Return a function that makes a part with the same random numbers each time."""

    def build(dtype):
        torch.manual_seed(5)
        return make().to(dtype)

    return build


SCORES = {
    "dot": lambda dtype: scores.dot,
    "half_l2": lambda dtype: scores.half_l2,
    "additive": seeded(lambda: scores.Additive(HEADS, WIDTH)),
    "bilinear": lambda dtype: scores.Bilinear(features(HEADS, WIDTH, WIDTH, seed=9, dtype=dtype)),
    "features": lambda dtype: scores.Features(positive),
    "power law": lambda dtype: curved(dtype),
}
LINKS = {
    "softmax": links.softmax,
    "clamped": links.ClampedSoftmax(0.5),
    "reversed": links.reversed_softmax,
    "top m": links.TopM(3),
    "ones": links.ones,
    "uniform": links.uniform,
    "frobenius": links.frobenius,
    "sinkhorn": links.Sinkhorn(4),
}
EVIDENCE = {"normalised": links.normalised, "flow": links.flow, "signed sum": links.signed_sum}
UPDATES = {
    "mix": lambda dtype: updates.mix,
    "gin": seeded(lambda: Gin()),
    "pna": lambda dtype: updates.pna,
    "neumann": lambda dtype: updates.Neumann(0.3, 3),
    "p-laplacian": lambda dtype: updates.PLaplacian(1.5, 0.1),
    "gate": seeded(lambda: updates.Gated(WIDTH)),
    "bi-interaction": seeded(lambda: updates.BiInteraction(WIDTH, 3)),
}


class Gin(nn.Linear):
    def __init__(self):
        super().__init__(WIDTH, 3)

    def forward(self, *given):
        if len(given) == 1:
            return super().forward(given[0]).tanh()
        return updates.Gin(self, 0.5)(*given)


def curved(dtype):
    torch.manual_seed(5)
    tensor = scores.PowerLaw(HEADS, WIDTH).to(dtype)

    def score(q, k, at):
        return scores.Bilinear(tensor(q))(q, k, at)

    return score


COMBINATIONS = [(s, link, "mix") for s in SCORES for link in LINKS]
COMBINATIONS += [("features", link, u) for link in EVIDENCE for u in ("mix", "gin", "pna")]
COMBINATIONS += [("dot", link, u) for link in ("softmax", "uniform", "top m") for u in UPDATES]
COMBINATIONS += [("half_l2", "frobenius", "neumann"), ("features", "sinkhorn", "gate")]
EVERY = pytest.mark.parametrize(("score", "link", "update"), COMBINATIONS)


def run(inputs, carrier, score, link, update):
    dtype = inputs[0].dtype
    chosen = {**LINKS, **EVIDENCE}[link]
    return attend(*inputs, carrier, SCORES[score](dtype), chosen, UPDATES[update](dtype))


@EVERY
@TYPES
def test_edges_and_dense_agree(score, link, update, dtype):
    carrier, inputs = graph(), qkv(dtype)
    found = run(inputs, Edges(carrier), score, link, update)
    same(found, run(inputs, Dense.of(carrier), score, link, update), inputs)


@EVERY
def test_a_complete_carrier_is_the_dense_layout_without_a_mask(score, link, update):
    inputs = qkv()
    found = run(inputs, Edges(complete(NODES)), score, link, update)
    same(found, run(inputs, Dense(NODES, NODES), score, link, update), inputs)


@EVERY
def test_renumbered_nodes_give_the_renumbered_result(score, link, update):
    carrier, inputs = graph(), qkv()
    order = torch.randperm(NODES, generator=torch.Generator().manual_seed(7))
    moved = ops.Graph.from_edge_index(order.argsort()[edge_index(carrier)], NODES)
    found = run([x[order] for x in inputs], Edges(moved), score, link, update)
    same(found, run(inputs, Edges(carrier), score, link, update)[order], inputs)


@EVERY
def test_without_a_compiled_kernel_the_result_is_the_same(score, link, update):
    carrier, inputs = graph(), qkv()
    fast = run(inputs, Edges(carrier), score, link, update)
    with ops.use_backend("naive"):
        same(run(inputs, Edges(carrier), score, link, update), fast, inputs)


@EVERY
def test_a_node_without_senders_gets_finite_values_and_gradients(score, link, update):
    pairs = edge_index(graph())
    lonely = ops.Graph.from_edge_index(pairs[:, (pairs != 3).all(0)], NODES)
    for carrier in (Edges(lonely), Dense.of(lonely)):
        inputs = qkv()
        out = run(inputs, carrier, score, link, update)
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


@pytest.mark.parametrize("score", ["dot", "additive", "half_l2"])
def test_gradients_are_those_of_differences(score):
    carrier = graph(num=5)
    inputs = [features(5, HEADS, WIDTH, seed=seed) for seed in range(3)]
    part = SCORES[score](torch.float64)
    with ops.use_backend("naive"):
        assert torch.autograd.gradcheck(lambda *x: attend(*x, Edges(carrier), part), inputs)


def test_dropout_drops_weights_and_keeps_their_mean():
    _, k, v = qkv()
    q = torch.zeros_like(k)
    torch.manual_seed(0)
    for carrier in (Edges(complete(NODES)), Dense(NODES, NODES)):
        for link in (links.softmax, links.uniform):
            draws = [attend(q, k, v, carrier, link=link, dropout=0.5) for _ in range(400)]
            mean = torch.stack(draws).mean(0)
            assert float((mean - v.mean(0)).abs().max()) < 0.2
            assert not torch.equal(draws[0], draws[1])
