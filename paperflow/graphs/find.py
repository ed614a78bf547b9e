"""A node by the name that a person types."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.arrays import Objects
from paperflow.graphs.build import objects
from paperflow.graphs.data import GraphData, HypergraphData

SURE = 0.85  # similarity from which a misspelt name is taken for the node
NEAR = 0.6  # similarity from which a node is worth suggesting
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A node's row, what it was found by, and who else fits.

    `by` is "key", "label", "acronym", or "spelling".
    """

    row: int
    by: str
    others: tuple[int, ...] = ()


def find_node(graph: GraphData | HypergraphData, name: str, types: Collection[str] = ()) -> Found:
    """Return the node with this id or key, else this label or acronym, else a similar label.

    Case and spaces don't matter. Among several, the one that most papers name
    (or that stands in most statements) comes first, and the rest in `others`.
    Raise UnknownName with the nearest labels where nothing is similar, and for a type
    that the graph does not have; BadInput for a blank name.
    """
    wanted = _plain(name)
    if not wanted:
        raise BadInput("a name is needed", hint="name a concept, method, author, or paper")
    _check_types(graph, types)
    rows = _rows(graph, types)
    for by, columns in _names(graph):
        fitting = [row for row in rows if any(_plain(column[row]) == wanted for column in columns)]
        if fitting:
            return _first(graph, fitting, by)
    return _similar(graph, rows, name, wanted)


def _names(graph: GraphData | HypergraphData) -> Iterator[tuple[str, list[Objects]]]:
    """Yield the columns that hold names, the surest first."""
    yield "key", [graph.node_ids, graph.node_keys]
    yield "label", [graph.node_labels]
    if isinstance(graph, GraphData):
        yield "acronym", [objects(item.get("acronym", "") for item in graph.node_properties)]


_HUBS = "`paperflow graph hubs` lists the concepts that most statements name"


def _similar(graph: GraphData | HypergraphData, rows: list[int], name: str, wanted: str) -> Found:
    scored = sorted(_similarities(graph.node_labels, rows, wanted), reverse=True)
    if scored and scored[0][0] >= SURE:
        best = scored[0][0]
        return _first(graph, [-row for score, row in scored if score == best], "spelling")
    near = [graph.node_labels[-row] for _, row in scored]
    distinct = list(dict.fromkeys(near))[:SUGGESTIONS]
    raise UnknownName(
        f"no node named {name!r}",
        hint=f"did you mean {' or '.join(map(repr, distinct))}?" if distinct else _HUBS,
    )


def _similarities(labels: Objects, rows: list[int], wanted: str) -> list[tuple[float, int]]:
    """Return (similarity, -row) of every label that is at least near, cheapest tests first."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    out = []
    for row in rows:
        matcher.set_seq1(_plain(labels[row]))
        if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR:
            score = matcher.ratio()
            if score >= NEAR:
                out.append((score, -row))
    return out


def _first(graph: GraphData | HypergraphData, rows: list[int], by: str) -> Found:
    """Put the best known node first; rows stand for ids in ties."""
    known = graph.node_papers if isinstance(graph, GraphData) else graph.incidence.degrees
    best, *others = sorted(rows, key=lambda row: (-int(known[row]), row))
    return Found(best, by, tuple(others))


def _check_types(graph: GraphData | HypergraphData, types: Collection[str]) -> None:
    known = sorted({graph.node_type_names[number] for number in np.unique(graph.node_type)})
    for type in types:
        if type not in known:
            hint = f"known: {', '.join(known)}" if known else "the graph has no nodes"
            raise UnknownName(f"no nodes of type {type!r}", hint=hint)


def _rows(graph: GraphData | HypergraphData, types: Collection[str]) -> list[int]:
    if not types:
        return list(range(graph.num_nodes))
    numbers = [number for number, type in enumerate(graph.node_type_names) if type in types]
    return [int(row) for row in np.flatnonzero(np.isin(graph.node_type, numbers))]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
