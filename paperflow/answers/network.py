"""Questions to the library's hypergraph as a whole: neighbours, parts, hubs, its power law."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.answers.connect import named_row
from paperflow.answers.statements import Filter, counted, library_statements
from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.convert import draw_with_hypernetx
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.hypergraph.measures import co_occurrence, hubs
from paperflow.graphs.hypergraph.surroundings import surroundings
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.hypergraph.walks import edge_components, node_components
from paperflow.graphs.powerlaw.fit import fit_power_law
from paperflow.graphs.powerlaw.report import PowerLawReport, analyse
from paperflow.graphs.powerlaw.sample import sample_of
from paperflow.graphs.rows import NOT_STATED
from paperflow.reports.powerlaw import as_svg
from paperflow.workspace import Workspace

DRAWN = 12  # statements in a picture: more are no picture
SHOWN = 5  # hubs that stand for a part
BY = ("year", "type", "relation")


def nodes_beside(
    workspace: Workspace, name: str, part: Filter, *, s: int = 1, limit: int = 20
) -> tuple[dict[str, Any], list[str]]:
    """Return the nodes that stand in at least `s` statements with one, and notes on the name."""
    data, graph = library_statements(workspace, part)
    notes: list[str] = []
    row = named_row(data, name, notes)
    found = co_occurrence(graph, row, s)
    order = np.lexsort((found.rows, -found.counts))
    shown = [
        {**_node(data, int(found.rows[i])), "shared": int(found.counts[i])} for i in order[:limit]
    ]
    centre = {**_node(data, row), "degree": int(graph.degrees[row])}
    return {"node": centre, "s": s, "count": len(order), "neighbours": shown}, notes


def draw_beside(workspace: Workspace, name: str, part: Filter) -> str:
    """Return the latest statements of a node as HyperNetX draws them, as SVG.

    Raise MissingExtra where HyperNetX is not installed.
    """
    data, graph = library_statements(workspace, part)
    near = surroundings(graph, [named_row(data, name, [])], steps=0, most=DRAWN)
    out = BytesIO()
    draw_with_hypernetx(data, near.edges.tolist(), out)
    return out.getvalue().decode()


def joined_parts(
    workspace: Workspace, part: Filter, *, s: int = 1, limit: int = 10
) -> dict[str, Any]:
    """Return the s-components of statements and of nodes: how many, how large, the largest."""
    data, graph = library_statements(workspace, part)
    statements, nodes = edge_components(graph, s), node_components(graph, s)
    sizes = _sizes(statements)
    return {
        "s": s,
        "statements": _summary(sizes),
        "nodes": _summary(_sizes(nodes)),
        "largest": [
            {"statements": size, "hubs": _hubs_of(data, graph, statements == label)}
            for label, size in list(sizes.items())[:limit]
        ],
    }


def central_nodes(workspace: Workspace, part: Filter, *, limit: int = 20) -> list[dict[str, Any]]:
    """Return the nodes that stand in most statements."""
    data, graph = library_statements(workspace, part)
    return [
        {**_node(data, row), "degree": int(graph.degrees[row])}
        for row in hubs(graph, limit).tolist()
    ]


def power_law(
    workspace: Workspace, part: Filter, *, by: str = "", draws: int = 200
) -> dict[str, PowerLawReport | None]:
    """Return the power law of degrees in the whole, or by year, type, or relation.

    "year" is the library as it stood at the end of each. A part without two different
    degrees has None.
    """
    data, graph = library_statements(workspace, part)
    return {
        name: _fitted(degrees[degrees > 0], draws) for name, degrees in _degrees(data, graph, by)
    }


def power_law_picture(workspace: Workspace, part: Filter) -> str:
    """Return the degrees and their fit as an SVG file; raise BadInput where there is no fit."""
    degrees = library_statements(workspace, part)[1].degrees
    sample = sample_of(degrees, discrete=True)
    return str(as_svg(sample, fit_power_law(sample), "statements"))


def _degrees(
    data: HypergraphData, graph: Hypergraph, by: str
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    if by not in ("", *BY):
        raise UnknownName(f"no part by {by!r}", hint=f"known: {', '.join(BY)}")
    if not by:
        yield "all", graph.degrees
    elif by == "year":
        for year in sorted(set(data.edge_year.tolist()) - {NOT_STATED}):
            yield str(year), counted(graph, Filter(until=year)).degrees
    elif by == "type":
        for number, name in enumerate(data.node_type_names):
            yield name, graph.degrees[data.node_type == number]
    else:
        for name in data.relation_names:
            yield name, counted(graph, Filter(relations=(name,))).degrees


def _fitted(degrees: NDArray[np.int64], draws: int) -> PowerLawReport | None:
    try:
        return analyse(degrees, repeats=draws, discrete=True)
    except BadInput:
        return None


def _sizes(labels: NDArray[np.int32]) -> dict[int, int]:
    """Return the size of each component by its label, the largest first."""
    found, counts = np.unique(labels[labels >= 0], return_counts=True)
    order = np.lexsort((found, -counts))
    return dict(zip(found[order].tolist(), counts[order].tolist(), strict=True))


def _summary(sizes: dict[int, int]) -> dict[str, int]:
    several = [size for size in sizes.values() if size > 1]
    return {
        "components": len(sizes),
        "of_several": len(several),
        "largest": next(iter(sizes.values()), 0),
        "counted": sum(sizes.values()),
    }


def _hubs_of(data: HypergraphData, graph: Hypergraph, edges: NDArray[np.bool_]) -> list[str]:
    """Return the labels of the nodes that stand in most of these statements."""
    rows = hubs(graph.masked(edges, graph.node_ok), SHOWN)
    return [str(data.node_labels[row]) for row in rows.tolist()]


def _node(data: HypergraphData, row: int) -> dict[str, Any]:
    node = data.node(row)
    return {"id": node.id, "label": node.label, "type": node.type}
