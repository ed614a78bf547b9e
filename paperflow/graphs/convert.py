"""Graphs for other libraries and back: networkx and HyperNetX, and the table of file formats.

This is the only module that imports HyperNetX, and it does so when asked to.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, BinaryIO

from paperflow.errors import BadInput, MissingExtra
from paperflow.graphs.attributes import (
    Attributes,
    edge_attributes,
    edge_from,
    incidences_of,
    member_attributes,
    merge_from,
    node_attributes,
    node_from,
    participants_from,
    rows_from,
    statement_attributes,
    statement_from,
    with_own_ids,
)
from paperflow.graphs.build import graph_from, hypergraph_from, subhypergraph
from paperflow.graphs.data import GraphData, HypergraphData
from paperflow.records import Participant
from paperflow.registry import Registry

GRAPH_EXPORTERS = Registry(
    "graph exporter",
    {
        "graphml": "paperflow.graphs.graphml:export",
        "hif": "paperflow.graphs.hif:export",
        "json": "paperflow.graphs.node_link:export",
    },
)

_PROPERTIES = "misc_properties"  # HyperNetX's column for what has no column of its own


def to_networkx(graph: GraphData) -> Any:
    """Return a networkx MultiDiGraph; nodes and the keys of edges are our ids."""
    import networkx

    out = networkx.MultiDiGraph(merges=[merge._asdict() for merge in graph.merges])
    out.add_nodes_from((node.id, node_attributes(node)) for node in graph.nodes())
    out.add_edges_from(
        (edge.source, edge.target, edge.id, edge_attributes(edge)) for edge in graph.edges()
    )
    return out


def from_networkx(graph: Any) -> GraphData:
    """Return a networkx graph of any kind; an undirected edge is taken as it stands."""
    nodes = rows_from("node", graph.nodes(data=True), lambda item: node_from(*item))
    edges = rows_from("edge", graph.edges(data=True), lambda item: edge_from(*item))
    merges = rows_from("merge", graph.graph.get("merges", ()), merge_from)
    return graph_from(nodes, with_own_ids(edges), tuple(merges))


def to_hypernetx(graph: HypergraphData, rows: Iterable[int] | None = None) -> Any:
    """Return a HyperNetX Hypergraph with our ids; raise MissingExtra where it is not installed.

    With `rows`, only of those hyperedges and their nodes: HyperNetX takes minutes for a library.
    Incidences have `roles`; hyperedges `relation`, `year`, `quote`, and its place;
    nodes `type`, `label`, and `key`. HyperNetX knows a node without hyperedges, and
    a hyperedge without nodes, by their properties only.
    """
    hypernetx = _hypernetx()
    graph = graph if rows is None else subhypergraph(graph, rows)
    if any("\0" in id for id in (*graph.node_ids, *graph.edge_ids)):
        raise BadInput("HyperNetX can't tell ids apart that have a NUL character in them")
    incidences = list(incidences_of(graph))
    nodes = [(node.id, member_attributes(node)) for node in graph.nodes()]
    edges = [(item.id, statement_attributes(item)) for item in graph.statements()]
    return hypernetx.Hypergraph(
        _frame(incidences, "edges", "nodes"),
        misc_cell_properties_col=_PROPERTIES,
        node_properties=_frame(nodes, "nodes"),
        edge_properties=_frame(edges, "edges"),
        misc_properties_col=_PROPERTIES,
    )


def from_hypernetx(graph: Any) -> HypergraphData:
    """Return a HyperNetX Hypergraph, made by `to_hypernetx`, from HIF, or by hand."""
    nodes: dict[Any, Attributes] = {node: {} for node in graph.nodes} | _properties(graph.nodes)
    edges: dict[Any, Attributes] = {edge: {} for edge in graph.edges} | _properties(graph.edges)
    members: dict[Any, list[Participant]] = {edge: [] for edge in edges}
    for (edge, node), values in _properties(graph.incidences).items():
        members[edge] += participants_from(node, values)
    return hypergraph_from(
        rows_from("node", nodes.items(), lambda item: node_from(*item)),
        rows_from(
            "edge", edges.items(), lambda item: statement_from(item[0], item[1], members[item[0]])
        ),
    )


def draw_with_hypernetx(graph: HypergraphData, rows: Iterable[int], out: BinaryIO) -> None:
    """Write hyperedges as HyperNetX draws them, rubber bands around labelled nodes, as SVG.

    The same hyperedges give the same picture. Raise MissingExtra without HyperNetX.
    """
    drawn = to_hypernetx(graph, rows)
    matplotlib = import_module("matplotlib")
    style = {"svg.hashsalt": "paperflow", "svg.fonttype": "none"}
    with matplotlib.rc_context(style):
        figure = import_module("matplotlib.figure").Figure(figsize=(12, 9))
        _hypernetx().draw(
            drawn,
            ax=figure.add_subplot(),
            layout_kwargs={"seed": 7},
            node_labels={node: drawn.nodes[node].label for node in drawn.nodes},
            edge_labels={edge: drawn.edges[edge].relation for edge in drawn.edges},
        )
        figure.savefig(out, format="svg", metadata={"Date": None})


def _hypernetx() -> Any:
    try:
        return import_module("hypernetx")
    except ImportError as error:
        raise MissingExtra(
            "HyperNetX is not installed", hint="pip install 'paperflow[hypergraph]'"
        ) from error


def _frame(rows: list[Any], *ids: str) -> Any:
    """Return a pandas frame, the fastest way into HyperNetX, which brings pandas."""
    return import_module("pandas").DataFrame(rows, columns=[*ids, _PROPERTIES])


def _properties(view: Any) -> dict[Any, Attributes]:
    """Return the properties of all items of a view, one dictionary each.

    Asking the view item by item is quadratic and adds rows to it.
    """
    table = view.property_store.properties
    columns = [column for column in table.columns if column != _PROPERTIES]
    plain = zip(*(table[column] for column in columns), strict=True)
    return {
        id: {**dict(zip(columns, values, strict=True)), **more}
        for id, values, more in zip(table.index, plain, table[_PROPERTIES], strict=True)
    }
