"""The rows that graphs are made from and give back: plain tuples, one per node, edge, statement."""

from types import MappingProxyType
from typing import NamedTuple

from paperflow.records import Evidence, Extra, Participant

NOT_STATED = 0  # a year that no source prints
NO_PROPERTIES: Extra = MappingProxyType({})
NO_EVIDENCE = Evidence(passage_id="", paper_id="", start=0, end=0, quote="")


class Node(NamedTuple):
    """One node: `papers` counts the papers that name it, `year` is that of the first of them.

    A paper's own year is its year of publication.
    """

    id: str
    type: str
    label: str
    key: str = ""
    year: int = NOT_STATED
    papers: int = 0
    in_library: bool = False
    properties: Extra = NO_PROPERTIES
    evidence: tuple[Evidence, ...] = ()


class Edge(NamedTuple):
    """One typed edge between the nodes with the ids `source` and `target`."""

    id: str
    type: str
    source: str
    target: str
    year: int = NOT_STATED
    papers: int = 0
    properties: Extra = NO_PROPERTIES
    evidence: tuple[Evidence, ...] = ()


class Statement(NamedTuple):
    """One hyperedge; a participant may stand in it in several roles, or in none ("")."""

    id: str
    relation: str
    participants: tuple[Participant, ...] = ()
    year: int = NOT_STATED
    evidence: Evidence = NO_EVIDENCE


class Merge(NamedTuple):
    """One join of two nodes, made while building: the store still holds both."""

    kept: str
    dropped: str
    reason: str
