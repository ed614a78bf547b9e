"""Known operators are choices of the four inputs: the same values and the same gradients."""

import networkx as nx
import pytest
import torch
from torch import nn
from torch_geometric.nn import (
    GATv2Conv,
    GCNConv,
    GINConv,
    HypergraphConv,
    SAGEConv,
    TransformerConv,
)

from paperflow import ops
from paperflow.graph_models.attention import (
    Dense,
    Edges,
    attend,
    carriers,
    linear,
    links,
    scores,
    updates,
)
from tests.graph_models.shapes import (
    HEADS,
    NODES,
    WIDTH,
    dense,
    features,
    graph,
    qkv,
    same,
    sdpa,
    undirected,
)

TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
IN = 6


def projected(lin, x, heads=HEADS):
    return lin(x).view(len(x), heads, -1)


@TYPES
def test_a_complete_carrier_with_dot_and_softmax_is_scaled_dot_product_attention(dtype):
    inputs = qkv(dtype)
    same(attend(*inputs, Edges(carriers.complete(NODES))), sdpa(*inputs), inputs)


@TYPES
def test_dot_and_softmax_over_edges_is_transformer_conv(dtype):
    carrier, x = graph(), features(NODES, IN, dtype=dtype)
    torch.manual_seed(0)
    conv = TransformerConv(IN, WIDTH, HEADS, root_weight=False).to(dtype)
    q, k, v = (projected(lin, x) for lin in (conv.lin_query, conv.lin_key, conv.lin_value))
    found = attend(q, k, v, Edges(carrier)).flatten(1)
    same(found, conv(x, carriers.edge_index(carrier)), [x, *conv.parameters()])


@TYPES
def test_transformer_conv_with_edge_features_has_them_in_score_and_update(dtype):
    carrier, x = graph(), features(NODES, IN, dtype=dtype)
    attr = features(carrier.num_edges, 3, seed=4, dtype=dtype)
    torch.manual_seed(0)
    conv = TransformerConv(IN, WIDTH, HEADS, root_weight=False, edge_dim=3).to(dtype)
    q, k, v = (projected(lin, x) for lin in (conv.lin_query, conv.lin_key, conv.lin_value))
    at, e = Edges(carrier), conv.lin_edge(attr).view(-1, HEADS, WIDTH)
    bias = (at.receivers(q) * e).sum(-1) / WIDTH**0.5
    found = attend(q, k, v, at, scores.Biased(bias), update=updates.EdgeMix(e)).flatten(1)
    same(found, conv(x, carriers.edge_index(carrier), attr), [x, attr, *conv.parameters()])


@TYPES
def test_additive_scores_over_edges_are_gatv2_conv(dtype):
    carrier, x = graph(), features(NODES, IN, dtype=dtype)
    torch.manual_seed(0)
    conv = GATv2Conv(IN, WIDTH, HEADS, add_self_loops=False, bias=False).to(dtype)
    score = scores.Additive(HEADS, WIDTH).to(dtype)
    score.a = nn.Parameter(conv.att[0].detach())
    k = projected(conv.lin_l, x)
    found = attend(projected(conv.lin_r, x), k, k, Edges(carrier), score).flatten(1)
    same(found, conv(x, carriers.edge_index(carrier)), [x, *conv.lin_l.parameters()])


@TYPES
def test_uniform_weights_are_the_mean_of_sage_conv(dtype):
    carrier, x = graph(), features(NODES, IN, dtype=dtype)
    torch.manual_seed(0)
    conv = SAGEConv(IN, WIDTH, bias=False).to(dtype)
    v = x.unsqueeze(1)
    mean = attend(v, v, v, Edges(carrier), link=links.uniform).squeeze(1)
    found = conv.lin_l(mean) + conv.lin_r(x)
    same(found, conv(x, carriers.edge_index(carrier)), [x, *conv.parameters()])


@TYPES
def test_weights_of_one_with_the_isomorphic_update_are_gin_conv(dtype):
    carrier, x = graph(), features(NODES, IN, dtype=dtype)
    torch.manual_seed(0)
    mlp = nn.Sequential(nn.Linear(IN, 8), nn.ReLU(), nn.Linear(8, IN)).to(dtype)
    conv, v = GINConv(mlp, eps=0.25).to(dtype), x.unsqueeze(1)
    found = attend(v, v, v, Edges(carrier), link=links.ones, update=updates.Gin(mlp, 0.25))
    wanted = conv(x, carriers.edge_index(carrier))
    same(found.squeeze(1), wanted, [x, *mlp.parameters()])


@TYPES
def test_uniform_attention_over_incidence_and_back_is_hypergraph_conv(dtype):
    index = torch.tensor([[0, 1, 2, 2, 3, 4, 5, 0, 6], [0, 0, 0, 1, 1, 1, 2, 2, 2]])
    incidence = ops.Graph.from_edge_index(index, 3, 7)
    x = features(7, IN, dtype=dtype)
    torch.manual_seed(0)
    conv = HypergraphConv(IN, WIDTH, bias=False).to(dtype)
    nodes = conv.lin(x).unsqueeze(1)
    asked = nodes.new_zeros(3, 1, WIDTH)
    statements = attend(asked, nodes, nodes, Edges(incidence), link=links.uniform)
    found = attend(nodes, statements, statements, Edges(incidence.T), link=links.uniform)
    same(found.squeeze(1), conv(x, index), [x, *conv.parameters()])
    same(found.squeeze(1), ops_mean(incidence, nodes), [x])


