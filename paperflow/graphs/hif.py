"""HIF, the Hypergraph Interchange Format: what HyperNetX, XGI, and hypergraphx read.

Source: Coll et al., HIF: The hypergraph interchange format for higher-order
networks, Network Science 13 (2025), and its schema, version 0.1.0.
"""

from functools import partial
from typing import TextIO

from paperflow.errors import UnreadableFile
from paperflow.graphs.attributes import (
    Attributes,
    incidences_of,
    member_attributes,
    merge_from,
    name,
    node_from,
    participants_from,
    rows_from,
    statement_attributes,
    statement_from,
)
from paperflow.graphs.build import hypergraph_from
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.hypergraph import hypergraph
from paperflow.graphs.json_rows import read_list, read_object, write_rows
from paperflow.graphs.selection import Selection
from paperflow.records import Participant
from paperflow.store import Store

_MEMBERS = {"network-type", "metadata", "incidences", "nodes", "edges"}
_NETWORK_TYPES = ("undirected", "directed", "asc")


def export(store: Store, out: TextIO, selection: Selection) -> None:
    """Write the store's statements."""
    write(hypergraph(store, selection), out)


def write(graph: HypergraphData, out: TextIO) -> None:
    """Write a hypergraph; roles are attributes of incidences, quotes of edges."""
    head = {
        "network-type": "undirected",
        "metadata": {"merges": [merge._asdict() for merge in graph.merges]},
    }
    nodes = ({"node": node.id, "attrs": member_attributes(node)} for node in graph.nodes())
    edges = ({"edge": item.id, "attrs": statement_attributes(item)} for item in graph.statements())
    incidences = (
        {"edge": edge, "node": node, **({"attrs": attrs} if attrs else {})}
        for edge, node, attrs in incidences_of(graph)
    )
    write_rows(out, head, {"incidences": incidences, "nodes": nodes, "edges": edges})


def read(source: TextIO) -> HypergraphData:
    """Read a HIF file of ours or of another library.

    A node or edge that only an incidence names is made. The directions "tail" and
    "head" of other libraries become roles of these names; weights are passed over.
    Raise UnreadableFile for what the standard does not allow.
    """
    values = read_object(source)
    metadata = _check(values)
    nodes: dict[str, Attributes] = {}
    edges: dict[str, Attributes] = {}
    members: dict[str, list[Participant]] = {}
    for edge, parts in rows_from("incidence", read_list(values, "incidences"), _participants):
        members.setdefault(edge, []).extend(parts)
        edges.setdefault(edge, {})
        nodes.update((part.entity_id, {}) for part in parts)
    for kind, found in (("node", nodes), ("edge", edges)):
        records = read_list(values, f"{kind}s")
        found.update(rows_from(kind, records, partial(_described, kind)))
    merges = rows_from("merge", read_list(metadata, "merges"), merge_from)
    return hypergraph_from(
        rows_from("node", nodes.items(), lambda item: node_from(*item)),
        rows_from(
            "edge",
            edges.items(),
            lambda item: statement_from(item[0], item[1], members.get(item[0], ())),
        ),
        tuple(merges),
    )


def _check(values: Attributes) -> Attributes:
    """Hold the top of a file against the standard; return its metadata."""
    if unknown := sorted(values.keys() - _MEMBERS):
        raise UnreadableFile(f"HIF has no member {unknown[0]!r}")
    if "incidences" not in values:
        raise UnreadableFile("HIF needs a list of incidences")
    if values.get("network-type", "undirected") not in _NETWORK_TYPES:
        raise UnreadableFile(f"HIF has no network-type {values['network-type']!r}")
    metadata = values.get("metadata", {})
    if not isinstance(metadata, dict):
        raise UnreadableFile("'metadata' must be an object")
    return metadata


def _participants(record: Attributes) -> tuple[str, list[Participant]]:
    """Return the edge that an incidence names, and its node once for each role."""
    direction = record.get("direction")
    if direction not in (None, "head", "tail"):
        raise ValueError(f"no direction {direction!r}")
    attrs = _attrs(record)
    if direction:
        attrs = {**attrs, "roles": [*attrs.get("roles", ()), direction]}
    return name(record["edge"]), participants_from(record["node"], attrs)


def _described(kind: str, record: Attributes) -> tuple[str, Attributes]:
    return name(record[kind]), _attrs(record)


def _attrs(record: Attributes) -> Attributes:
    attrs = record.get("attrs", {})
    if not isinstance(attrs, dict):
        raise TypeError("'attrs' must be an object")
    if not isinstance(record.get("weight", 0), int | float):
        raise TypeError("'weight' must be a number")
    return attrs
