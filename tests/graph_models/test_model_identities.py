"""Models keep the identities that their papers state."""

from itertools import pairwise

import networkx as nx
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from paperflow import ops
from paperflow.graph_models.attention import Dense, Edges, attend, carriers, links, scores, updates
from paperflow.graph_models.models import gmn, gt, largegt, ppgt, tangnn
from tests.graph_models.shapes import NODES, brute, dense, features, graph, same

WIDTH = 8


def test_a_graph_transformer_on_a_complete_graph_is_torch_s_encoder():
    torch.manual_seed(0)
    model = gt.GT(WIDTH, WIDTH, 3, layers=2, heads=2, norm=nn.LayerNorm).double()
    theirs = [
        nn.TransformerEncoderLayer(WIDTH, 2, 2 * WIDTH, 0.0, batch_first=True, dtype=torch.float64)
        for _ in model.layers
    ]
    for ours, other in zip(model.layers, theirs, strict=True):
        mixer, feed = ours.parts
        other.self_attn.in_proj_weight.data = mixer.project.weight.data
        other.self_attn.in_proj_bias.data = mixer.project.bias.data
        other.self_attn.out_proj.load_state_dict(mixer.join.state_dict())
        other.linear1.load_state_dict(feed[0].state_dict())
        other.linear2.load_state_dict(feed[3].state_dict())
    x = features(NODES, WIDTH)
    wanted = model.stem(x, None).unsqueeze(0)
    for layer in theirs:
        wanted = layer(wanted)
    same(model(x, carriers.complete(NODES)), model.head(wanted[0]), [x])


def test_the_adaptive_norm_is_rms_norm_or_nothing():
    norm, x = ppgt.AdaptiveNorm(WIDTH), features(NODES, WIDTH).float()
    assert torch.allclose(norm(x), F.rms_norm(x, (WIDTH,)), atol=1e-5)
    nn.init.ones_(norm.alpha)
    nn.init.zeros_(norm.beta)
    assert torch.allclose(norm(x), x, atol=1e-5)


def test_tangnn_with_m_of_all_nodes_is_dense_attention_and_fewer_change_it():
    torch.manual_seed(0)
    h, t = features(NODES, WIDTH).float(), torch.ones(WIDTH)
    layer = tangnn.Layer(WIDTH, 2, NODES, 0.0)
    theirs = nn.MultiheadAttention(WIDTH, 2, batch_first=True)
    theirs.in_proj_weight.data = torch.cat([layer.q.weight, layer.kv.weight])
    theirs.in_proj_bias.data = torch.cat([layer.q.bias, layer.kv.bias])
    theirs.out_proj.load_state_dict(layer.o.state_dict())
    mixed = layer.norms[0](h + theirs(h[None], h[None], h[None])[0][0])
    wanted = layer.norms[1](mixed + layer.feed(mixed))
    same(layer.top_m(h, t), wanted, [h])
    layer.m = 4
    assert not torch.allclose(layer.top_m(h, t), wanted, atol=1e-3)


def test_tangnn_s_result_depends_on_the_top_m_path():
    torch.manual_seed(0)
    model, x = tangnn.TANGNN(WIDTH, 16, 3, m=4), features(NODES, WIDTH).float()
    before = model(x, graph())
    model.auxiliary.neg_()
    assert not torch.allclose(model(x, graph()), before, atol=1e-4)


def test_the_auxiliary_vector_looks_away_from_the_mean():
    h, t = features(NODES, WIDTH).float(), F.normalize(torch.ones(WIDTH), dim=0)
    away = tangnn.look_away(t, h)
    assert abs(float(away @ h.detach().mean(0))) < 1e-5
    assert abs(float(away.norm()) - 1) < 1e-5


def test_tokens_are_drawn_anew_in_training_only():
    torch.manual_seed(0)
    calm = [largegt.draw(graph(), 6, training=False) for _ in range(2)]
    assert torch.equal(*calm)
    assert not torch.equal(*[largegt.draw(graph(), 6, training=True) for _ in range(2)])