def ops_mean(incidence, nodes):
    return ops.hypergraph_propagate(incidence, nodes.squeeze(1), op="mean")


@TYPES
def test_a_virtual_node_is_kernel_attention_and_its_dense_form(dtype):
    inputs = qkv(dtype)
    nodes = torch.arange(NODES)
    members = ops.Graph.from_edge_index(torch.stack([nodes, 0 * nodes]), 1, NODES)
    found = linear.virtual_node(*inputs, members)
    same(found, linear.kernel_attention(*inputs), inputs)
    evidence = scores.Features(linear.elu_features)
    wanted = attend(*inputs, Dense(NODES, NODES), evidence, links.normalised)
    same(found, wanted, inputs)


@TYPES
def test_virtual_nodes_of_a_batch_keep_graphs_apart(dtype):
    inputs = qkv(dtype)
    owner = torch.arange(NODES) % 2
    members = ops.Graph.from_edge_index(torch.stack([torch.arange(NODES), owner]), 2, NODES)
    found = linear.virtual_node(*inputs, members)
    alone = linear.kernel_attention(*(x[owner == 1] for x in inputs))
    same(found[owner == 1], alone, inputs)


@TYPES
def test_linear_flow_is_dense_flow(dtype):
    inputs = qkv(dtype)
    evidence = scores.Features(torch.sigmoid)
    wanted = attend(*inputs, Dense(NODES, NODES), evidence, links.flow)
    same(linear.flow_attention(*inputs), wanted, inputs)


def test_both_flows_are_one():
    q, k, _ = qkv()
    for at in (Dense(NODES, NODES), Edges(graph())):
        evidence = scores.Features(torch.sigmoid)(q, k, at)
        incoming = at.sum_in(links.normalised(evidence, at))
        outgoing = at.sum_out(evidence / at.senders(at.sum_out(evidence)))
        assert torch.allclose(incoming, torch.ones_like(incoming), atol=1e-10)
        assert torch.allclose(outgoing, torch.ones_like(outgoing), atol=1e-10)


@pytest.mark.parametrize("steps", [4, 12, 40])
def test_neumann_steps_reach_the_resolvent_within_their_bound(steps):
    (q, k, v), gamma = qkv(), 0.6
    at = Dense(NODES, NODES)
    weights = links.frobenius(scores.dot(q, k, at), at)
    found = updates.Neumann(gamma, steps)(weights, v, at)
    unit = torch.eye(NODES, dtype=v.dtype)
    resolvent = torch.linalg.inv(unit - gamma * weights.permute(2, 0, 1)) - unit
    wanted = torch.einsum("hnm,mhd->nhd", resolvent, v)
    bound = gamma ** (steps + 1) / (1 - gamma) * float(v.detach().norm())
    assert float((found - wanted).detach().norm()) <= bound
    if steps == 40:
        same(found, wanted, [q, k, v], limit=1e-7)


def test_neumann_steps_on_citations_are_katz_centrality():
    carrier = graph(seed=4, share=0.1)
    v = torch.ones(NODES, 1, 1, dtype=torch.float64)
    weights = torch.ones(carrier.num_edges, 1, dtype=torch.float64)
    found = updates.Neumann(0.1, 60)(weights, v, Edges(carrier)).flatten() + 1
    cited = nx.DiGraph(carriers.edge_index(carrier).T.tolist())
    wanted = nx.katz_centrality_numpy(cited, alpha=0.1, beta=1.0, normalized=False)
    wanted = torch.tensor([wanted[n] for n in range(NODES)], dtype=torch.float64)
    assert torch.allclose(found, wanted, atol=1e-10)


@pytest.mark.parametrize("steps", [5, 20, 200])
def test_sinkhorn_weights_are_doubly_stochastic_within_their_bound(steps):
    q, k, _ = qkv()
    at = Dense(NODES, NODES)
    evidence = scores.dot(q, k, at)
    weights = links.Sinkhorn(steps)(evidence, at)
    assert torch.allclose(at.sum_in(weights), torch.ones(NODES, HEADS).double(), atol=1e-12)
    # Birkhoff: each round contracts Hilbert's metric by tanh²(diameter / 4).
    for head in range(HEADS):
        s = evidence[..., head].detach()
        gap = s[:, None] - s[None]
        cross = gap[..., :, None] - gap[..., None, :]
        contraction = torch.tanh(cross.max() / 4) ** 2
        bound = 2 * float(cross.max() * contraction**steps)
        away = (at.sum_out(weights)[:, head].log()).abs().max()
        assert float(away.detach()) <= bound + 1e-12


