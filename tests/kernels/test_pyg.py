"""PyG's layers, with the same weights, are a second witness."""

import math

import pytest
import torch

from paperflow import ops
from tests.kernels.cases import features, make

conv = pytest.importorskip("torch_geometric.nn.conv")


def test_softmax(backend):
    from torch_geometric.utils import softmax

    g, edges = make("one_hub")
    logits = features(g.num_edges, 3)
    wanted = softmax(logits, edges[1], num_nodes=g.num_dst)
    assert torch.allclose(ops.edge_softmax(logits, g), wanted, atol=1e-6)


@pytest.mark.parametrize("name", ["one_hub", "empty_rows", "multi_edges"])
def test_transformer_conv(backend, name):
    g, edges = make(name)
    layer = conv.TransformerConv(12, 16, heads=8, edge_dim=5, root_weight=False)
    x, edge = features(g.num_dst, 12), features(g.num_edges, 5)
    q, k, v = (f(x).view(-1, 8, 16) for f in (layer.lin_query, layer.lin_key, layer.lin_value))
    w = layer.lin_edge.weight.view(8, 16, 5)
    edge_q = torch.einsum("nhd,hdc->nhc", q, w) / math.sqrt(16)
    out, mean = ops.graph_attention(q, k, v, g, edge=edge, edge_q=edge_q)
    out = out + torch.einsum("nhc,hdc->nhd", mean, w)
    assert torch.allclose(out.flatten(1), layer(x, edges, edge), atol=1e-5)


@pytest.mark.parametrize("name", ["one_hub", "empty_rows", "multi_edges"])
def test_gatv2_conv(backend, name):
    g, edges = make(name)
    layer = conv.GATv2Conv(12, 16, heads=4, add_self_loops=False, bias=False)
    x = features(g.num_dst, 12)
    l, r = layer.lin_l(x).view(-1, 4, 16), layer.lin_r(x).view(-1, 4, 16)  # noqa: E741
    out = ops.gatv2_attention(l, r, None, layer.att[0], g)
    assert torch.allclose(out.flatten(1), layer(x, edges), atol=1e-5)
