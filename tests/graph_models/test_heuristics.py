"""The heuristics of link prediction against networkx."""

import networkx
import numpy as np
import pytest

from paperflow.graph_models.heuristics import HEURISTICS, adjacency

NETWORK = networkx.gnm_random_graph(30, 90, seed=1)
PAIRS = np.array([(a, b) for a in range(30) for b in range(a)]).T
PEERS = {
    "Adamic-Adar": networkx.adamic_adar_index,
    "resource allocation": networkx.resource_allocation_index,
}


@pytest.mark.parametrize("name", HEURISTICS)
def test_a_heuristic_is_that_of_networkx(name):
    graph = adjacency(np.array(NETWORK.edges).T, 30)
    if name in PEERS:
        expected = [score for _, _, score in PEERS[name](NETWORK, PAIRS.T.tolist())]
    else:
        expected = [len(list(networkx.common_neighbors(NETWORK, a, b))) for a, b in PAIRS.T]
    assert HEURISTICS[name](graph, PAIRS) == pytest.approx(expected)


def test_repeated_edges_and_loops_count_nothing():
    graph = adjacency(np.array([[0, 0, 1, 1, 2], [1, 1, 0, 2, 2]]), 3)
    assert graph.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