@TYPES
def test_a_codebook_of_all_nodes_is_dense_attention(dtype):
    inputs = qkv(dtype)
    ones = torch.ones(NODES)
    same(linear.codebook_attention(*inputs, ones), sdpa(*inputs), inputs)


@TYPES
def test_log_counts_stand_for_equal_nodes(dtype):
    q, k, v = qkv(dtype)
    times = torch.arange(NODES) % 4  # some stand for none
    copies = torch.arange(NODES).repeat_interleave(times)
    same(linear.codebook_attention(q, k, v, times), sdpa(q, k[copies], v[copies]), [q, k, v])


@TYPES
def test_top_m_with_all_nodes_is_dense_and_the_kernel_s_top_m_with_fewer(dtype):
    inputs, at = qkv(dtype), Edges(carriers.complete(NODES))
    same(attend(*inputs, at, link=links.TopM(NODES)), sdpa(*inputs), inputs)
    wanted = ops.graph_attention(*inputs, at.graph, top_m=3)
    same(attend(*inputs, at, link=links.TopM(3)), wanted, inputs)


@TYPES
@pytest.mark.parametrize("make", [Edges, Dense.of])
def test_reversed_attention_shares_out_each_sender(dtype, make):
    (q, k, _), at = qkv(dtype), make(graph())
    columns = at.sum_out(links.reversed_softmax(scores.dot(q, k, at), at))
    same(columns, torch.ones_like(columns), [q, k])


@TYPES
def test_the_2_laplacian_is_symmetric_normalised_propagation(dtype):
    carrier, x = undirected(), features(NODES, IN, dtype=dtype)
    conv = GCNConv(IN, IN, add_self_loops=False, bias=False).to(dtype)
    v = conv.lin(x).unsqueeze(1)
    found = attend(v, v, v, Edges(carrier), link=links.ones, update=updates.PLaplacian(2.0))
    same(found.squeeze(1), conv(x, carriers.edge_index(carrier)), [x, *conv.parameters()])


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 10])
def test_power_offsets_reach_2_to_the_depth(depth):
    num = 2**depth + 1
    carrier = carriers.power_offsets(num)
    reached = torch.zeros(num, 1)
    reached[0] = 1
    for _ in range(depth):
        reached = (ops.spmm(carrier, reached) > 0).float()
    assert reached.all()


def test_random_features_near_softmax_attention():
    q, k, v = (x.detach() * 0.5 for x in qkv())
    torch.manual_seed(0)
    phi = linear.RandomFeatures(WIDTH, 2**15).double()
    assert float((linear.kernel_attention(q, k, v, phi) - sdpa(q, k, v)).abs().max()) < 0.02


def test_pooled_infsa_gives_every_node_the_same_mean():
    q, k, v = qkv()
    found = linear.pooled_infsa(q, k, v)
    assert torch.equal(found, found[:1].expand_as(found))
    assert bool(found.abs().max() <= 0.9 * v.abs().max())


@pytest.mark.parametrize("hops", [0, 1, 2, 3])
def test_k_hop_is_the_support_of_the_power(hops):
    carrier = graph(seed=2, share=0.05)
    step = dense(carrier) + torch.eye(NODES)
    wanted = torch.linalg.matrix_power(step, hops) > 0
    found = carriers.k_hop(carrier, hops)
    assert torch.equal(dense(found), wanted.double())


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_dilated_nodes_are_exactly_so_far(hops):
    carrier = graph(seed=2, share=0.05)
    cited = nx.DiGraph(carriers.edge_index(carrier).T.tolist())
    far = dict(nx.all_pairs_shortest_path_length(cited))
    found = set(map(tuple, carriers.edge_index(carriers.dilated(carrier, hops)).T.tolist()))
    wanted = {(u, v) for u, ends in far.items() for v, length in ends.items() if length == hops}
    assert found == wanted


def test_global_nodes_see_all_and_are_seen_by_all():
    carrier = carriers.with_global(graph(), 2)
    matrix = dense(carrier)
    assert matrix[:NODES, NODES:].all()
    assert matrix[NODES:, :NODES].all()
    assert torch.equal(matrix[:NODES, :NODES], dense(graph()))


def test_self_loops_are_added_once():
    carrier = carriers.with_self_loops(carriers.with_self_loops(graph()))
    assert torch.equal(dense(carrier), dense(graph()).clamp(max=1).fill_diagonal_(1))


def test_a_window_is_a_band():
    wanted = torch.ones(6, 6).tril().triu(-2)
    assert torch.equal(dense(carriers.window(6, 2)), wanted.double())


def test_the_line_graph_is_that_of_networkx():
    carrier = graph(seed=3, share=0.2)
    pairs = [tuple(pair) for pair in carriers.edge_index(carrier).T.tolist()]
    found = carriers.edge_index(carriers.line_graph(carrier)).T.tolist()
    wanted = nx.line_graph(nx.DiGraph(pairs)).edges
    assert {(pairs[a], pairs[b]) for a, b in found} == set(wanted)


def test_chosen_senders_are_seen_by_every_receiver():
    carrier = carriers.selected(torch.tensor([4, 2, 9]), 5)
    assert torch.equal(dense(carrier), torch.ones(5, 3).double())
