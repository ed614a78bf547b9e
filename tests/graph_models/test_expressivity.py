"""Pairs of graphs that colour refinement takes for the same (BREC, Wang and Zhang 2023)."""

import networkx as nx
import pytest
import torch

from paperflow import ops
from paperflow.graph_models import encodings
from paperflow.graph_models.attention import carriers
from paperflow.graph_models.models.ppgt import PPGT

# networkx announces that it mended its hashes; only their equality counts here.
pytestmark = pytest.mark.filterwarnings("ignore:The hashes produced")


@pytest.fixture(params=["basic", "regular"])
def pairs(request, real_data):
    """Return pairs of graphs on consecutive lines."""
    graphs = nx.read_graph6(real_data(f"brec/{request.param}.g6"))
    return list(zip(graphs[::2], graphs[1::2], strict=True))


def carrier(graph):
    index = torch.tensor(list(graph.edges)).T
    return ops.Graph.from_edge_index(torch.cat([index, index.flip(0)], 1), len(graph))


def read_out(model, graph, steps=8):
    """Return the sum over nodes of a model that sees nothing but random-walk encodings."""
    sparse, complete = carrier(graph), carriers.complete(len(graph))
    walks = encodings.relative_random_walk(sparse, complete, steps)
    own = encodings.random_walk(sparse, steps)
    return model(own, complete, walks).sum(0).detach()


def test_a_plain_transformer_tells_apart_what_colour_refinement_does_not(pairs):
    torch.manual_seed(0)
    model = PPGT(8, 32, 8, edge_dim=8, layers=2).eval()
    told, noise = 0, 0.0
    for first, second in pairs:
        colours = (nx.weisfeiler_lehman_graph_hash(g) for g in (first, second))
        assert len(set(colours)) == 1
        moved = nx.relabel_nodes(first, dict(enumerate(reversed(range(len(first))))))
        a, b, c = (read_out(model, g) for g in (first, second, moved))
        noise = max(noise, float((a - c).norm() / a.norm()))
        told += float((a - b).norm() / a.norm()) > 1e-4
    assert noise < 1e-5
    assert told == len(pairs)


def test_counts_of_cycles_and_paths_tell_most_apart(pairs):
    told = 0
    for first, second in pairs:
        a, b = (encodings.counts(carrier(g)).tolist() for g in (first, second))
        told += sorted(a) != sorted(b)
    assert told / len(pairs) > 0.95
