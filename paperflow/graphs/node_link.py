"""Node-link JSON: what networkx, D3, and most graph tools read."""

from typing import TextIO

from paperflow.errors import UnreadableFile
from paperflow.graphs.attributes import (
    edge_attributes,
    edge_from,
    merge_from,
    node_attributes,
    node_from,
    rows_from,
    with_own_ids,
)
from paperflow.graphs.build import graph_from
from paperflow.graphs.data import GraphData
from paperflow.graphs.json_rows import read_list, read_object, write_rows
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.selection import Selection
from paperflow.store import Store


def export(store: Store, out: TextIO, selection: Selection) -> None:
    """Write the store's typed graph."""
    write(knowledge_graph(store, selection), out)


def write(graph: GraphData, out: TextIO) -> None:
    """Write a graph, each node and edge with its evidence."""
    merges = [merge._asdict() for merge in graph.merges]
    nodes = ({"id": node.id, **node_attributes(node)} for node in graph.nodes())
    edges = (
        {"source": edge.source, "target": edge.target, **edge_attributes(edge)}
        for edge in graph.edges()
    )
    head = {"directed": True, "multigraph": True, "graph": {"merges": merges}}
    write_rows(out, head, {"nodes": nodes, "edges": edges})


def read(source: TextIO) -> GraphData:
    """Read node-link JSON of ours or of another tool.

    An undirected edge is read as it stands. Raise UnreadableFile for anything else.
    """
    values = read_object(source)
    nodes = rows_from("node", read_list(values, "nodes"), lambda item: node_from(item["id"], item))
    edges = rows_from(
        "edge",
        read_list(values, "edges", "links"),
        lambda item: edge_from(item["source"], item["target"], item),
    )
    about = values.get("graph", {})
    if not isinstance(about, dict):
        raise UnreadableFile("'graph' must be an object")
    merges = rows_from("merge", read_list(about, "merges"), merge_from)
    return graph_from(nodes, with_own_ids(edges), tuple(merges))
