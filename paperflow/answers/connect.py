"""Paths between two concepts, and the statements about one, each with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperflow.answers.statements import Filter, mapped_statements
from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.find import find_node
from paperflow.graphs.hypergraph import (
    Concept,
    Snapshot,
    explain,
    hypergraph,
    shortest_paths,
    statements,
    surroundings,
)
from paperflow.graphs.hypergraph import Step as Told
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.rows import Node
from paperflow.reports.connection import Connection, Member, Statements, Step
from paperflow.workspace import Workspace

OTHERS = 5  # further nodes that a name fits, as many are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What paths are wanted: `k` of them, through statements that share at least `s` concepts.

    Concepts in more than `max_degree` statements do not count as shared. Every concept of
    `through` stands on each path, none of `avoid`. Statements that name both ends are left out
    where paths are to be `indirect`.
    """

    s: int = 1
    k: int = 3
    max_degree: int | None = None
    through: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    indirect: bool = False


def connect(
    workspace: Workspace,
    source: str,
    target: str,
    route: Route = Route(),
    part: Filter = Filter(),  # noqa: B008 - immutable
) -> tuple[Connection, list[str]]:
    """Return the shortest paths between two concepts, and what is to be said about the names.

    Raise UnknownName for a name that nothing resembles, BadInput where both mean one concept.
    """
    snapshot, graph = mapped_statements(workspace, part)
    notes: list[str] = []

    def rows(*names: str) -> list[int]:
        return [_row(workspace, snapshot, name, notes) for name in names]

    first, last = rows(source, target)
    ends = _members(workspace, snapshot, [first, last])
    if first == last:
        label = ends[0].label
        raise BadInput(f"{source!r} and {target!r} are both {label!r}", hint="name two concepts")
    found = shortest_paths(
        without_both(graph, first, last) if route.indirect else graph,
        first,
        last,
        s=route.s,
        k=route.k,
        max_degree=route.max_degree,
        required=rows(*route.through),
        forbidden=rows(*route.avoid),
    )
    keys = workspace.citation_keys()
    told = (explain(workspace.store, snapshot, path) for path in found.paths)
    routes = tuple(tuple(_step(snapshot, step, keys) for step in steps) for steps in told)
    return Connection(
        ends=(ends[0], ends[1]), s=route.s, routes=routes, complete=found.complete
    ), notes


def statements_of(
    workspace: Workspace,
    name: str,
    part: Filter = Filter(),  # noqa: B008 - immutable
    *,
    limit: int = 20,
) -> tuple[Statements, list[str]]:
    """Return the latest statements in which a concept stands, and notes on its name."""
    snapshot, graph = mapped_statements(workspace, part)
    notes: list[str] = []
    row = _row(workspace, snapshot, name, notes)
    near = surroundings(graph, [row], steps=0, most=limit)
    keys = workspace.citation_keys()
    told = statements(workspace.store, snapshot, near.edges.tolist())
    (concept,) = _members(workspace, snapshot, [row])
    steps = tuple(_step(snapshot, step, keys) for step in told)
    return Statements(concept=concept, steps=steps, left_out=near.left_out), notes


def without_both(graph: Hypergraph, source: int, target: int) -> Hypergraph:
    """Return the hypergraph without the statements that name both nodes."""
    others = np.ones(graph.num_hyperedges, np.bool_)
    others[naming_both(graph, source, target)] = False
    return graph.masked(others if graph.edge_ok is None else others & graph.edge_ok, graph.node_ok)


def naming_both(graph: Hypergraph, source: int, target: int) -> NDArray[np.int32]:
    """Return the rows of the statements that name both nodes, ascending."""
    return np.intersect1d(graph.memberships(source), graph.memberships(target))


def named_row(data: HypergraphData, name: str, notes: list[str]) -> int:
    """Return the row of the node that a name means; add what else it could mean to `notes`."""
    found = find_node(data, name)
    label = data.node_labels[found.row]
    if found.by == "spelling":
        notes.append(f"nothing is called {name!r}; {label!r} is the nearest")
    if others := [_told(data.node(row)) for row in found.others[:OTHERS]]:
        notes.append(
            f"{name!r} is taken for {_told(data.node(found.row))}; it could also mean: "
            f"{', '.join(others)}"
        )
    return found.row


def _row(workspace: Workspace, snapshot: Snapshot, name: str, notes: list[str]) -> int:
    """Return the row of the node that a name means: by its key, else as `named_row` finds it."""
    ids = workspace.store.statements.called(name)
    found = {row for id in ids if (row := snapshot.row(id)) is not None}
    if not found:
        return _resembling(workspace, snapshot, name, notes)
    degrees = snapshot.graph.degrees
    best, *others = sorted(found, key=lambda row: (-int(degrees[row]), snapshot.nodes[row]))
    if others:
        members = _members(workspace, snapshot, [best, *others[:OTHERS]])
        taken, *also = (f"{member.label} ({member.type})" for member in members)
        notes.append(f"{name!r} is taken for {taken}; it could also mean: {', '.join(also)}")
    return best


def _resembling(workspace: Workspace, snapshot: Snapshot, name: str, notes: list[str]) -> int:
    """Return the row of a node by its label, acronym, or spelling: all names must be read."""
    data = hypergraph(workspace.store)
    row = snapshot.row(data.node_ids[named_row(data, name, notes)])
    if row is None:  # a join that the files do not have yet
        raise UnknownName(f"no node named {name!r}", hint="run `paperflow doctor --repair`")
    return row


def _members(workspace: Workspace, snapshot: Snapshot, rows: Sequence[int]) -> list[Member]:
    ids = [snapshot.nodes[row] for row in rows]
    labels = workspace.store.statements.labels(ids)
    return [_member(snapshot, Concept(id, labels.get(id, id))) for id in ids]


def _step(snapshot: Snapshot, told: Told, keys: dict[str, str]) -> Step:
    roles: dict[Concept, list[str]] = {}
    for concept, role in told.participants:
        roles.setdefault(concept, []).extend([role] if role else [])
    return Step(
        id=told.id,
        relation=told.relation,
        members=tuple(_member(snapshot, concept, tuple(own)) for concept, own in roles.items()),
        shared=tuple(concept.id for concept in told.shared),
        quote=told.evidence.quote,
        paper_id=told.evidence.paper_id,
        key=keys.get(told.evidence.paper_id, ""),
        year=told.year,
    )


def _member(snapshot: Snapshot, concept: Concept, roles: tuple[str, ...] = ()) -> Member:
    row, graph = snapshot.row(concept.id), snapshot.graph
    type = "" if row is None else graph.node_type_names[graph.node_type[row]]
    return Member(id=concept.id, label=concept.label, type=type, roles=roles)


def _told(node: Node) -> str:
    return f"{node.label} ({node.type})"
