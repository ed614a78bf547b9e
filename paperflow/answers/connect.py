"""Paths between two concepts, statement by statement, each with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperflow.answers.statements import Filter, library_statements
from paperflow.errors import BadInput
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.find import find_node
from paperflow.graphs.hypergraph.paths import Path, Paths, shortest_paths
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.rows import Node
from paperflow.reports.connection import Connection, Member, Step
from paperflow.workspace import Workspace

OTHERS = 5  # further nodes that a name fits, as many are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What paths are wanted: `k` of them, through statements that share at least `s` concepts.

    Concepts in more than `max_degree` statements do not count as shared. Every concept of
    `through` stands on each path, none of `avoid`.
    """

    s: int = 1
    k: int = 3
    max_degree: int | None = None
    through: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


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
    data, graph = library_statements(workspace, part)
    notes: list[str] = []
    ends = [named_row(data, name, notes) for name in (source, target)]
    if ends[0] == ends[1]:
        label = data.node_labels[ends[0]]
        raise BadInput(f"{source!r} and {target!r} are both {label!r}", hint="name two concepts")
    found = _searched(data, graph, (ends[0], ends[1]), route, notes)
    keys = workspace.citation_keys()
    first, last = (_member(data.node(row)) for row in ends)
    return (
        Connection(
            ends=(first, last),
            s=route.s,
            routes=tuple(_steps(data, path, keys) for path in found.paths),
            complete=found.complete,
        ),
        notes,
    )


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


def _searched(
    data: HypergraphData, graph: Hypergraph, ends: tuple[int, int], route: Route, notes: list[str]
) -> Paths:
    """Run the search with every name as a row."""
    required, forbidden = (
        [named_row(data, name, notes) for name in names] for names in (route.through, route.avoid)
    )
    return shortest_paths(
        graph,
        *ends,
        s=route.s,
        k=route.k,
        max_degree=route.max_degree,
        required=required,
        forbidden=forbidden,
    )


def _steps(data: HypergraphData, path: Path, keys: dict[str, str]) -> tuple[Step, ...]:
    shared: Sequence[tuple[int, ...]] = (*path.shared, ())
    return tuple(_step(data, *item, keys) for item in zip(path.edges, shared, strict=True))


def _step(data: HypergraphData, edge: int, shared: tuple[int, ...], keys: dict[str, str]) -> Step:
    evidence = data.edge_evidence[edge]
    start, end = data.incidence.edge_pointers[edge : edge + 2].tolist()
    return Step(
        id=data.edge_ids[edge],
        relation=data.relation_names[data.edge_relation[edge]],
        members=tuple(
            _member(data.node(int(data.incidence.edge_nodes[entry])), data.role_set(entry))
            for entry in range(start, end)
        ),
        shared=tuple(data.node_ids[node] for node in shared),
        quote=evidence.quote,
        paper_id=evidence.paper_id,
        key=keys.get(evidence.paper_id, ""),
        year=int(data.edge_year[edge]),
    )


def _member(node: Node, roles: tuple[str, ...] = ()) -> Member:
    return Member(id=node.id, label=node.label, type=node.type, roles=roles)


def _told(node: Node) -> str:
    return f"{node.label} ({node.type})"
