"""Rows as plain attributes and back: the one place that says what they are called in files.

Empty values are left out. Ids of edges are attributes too, since most tools
number parallel edges anew.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from numbers import Integral
from operator import attrgetter
from typing import Any, TypeVar

from paperflow.errors import UnreadableFile
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.rows import NO_EVIDENCE, NOT_STATED, Edge, Merge, Node, Statement
from paperflow.records import Evidence, Participant, relation_id

Attributes = dict[str, Any]
Row = TypeVar("Row")


def node_attributes(node: Node) -> Attributes:
    """Return what a file says of a node beside its id."""
    return {
        "type": node.type,
        "label": node.label,
        "papers": node.papers,
        "in_library": node.in_library,
        **_filled(key=node.key, year=node.year, properties=dict(node.properties)),
        **_filled(evidence=[evidence_attributes(item) for item in node.evidence]),
    }


def edge_attributes(edge: Edge) -> Attributes:
    """Return what a file says of an edge beside its ends."""
    return {
        "id": edge.id,
        "type": edge.type,
        "papers": edge.papers,
        **_filled(year=edge.year, properties=dict(edge.properties)),
        **_filled(evidence=[evidence_attributes(item) for item in edge.evidence]),
    }


def statement_attributes(statement: Statement) -> Attributes:
    """Return what a file says of a hyperedge beside its participants."""
    evidence = statement.evidence
    stated = {} if evidence == NO_EVIDENCE else evidence_attributes(evidence)
    return {"relation": statement.relation, **_filled(year=statement.year), **stated}


def member_attributes(node: Node) -> Attributes:
    """Return what a file says of a node that takes part in statements, beside its id."""
    return {"type": node.type, "label": node.label, "key": node.key}


def incidences_of(graph: HypergraphData) -> Iterator[tuple[str, str, Attributes]]:
    """Yield each hyperedge and node that belong together, and what a file says of that."""
    for statement in graph.statements():
        for node, parts in groupby(statement.participants, key=attrgetter("entity_id")):
            roles = [part.role for part in parts if part.role]
            yield statement.id, node, {"roles": roles} if roles else {}


def evidence_attributes(evidence: Evidence) -> Attributes:
    """Return where a fact stands, and its words."""
    return {
        "paper_id": evidence.paper_id,
        "passage_id": evidence.passage_id,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
    }


def node_from(id: object, values: Mapping[str, Any]) -> Node:
    """Undo `node_attributes`; a node that states nothing is labelled by its id."""
    return Node(
        id=name(id),
        type=str(values.get("type", "")),
        label=str(values.get("label", id)),
        key=str(values.get("key", "")),
        year=int(values.get("year", NOT_STATED)),
        papers=int(values.get("papers", 0)),
        in_library=bool(values.get("in_library", False)),
        properties=_text(values.get("properties", {})),
        evidence=tuple(map(evidence_from, values.get("evidence", ()))),
    )


def edge_from(source: object, target: object, values: Mapping[str, Any]) -> Edge:
    """Undo `edge_attributes`; an edge without an id gets that of its type and ends."""
    type = str(values.get("type", ""))
    ends = name(source), name(target)
    return Edge(
        id=str(values.get("id", "")) or relation_id(type, *ends),
        type=type,
        source=ends[0],
        target=ends[1],
        year=int(values.get("year", NOT_STATED)),
        papers=int(values.get("papers", 0)),
        properties=_text(values.get("properties", {})),
        evidence=tuple(map(evidence_from, values.get("evidence", ()))),
    )


def statement_from(
    id: object, values: Mapping[str, Any], participants: Iterable[Participant]
) -> Statement:
    """Undo `statement_attributes`."""
    return Statement(
        id=name(id),
        relation=str(values.get("relation", "")),
        participants=tuple(participants),
        year=int(values.get("year", NOT_STATED)),
        evidence=evidence_from(values) if "quote" in values else NO_EVIDENCE,
    )


def participants_from(node: object, values: Mapping[str, Any]) -> list[Participant]:
    """Undo `incidences_of`: the node once for each of its roles, or once without a role."""
    roles = list(map(str, values.get("roles", ()))) or [""]
    return [Participant(entity_id=name(node), role=role) for role in roles]


def evidence_from(values: Mapping[str, Any]) -> Evidence:
    """Undo `evidence_attributes`."""
    return Evidence(
        passage_id=str(values["passage_id"]),
        paper_id=str(values["paper_id"]),
        start=int(values["start"]),
        end=int(values["end"]),
        quote=str(values["quote"]),
    )


def merge_from(values: Mapping[str, Any]) -> Merge:
    """Return the join that a file reports."""
    return Merge(**{field: str(values[field]) for field in Merge._fields})


def rows_from(what: str, items: Iterable[Any], make: Callable[[Any], Row]) -> Iterator[Row]:
    """Make a row of each item; raise UnreadableFile with the number of one that is not a row."""
    for number, item in enumerate(items, start=1):
        try:
            yield make(item)
        except KeyError as missing:
            raise UnreadableFile(f"{what} {number} has no {missing.args[0]!r}") from missing
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise UnreadableFile(f"{what} {number} can't be read: {error}") from error


def with_own_ids(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Number the repeats of an id, for files that give parallel edges none."""
    seen: Counter[str] = Counter()
    for edge in edges:
        seen[edge.id] += 1
        yield edge if seen[edge.id] == 1 else edge._replace(id=f"{edge.id}#{seen[edge.id]}")


def _filled(**values: Any) -> Attributes:
    return {
        field: value for field, value in values.items() if value not in ("", NOT_STATED, {}, [])
    }


def name(id: object) -> str:
    """Return an id as text; raise TypeError for what can't be one."""
    if not isinstance(id, str | Integral):
        raise TypeError(f"an id must be text or a whole number, not {id!r}")
    return str(id)


def _text(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(field): str(value) for field, value in values.items()}
