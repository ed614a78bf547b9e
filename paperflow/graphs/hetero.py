"""Typed graphs for PyTorch Geometric and back. torch is imported when asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.errors import BadInput
from paperflow.graphs.arrays import Int64
from paperflow.graphs.attributes import with_own_ids
from paperflow.graphs.build import graph_from
from paperflow.graphs.data import GraphData
from paperflow.graphs.rows import Edge, Node
from paperflow.records import relation_id

Triple = tuple[str, str, str]


def to_hetero(graph: GraphData, features: Mapping[str, NDArray[np.float32]] | None = None) -> Any:
    """Return a PyG HeteroData: one store a node type, one a (source, relation, target) type.

    Nodes have `year`, `papers`, `in_library`, and `x` where `features` has an
    array [number of nodes of the type, D] in the order of `graph`. Edges have
    `edge_index`, `year`, `papers`. `row` says which row of `source`, the graph
    itself, holds the ids and texts: loaders and transforms can carry that, but
    not texts.
    """
    import torch
    from torch_geometric.data import HeteroData

    data = HeteroData()
    data.source = graph
    place = np.zeros(graph.num_nodes, dtype=np.int64)
    for number, type in enumerate(graph.node_type_names):
        rows = np.flatnonzero(graph.node_type == number)
        place[rows] = np.arange(len(rows))
        store = data[type]
        store.num_nodes = len(rows)
        store.row = torch.from_numpy(rows)
        store.year = torch.from_numpy(graph.node_year[rows])
        store.papers = torch.from_numpy(graph.node_papers[rows])
        store.in_library = torch.from_numpy(graph.node_in_library[rows])
        if features and type in features:
            store.x = torch.from_numpy(_checked(features[type], type, len(rows)))
    for triple, rows in _triples(graph):
        store = data[triple]
        store.edge_index = torch.from_numpy(place[graph.edge_index[:, rows]])
        store.row = torch.from_numpy(rows)
        store.year = torch.from_numpy(graph.edge_year[rows])
        store.papers = torch.from_numpy(graph.edge_papers[rows])
    return data


def from_hetero(data: Any) -> GraphData:
    """Return the graph of a HeteroData, of a batch that a loader made of it, or of another tool.

    Nodes and edges without a `row` in `data.source` are named by type and number.
    """
    source: GraphData | None = getattr(data, "source", None)
    nodes = {type: list(_hetero_nodes(type, data[type], source)) for type in data.node_types}
    edges = (
        edge
        for triple in data.edge_types
        for edge in _hetero_edges(triple, data[triple], nodes, source)
    )
    everything = (node for group in nodes.values() for node in group)
    return graph_from(everything, with_own_ids(edges), source.merges if source else ())


def _triples(graph: GraphData) -> Iterator[tuple[Triple, Int64]]:
    """Yield each (source type, relation, target type) that occurs, with the rows of its edges."""
    source, target = graph.node_type[graph.edge_index]
    kinds = np.stack([source, graph.edge_type, target])
    types, names = graph.node_type_names, graph.edge_type_names
    distinct, which = np.unique(kinds, axis=1, return_inverse=True)
    for number, (source_type, relation, target_type) in enumerate(distinct.T):
        rows = np.flatnonzero(which == number)
        yield (types[source_type], names[relation], types[target_type]), rows


def _checked(features: NDArray[np.float32], type: str, size: int) -> NDArray[np.float32]:
    if len(features) != size:
        raise BadInput(f"{len(features)} vectors for {size} nodes of type {type!r}")
    return features


def _hetero_nodes(type: str, store: Any, source: GraphData | None) -> Iterator[Node]:
    if source is not None and "row" in store:
        yield from map(source.node, store.row.tolist())
    else:
        ids = (f"{type}:{number}" for number in range(store.num_nodes))
        yield from (Node(id=id, type=type, label=id) for id in ids)


def _hetero_edges(
    triple: Triple, store: Any, nodes: Mapping[str, list[Node]], source: GraphData | None
) -> Iterator[Edge]:
    known = source if "row" in store else None
    rows = store.row.tolist() if known else [0] * store.num_edges
    for row, (head, tail) in zip(rows, store.edge_index.T.tolist(), strict=True):
        ends = nodes[triple[0]][head].id, nodes[triple[2]][tail].id
        stated = (triple[1], *ends)
        new = Edge(relation_id(*stated), triple[1], *ends)
        edge = known.edge(row) if known else new
        # A transform may have turned an edge round: what it says of itself no longer holds.
        same = (edge.type, edge.source, edge.target) == stated
        yield (
            edge
            if same
            else edge._replace(id=new.id, type=new.type, source=new.source, target=new.target)
        )
