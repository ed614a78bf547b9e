"""A node model trains on sampled neighbourhoods by the same loop as on the whole graph."""

import torch
from torch.nn.functional import cross_entropy
from torch_geometric.data import Data
from torch_geometric.loader import NodeLoader

from paperflow import ops
from paperflow.graph_models.registry import models
from paperflow.graph_models.samplers import NeighbourSampler
from paperflow.graph_models.training import Plan, fit


def communities(size=90, groups=3):
    """Return a graph whose node's own features say little of its group, but its neighbours' do."""
    torch.manual_seed(0)
    y = torch.arange(size) % groups
    near = (y[:, None] == y) & (torch.rand(size, size) < 0.3)
    x = torch.randn(size, 8)
    x[:, :groups] += 0.7 * torch.nn.functional.one_hot(y, groups)
    return Data(x=x, y=y, edge_index=near.nonzero().T)


def test_sampled_neighbourhoods_teach_what_a_node_alone_does_not_tell():
    data = communities()
    whole = ops.Graph.from_edge_index(data.edge_index, 90)
    loader = NodeLoader(
        data, NeighbourSampler(whole, [8, 8]), torch.arange(60), batch_size=20, shuffle=True
    )
    torch.manual_seed(0)
    model = models.load("sage")(8, 16, 3)

    def losses(_):
        for batch in loader:
            graph = ops.Graph.from_edge_index(batch.edge_index, batch.num_nodes)
            told = model(batch.x, graph)[: batch.batch_size]
            yield cross_entropy(told, batch.y[: batch.batch_size])

    def score():
        return float((model(data.x, whole)[60:].argmax(1) == data.y[60:]).float().mean())

    fit(model, losses, score, Plan(epochs=15, rate=0.02))
    assert score() > 0.95
    alone = ops.Graph.from_edge_index(torch.empty((2, 0), dtype=torch.int64), 90)
    assert float((model(data.x, alone)[60:].argmax(1) == data.y[60:]).float().mean()) < 0.8
