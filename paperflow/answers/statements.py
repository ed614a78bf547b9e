"""The statements of the library as a hypergraph, with names beside it, and which of them count."""

from dataclasses import dataclass

from paperflow.errors import NotReady
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.hypergraph import Snapshot, hypergraph, open_hypergraph
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which statements and nodes count; an empty field keeps all. Years are inclusive."""

    types: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


def library_statements(workspace: Workspace, part: Filter) -> tuple[HypergraphData, Hypergraph]:
    """Return the names and quotes of all statements, and the topology of those that count.

    Rows are the same in both. Raise NotReady before the analysis, UnknownName for an unknown
    type or relation.
    """
    workspace.require_papers()
    data = hypergraph(workspace.store)
    if not data.num_hyperedges:
        raise NotReady("the library has no statements yet", hint="run `paperflow analyze`")
    return data, counted(Hypergraph.from_data(data), part)


def mapped_statements(workspace: Workspace, part: Filter) -> tuple[Snapshot, Hypergraph]:
    """Return the mapped hypergraph, and the part of it that counts; errors as above.

    Nothing is read of the library but what has changed since the files were written.
    """
    snapshot = open_hypergraph(workspace.store, workspace.hypergraph_files)
    if not snapshot.graph.degrees.any():
        workspace.require_papers()
        raise NotReady("the library has no statements yet", hint="run `paperflow analyze`")
    return snapshot, counted(snapshot.graph, part)


def counted(graph: Hypergraph, part: Filter) -> Hypergraph:
    """Return the part of a hypergraph that counts."""
    return graph.where(types=part.types, relations=part.relations, years=(part.since, part.until))
