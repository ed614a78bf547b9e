"""PyTorch Geometric gets a valid HeteroData, and gives the graph back."""

import warnings

import numpy as np
import pytest
from hypothesis import given

from paperflow.errors import BadInput
from paperflow.graphs.build import graph_from
from paperflow.graphs.hetero import from_hetero, to_hetero
from paperflow.graphs.rows import Edge, Node
from tests.graphs.strategies import FEW, graphs

torch = pytest.importorskip("torch")
pyg = pytest.importorskip("torch_geometric")

NODES = [
    Node("a:1", "author", "Ada", papers=2),
    Node("c:1", "concept", "attention", year=2017, papers=3),
    Node("p:1", "paper", "One", year=2017, papers=1, in_library=True),
    Node("p:2", "paper", "Two", year=2020, papers=1),
]
EDGES = [
    Edge("e:1", "authored_by", "p:1", "a:1", 2017, 1),
    Edge("e:2", "cites", "p:2", "p:1", 2020, 1),
    Edge("e:3", "proposes", "p:1", "c:1", 2017, 1),
    Edge("e:4", "uses", "p:2", "c:1", 2020, 1),
    Edge("e:5", "uses", "c:1", "c:1", 2020, 2),
]
SMALL = graph_from(NODES, EDGES)


@FEW
@given(graphs())
def test_any_graph_is_valid_and_comes_back(graph):
    data = to_hetero(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a type without edges may be intended
        assert data.validate()
    assert data.num_nodes == graph.num_nodes
    assert data.num_edges == graph.num_edges
    assert from_hetero(data) == graph


def test_each_type_and_each_triple_has_its_own_store():
    data = to_hetero(SMALL)
    assert data.node_types == ["author", "concept", "paper"]
    assert sorted(data.edge_types) == [
        ("concept", "uses", "concept"),
        ("paper", "authored_by", "author"),
        ("paper", "cites", "paper"),
        ("paper", "proposes", "concept"),
        ("paper", "uses", "concept"),
    ]
    assert data["paper", "cites", "paper"].edge_index.tolist() == [[1], [0]]
    assert data["paper"].year.tolist() == [2017, 2020]
    assert data["paper"].in_library.tolist() == [True, False]
    assert data["concept", "uses", "concept"].papers.tolist() == [2]
    assert data.source.node_ids[data["paper"].row].tolist() == ["p:1", "p:2"]
    assert data["paper"].year.dtype == torch.int32
    assert data["paper", "cites", "paper"].edge_index.dtype == torch.int64


def test_features_become_x_where_they_are_given():
    vectors = np.eye(2, 5, dtype=np.float32)
    data = to_hetero(SMALL, {"paper": vectors})
    assert data["paper"].x.tolist() == vectors.tolist()
    assert "x" not in data["author"]
    assert from_hetero(data) == SMALL
    with pytest.raises(BadInput, match="2 vectors for 1 nodes of type 'author'"):
        to_hetero(SMALL, {"author": vectors})


def test_a_part_that_pyg_cuts_out_comes_back_with_its_texts():
    data = to_hetero(SMALL)
    part = data.subgraph({"paper": torch.tensor([1]), "author": torch.tensor([], dtype=torch.long)})
    back = from_hetero(part)
    assert [node.label for node in back.nodes()] == ["attention", "Two"]
    assert back.edge_ids.tolist() == ["e:5", "e:4"]


def test_transforms_that_add_edges_still_come_back():
    from torch_geometric.transforms import ToUndirected

    back = from_hetero(ToUndirected(merge=False)(to_hetero(SMALL)))
    assert back.num_edges == 2 * SMALL.num_edges
    assert "rev_authored_by" in back.edge_type_names


def test_a_copy_on_the_way_to_a_device_keeps_its_source():
    data = to_hetero(SMALL).clone().to("cpu")
    assert from_hetero(data) == SMALL


def test_hetero_data_of_another_origin_is_named_by_type_and_number():
    data = pyg.data.HeteroData()
    data["a"].x = torch.zeros(2, 3)
    data["b"].num_nodes = 1
    data["a", "to", "b"].edge_index = torch.tensor([[0, 1, 1], [0, 0, 0]])
    graph = from_hetero(data)
    assert graph.node_ids.tolist() == ["a:0", "a:1", "b:0"]
    assert graph.edge_index.tolist() == [[0, 1, 1], [2, 2, 2]]
    assert graph.edge_type_names == ("to",)
