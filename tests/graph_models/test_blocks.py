"""Blocks, state spaces and depth read-outs keep the identities that their papers state."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GCNConv, GPSConv

from paperflow.graph_models import blocks, depth, encodings, state_space
from paperflow.graph_models.attention import Dense, Edges, carriers
from paperflow.graph_models.models.graphgps import CONVOLUTIONS, GraphGPS
from tests.graph_models.shapes import NODES, features, graph, same, undirected

TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
WIDTH = 8


def with_weights_of(theirs, ours):
    """Give our attention the weights of a torch.nn.MultiheadAttention."""
    ours.project.weight.data = theirs.in_proj_weight.data
    ours.project.bias.data = theirs.in_proj_bias.data
    ours.join.load_state_dict(theirs.out_proj.state_dict())
    return ours


@TYPES
@pytest.mark.parametrize("dense", [True, False])
def test_attention_is_torch_s_multihead_attention(dtype, dense):
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(WIDTH, 2, batch_first=True).to(dtype)
    ours = with_weights_of(theirs, blocks.Attention(WIDTH, 2).to(dtype))
    x = features(NODES, WIDTH, dtype=dtype)
    at = Dense(NODES, NODES) if dense else Edges(carriers.complete(NODES))
    same(ours(x, at), theirs(x[None], x[None], x[None], need_weights=False)[0][0], [x])


@pytest.mark.parametrize("pre", [True, False])
@TYPES
def test_a_transformer_block_is_torch_s_encoder_layer(dtype, pre):
    torch.manual_seed(0)
    theirs = nn.TransformerEncoderLayer(
        WIDTH, 2, 2 * WIDTH, 0.0, batch_first=True, norm_first=pre, dtype=dtype
    )
    mixer = with_weights_of(theirs.self_attn, blocks.Attention(WIDTH, 2).to(dtype))
    ours = blocks.Transformer(WIDTH, mixer, pre=pre).to(dtype)
    ours.parts[1][0].load_state_dict(theirs.linear1.state_dict())
    ours.parts[1][3].load_state_dict(theirs.linear2.state_dict())
    x = features(NODES, WIDTH, dtype=dtype)
    same(ours(x, Dense(NODES, NODES)), theirs(x[None])[0], [x])


@TYPES
def test_a_gps_block_is_pyg_s_gpsconv(dtype):
    torch.manual_seed(0)
    theirs = GPSConv(WIDTH, GCNConv(WIDTH, WIDTH), heads=2).to(dtype)
    mixer = blocks.GlobalAttention(WIDTH, 2)
    ours = blocks.GPS(WIDTH, blocks.Local(theirs.conv), mixer).to(dtype)
    with_weights_of(theirs.attn, mixer)
    ours.feed[0].load_state_dict(theirs.mlp[0].state_dict())
    ours.feed[3].load_state_dict(theirs.mlp[3].state_dict())
    carrier, x = graph(), features(NODES, WIDTH, dtype=dtype)
    same(ours(x, carrier), theirs(x, carriers.edge_index(carrier)), [x])


def generators(seed):
    """Return the matrices of two linear differential equations."""
    torch.manual_seed(seed)
    return [torch.randn(WIDTH, WIDTH, dtype=torch.float64) / WIDTH for _ in range(2)]


class Flow(nn.Module):
    def __init__(self, matrix, time):
        super().__init__()
        self.change = torch.linalg.matrix_exp(matrix * time) - torch.eye(WIDTH).double()

    def forward(self, x, *_):
        return x @ self.change.T


@pytest.mark.parametrize(("macaron", "order"), [(False, 1), (True, 2)])
def test_macaron_splits_to_second_order_and_the_plain_block_to_first(macaron, order):
    a, b = generators(0)
    x = features(NODES, WIDTH).detach()
    wanted = x @ torch.linalg.matrix_exp(a + b).T
    errors = []
    for steps in (16, 32):
        h = 1 / steps
        inner = h / 2 if macaron else h
        # The block halves the change of its outer parts; that of a half step is doubled first.
        share = 2 if macaron else 1
        outer = Flow(b, inner)
        outer.change = outer.change * share
        block = blocks.Transformer(
            WIDTH, Flow(a, h), macaron=macaron, norm=lambda _: nn.Identity(), feed=lambda o=outer: o
        )
        y = x
        for _ in range(steps):
            y = block(y)
        errors.append(float((y - wanted).norm()))
    assert 0.85 * 2**order < errors[0] / errors[1] < 1.15 * 2**order


@pytest.mark.parametrize("kind", blocks.GLOBAL)
def test_every_global_attention_ignores_the_nodes_numbers(kind):
    torch.manual_seed(0)
    attention, x = blocks.GlobalAttention(WIDTH, 2, kind), features(NODES, WIDTH).float()
    order = torch.randperm(NODES)
    assert torch.allclose(attention(x[order]), attention(x)[order], atol=1e-5)


def test_a_nested_width_is_the_smaller_feed_forward_itself():
    big, small = blocks.FeedForward(WIDTH), blocks.FeedForward(WIDTH, expand=1)
    small[0].weight.data, small[0].bias.data = big[0].weight[:WIDTH], big[0].bias[:WIDTH]
    small[3].weight.data, small[3].bias.data = big[3].weight[:, :WIDTH], big[3].bias
    x = features(NODES, WIDTH).float()
    assert torch.equal(big.nested(x, WIDTH), small(x))
    assert torch.allclose(big.nested(x, 2 * WIDTH), big(x), atol=1e-6)


@pytest.mark.parametrize("attention", blocks.GLOBAL)
@pytest.mark.parametrize("conv", CONVOLUTIONS)
def test_any_convolution_goes_with_any_global_attention_and_encoding(conv, attention):
    torch.manual_seed(0)
    carrier, x = undirected(), features(NODES, WIDTH).float()
    for encoding in (encodings.random_walk(carrier, 4), encodings.laplacian(carrier, 3)):
        sizes = {"encoding_dim": encoding.shape[1], "edge_dim": 2 * (conv == "gine")}
        model = GraphGPS(WIDTH, 16, 3, conv=conv, attention=attention, **sizes)
        edges = torch.ones(carrier.num_edges, 2) if conv == "gine" else None
        out = model(x, carrier, edges, encoding)
        assert out.isfinite().all()
        assert not torch.equal(out, model(x, carrier, edges, 0 * encoding))


def test_edge_features_go_with_a_convolution_that_reads_them():
    for chosen in ({"conv": "gine"}, {"conv": "gcn", "edge_dim": 2}):
        with pytest.raises(ValueError, match="gine"):
            GraphGPS(WIDTH, 16, 3, **chosen)


def test_an_unknown_global_attention_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="flow"):
        blocks.GlobalAttention(WIDTH, 2, "fast")


def test_a_width_that_heads_can_t_share_is_refused():
    with pytest.raises(ValueError, match="heads"):
        blocks.Attention(WIDTH, 3)


def test_a_stem_wants_encodings_if_and_only_if_it_was_made_for_them():
    x = features(NODES, WIDTH).float()
    with pytest.raises(ValueError, match="encoding_dim"):
        blocks.Stem(WIDTH, 4)(x, x)
    with pytest.raises(ValueError, match="encoding_dim"):
        blocks.Stem(WIDTH, 4, 3)(x, None)


@TYPES
@pytest.mark.parametrize("length", [1, 63, 64, 65, 200])
def test_the_scan_is_the_recurrence(dtype, length):
    a = features(2, length, 3, seed=1, dtype=dtype)
    b = features(2, length, 3, seed=2, dtype=dtype)
    state, states = torch.zeros(2, 3, dtype=dtype), []
    for t in range(length):
        state = a[:, t].sigmoid() * state + b[:, t]
        states.append(state)
    same(state_space.scan(a.sigmoid(), b), torch.stack(states, 1), [a, b])


def test_a_selective_state_space_sees_the_past_alone_and_both_directions_all():
    torch.manual_seed(0)
    x = features(1, 9, WIDTH).float()
    one, both = state_space.Selective(WIDTH), state_space.Bidirectional(WIDTH)
    seen = [torch.autograd.grad(part(x)[0, 4].sum(), x)[0][0].abs().sum(1) for part in (one, both)]
    assert (seen[0] > 0).tolist() == [True] * 5 + [False] * 4
    assert bool((seen[1] > 0).all())


def test_history_with_equal_scores_is_the_mean_and_with_one_score_that_layer():
    states = features(3, NODES, WIDTH).float()
    history = depth.History(WIDTH, 3)
    for linear in (history.q, history.k):
        nn.init.zeros_(linear.weight)
    nn.init.ones_(history.k.bias)
    nn.init.ones_(history.q.bias)
    assert torch.allclose(history(list(states)), states.mean(0), atol=1e-6)
    history.weights = lambda _: torch.tensor([0.0, 0.0, 1.0])
    assert torch.equal(history(list(states)), depth.Last()(states))


def test_history_s_weights_sum_to_one_and_may_be_negative():
    found = []
    for seed in range(20):
        torch.manual_seed(seed)
        states = features(4, NODES, WIDTH, seed=seed).float()
        found.append(depth.History(WIDTH, 4).weights(states))
    sums = torch.stack(found).sum(1)
    assert torch.allclose(sums, torch.ones(20), atol=1e-3)
    assert bool((torch.stack(found) < 0).any())


def test_history_on_a_frozen_model_finds_the_layer_that_tells():
    torch.manual_seed(0)
    states = list(features(3, NODES, WIDTH).detach().float())
    history = depth.History(WIDTH, 3)
    optimiser = torch.optim.Adam(history.parameters(), lr=0.01)
    losses = []
    for _ in range(200):
        losses.append(nn.functional.mse_loss(history(states), states[0]))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.01 * losses[0]
    assert history.weights(torch.stack(states)).argmax() == 0


def test_jumping_knowledge_joins_or_takes_the_maximum():
    states = features(3, NODES, WIDTH).float()
    assert torch.equal(depth.read_out("max", WIDTH, 3)(states), states.amax(0))
    assert depth.read_out("cat", WIDTH, 3)(states).shape == (NODES, WIDTH)
    with pytest.raises(ValueError, match="history"):
        depth.read_out("sum", WIDTH, 3)