def test_centroids_move_to_the_nodes_and_count_them():
    torch.manual_seed(0)
    centres = torch.tensor([[4.0, 0.0], [-4.0, 0.0]])
    h = centres.repeat_interleave(torch.tensor([30, 10]), 0) + 0.1 * torch.randn(40, 2)
    book = largegt.Codebook(2, 2, decay=0.9)
    book.centroids.copy_(centres / 4)
    for _ in range(200):
        book.follow(h)
    assert torch.allclose(book.centroids, centres, atol=0.1)
    assert torch.allclose(book.counts, torch.tensor([30.0, 10.0]), atol=0.01)


def test_a_batch_of_nodes_gets_what_the_whole_graph_gives_them():
    torch.manual_seed(0)
    pairs = carriers.edge_index(graph())
    carrier = ops.Graph.from_edge_index(pairs[:, (pairs != 3).all(0)], NODES)  # 3 is alone
    model = largegt.LargeGT(WIDTH, 16, 3, samples=5, centroids=4).double().eval()
    x, tokens = features(NODES, WIDTH), largegt.draw(carrier, 5, training=False)
    nodes = torch.tensor([3, 7, 0])
    found = model.sampled(largegt.hops(x, carrier), nodes, tokens[nodes])
    same(found, model(x, carrier, tokens=tokens)[nodes], [x])


