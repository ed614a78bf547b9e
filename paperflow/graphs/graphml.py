"""GraphML: what Gephi, yEd, Cytoscape, and networkx read.

XML has no place for most control characters. They are written as _xHHHH_, the
way of ECMA-376 (22.9.2.19), and come back on reading.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from paperflow.errors import UnreadableFile
from paperflow.graphs.attributes import (
    Attributes,
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
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.rows import Edge
from paperflow.graphs.selection import Selection
from paperflow.store import Store

_TEXTS = {"quote": "string", "evidence": "string", "properties": "string"}
_FIELDS = {
    "graph": {"merges": "string"},
    "node": {
        "type": "string",
        "label": "string",
        "papers": "int",
        "in_library": "boolean",
        "key": "string",
        "year": "int",
        **_TEXTS,
    },
    "edge": {"type": "string", "papers": "int", "year": "int", **_TEXTS},
}
_AS_JSON = ("evidence", "properties", "merges")

_NOT_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def export(store: Store, out: TextIO, selection: Selection) -> None:
    """Write the store's typed graph."""
    write(knowledge_graph(store, selection), out)


def write(graph: GraphData, out: TextIO) -> None:
    """Write a graph row by row.

    `quote` is the first quote, for reading; `evidence` is all of it, as JSON.
    """
    out.write('<?xml version="1.0" encoding="utf-8"?>\n')
    out.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, fields in _FIELDS.items():
        for field, type in fields.items():
            out.write(f'<key id="{owner}_{field}" for="{owner}" ')
            out.write(f'attr.name="{field}" attr.type="{type}"/>\n')
    out.write('<graph edgedefault="directed">\n')
    out.write(_data("graph", {"merges": [merge._asdict() for merge in graph.merges]}))
    for node in graph.nodes():
        out.write(f"<node id={_attribute(node.id)}>\n")
        out.write(_data("node", node_attributes(node)) + "</node>\n")
    for edge in graph.edges():
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
        out.write(f"<edge id={_attribute(edge.id)} {ends}>\n")
        out.write(_data("edge", edge_attributes(edge)) + "</edge>\n")
    out.write("</graph>\n</graphml>\n")


def read(source: TextIO) -> GraphData:
    """Read GraphML of ours or of another tool; raise UnreadableFile for anything else.

    An undirected edge is read as it stands.
    """
    graph = _parse(source.read())
    nodes = rows_from(
        "node", graph.nodes(data=True), lambda item: node_from(_unescape(item[0]), _plain(item[1]))
    )
    edges = rows_from("edge", graph.edges(keys=True, data=True), _edge)
    merges = rows_from("merge", _merges(graph), merge_from)
    return graph_from(nodes, with_own_ids(edges), tuple(merges))


def _parse(text: str) -> Any:
    """Return the text as a networkx multigraph."""
    from xml.etree.ElementTree import ParseError

    import networkx

    try:
        return networkx.parse_graphml(text, edge_key_type=str, force_multigraph=True)
    except (ParseError, networkx.NetworkXError, LookupError, ValueError, TypeError) as error:
        raise UnreadableFile(f"not GraphML: {error}") from error


def _edge(item: tuple[str, str, object, Attributes]) -> Edge:
    source, target, key, values = item
    # networkx numbers the edges that have no id in the file.
    id = {"id": _unescape(key)} if isinstance(key, str) else {}
    return edge_from(_unescape(source), _unescape(target), _plain(values) | id)


def _merges(graph: Any) -> list[Attributes]:
    try:
        return list(_plain({"merges": graph.graph.get("merges", "[]")})["merges"])
    except (TypeError, ValueError) as error:
        raise UnreadableFile(f"'merges' can't be read: {error}") from error


def _attribute(text: str) -> str:
    return quoteattr(_escape(text))


def _data(owner: str, values: Mapping[str, Any]) -> str:
    """Return the attributes of one element, in the order of `_FIELDS`."""
    quotes = [item["quote"] for item in values.get("evidence", ())]
    shown = {**values, "quote": quotes[0]} if quotes else values
    return "".join(
        f'<data key="{owner}_{field}">{escape(_as_text(shown[field]))}</data>\n'
        for field in _FIELDS[owner]
        if field in shown
    )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return _escape(json.dumps(value, ensure_ascii=False))
    return _escape(str(value))


def _plain(values: Mapping[str, Any]) -> Attributes:
    """Return attributes as they were before `_as_text`."""
    out = {
        name: _unescape(value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return out | {name: json.loads(out[name]) for name in _AS_JSON if name in out}


def _escape(text: str) -> str:
    return _NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