def test_what_a_batch_keeps_in_memory_does_not_grow_with_the_graph():
    torch.manual_seed(0)
    model, kept = largegt.LargeGT(WIDTH, 16, 3, samples=5, centroids=4), []
    for num in (50, 5000):
        nodes = torch.arange(num)
        ring = ops.Graph.from_edge_index(torch.stack([nodes, (nodes + 1) % num]), num)
        hops, tokens = largegt.hops(torch.randn(num, WIDTH), ring), torch.randint(num, (4, 5))
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(
            lambda x, sizes=sizes: sizes.append(x.numel()) or x, lambda x: x
        ):
            model.sampled(hops, torch.arange(4), tokens)
        kept.append(sizes)
    assert kept[0] == kept[1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_pair_s_gate_multiplies_its_weight_after_the_softmax(dtype):
    torch.manual_seed(0)
    carrier, heads = graph(), 2
    layer = ppgt._layer(WIDTH, heads, 0.0).to(dtype)
    x = features(NODES, WIDTH, dtype=dtype)
    pairs = features(carrier.num_edges, 2 * heads, seed=3, dtype=dtype)
    ((bias, gate),) = ppgt._bias_and_gate(pairs, 1)
    q, k, v = layer.parts[0].project(x).view(NODES, 3, heads, -1).unbind(1)
    src, dst = carrier.ends()
    square = [bias.new_zeros(NODES, NODES, heads).index_put((dst, src), p) for p in (bias, gate)]
    far = -0.5 * (q.unsqueeze(1) - k.unsqueeze(0)).square().sum(-1) / (WIDTH // heads) ** 0.5
    inside = (dense(carrier) > 0).unsqueeze(-1)
    weights = (far + square[0]).masked_fill(~inside, -torch.inf).softmax(1) * square[1]
    mixed = torch.einsum("nmh,mhd->nhd", weights, v).flatten(1)
    found = layer.parts[0](x, Edges(carrier), bias, gate)
    same(found, layer.parts[0].join(mixed), [x, pairs])


def test_walks_follow_edges_and_are_drawn_anew_in_training_only():
    torch.manual_seed(0)
    carrier = graph(share=0.2)
    draws = [gmn.draw(carrier, 2, 2, 3, training) for training in (False, False, True, True)]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[2], draws[3])
    edges = set(map(tuple, carriers.edge_index(carrier).T.tolist()))
    for walk in draws[2].flatten(0, 2).tolist():
        assert all((sender, receiver) in edges for receiver, sender in pairwise(walk))


@pytest.mark.parametrize("place", [(0, 0), (5, 1), (11, 0)])
def test_a_walk_s_subgraph_is_the_one_that_its_nodes_induce(place):
    carrier = graph(share=0.2)
    network = nx.DiGraph(carriers.edge_index(carrier).T.tolist())
    walks = gmn.draw(carrier, 2, 3, 3, training=False)
    found = gmn.reached(walks, carrier, torch.float64)
    members, share, near = (part[place] for part in (found.members, found.share, found.near))
    kept = share > 0
    nodes = members[kept].tolist()
    inside = network.subgraph(walks[place].flatten().tolist())
    assert sorted(nodes) == sorted(inside)
    assert torch.allclose(share[kept], torch.full_like(share[kept], 1 / len(nodes)))
    edges = brute(lambda i, j: float(inside.has_edge(nodes[j], nodes[i])), len(nodes)).double()
    assert torch.allclose(near[kept][:, kept], edges / edges.sum(1, keepdim=True).clamp(min=1))


def test_tokens_are_messages_inside_the_subgraph_and_the_node_itself_comes_last():
    torch.manual_seed(0)
    carrier, h = graph(), features(NODES, WIDTH)
    layer = gmn.Layer(WIDTH, 4, 0.0).double()
    walks = gmn.draw(carrier, 2, 2, 3, training=False)
    parts = [gmn.reached(walks[..., :length], carrier, h.dtype) for length in (4, 3, 2)]
    found = layer.tokens(h, parts)
    assert found.shape == (NODES, 3 * 2 + 1, WIDTH)
    assert torch.equal(found[:, -1], layer.own(h).relu())
    nodes = sorted(set(walks[4, 1].flatten().tolist()))
    inside = dense(carrier)[nodes][:, nodes]
    heard = inside / inside.sum(1, keepdim=True).clamp(min=1) @ layer.heard(h[nodes])
    same(found[4, 1], (layer.own(h[nodes]) + heard).relu().mean(0), [h])


def test_an_isomorphic_adapter_learns_on_the_attention_of_a_frozen_model():
    torch.manual_seed(0)
    x, at = features(NODES, WIDTH).detach().float(), Edges(graph())
    frozen = gt.GT(WIDTH, WIDTH, WIDTH, layers=1, heads=2).eval().requires_grad_(False)
    before = [p.clone() for p in frozen.parameters()]
    q, k, v = frozen.layers[0].parts[0].project(frozen(x, at.graph)).view(NODES, 3, 2, -1).unbind(1)
    wanted, net = (nn.Linear(WIDTH // 2, 3) for _ in range(2))
    goal = attend(q, k, v, at, update=updates.Gin(wanted, 0.5)).detach()
    optimiser, losses = torch.optim.Adam(net.parameters(), lr=0.05), []
    for _ in range(150):
        losses.append(F.mse_loss(attend(q, k, v, at, update=updates.Gin(net, 0.5)), goal))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.01 * losses[0]
    assert all(torch.equal(p, old) for p, old in zip(frozen.parameters(), before, strict=True))


def test_reversed_attention_finds_the_planted_tree():
    """Each node's value is that of its parent: trained to tell it, attention points there."""
    torch.manual_seed(0)
    num = 15
    parent = (torch.arange(num) - 1).clamp(min=0) // 2
    names, values = torch.eye(num), torch.randn(num, 6)
    q, k = (nn.Linear(num, 8) for _ in range(2))
    optimiser = torch.optim.Adam([*q.parameters(), *k.parameters()], lr=0.05)
    at = Dense(num, num)
    for _ in range(200):
        optimiser.zero_grad()
        # A sender is a child that shares itself out among its possible parents.
        weights = links.reversed_softmax(scores.dot(q(names)[:, None], k(names)[:, None], at), at)
        told = torch.einsum("ij,id->jd", weights[..., 0], values)
        F.mse_loss(told, values[parent]).backward()
        optimiser.step()
    assert torch.equal(weights[..., 0].argmax(0), parent)
