"""The library's graph and its years, as a report shows them."""

from collections import Counter
from collections.abc import Collection, Iterable

from paperflow.graphs.data import GraphData
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.rows import Node as Row
from paperflow.graphs.selection import Selection
from paperflow.graphs.view import read_view
from paperflow.records import Paper
from paperflow.reports.report import Edge, Graph, Node, Period, Statement
from paperflow.store import Store

MOST_NODES = 100  # more than these nobody reads in one drawing
HIDDEN_TYPES = frozenset({"author", "venue"})  # they join papers by accident more than by matter
SENTENCE_TYPES = frozenset({"claim", "result", "limitation", "future_work"})


def picture(store: Store, papers: Collection[str], *, most: int = MOST_NODES) -> Graph:
    """Return what papers say about concepts, cut to the `most` nodes that join most papers.

    A node that only one of the papers names is left out while there are enough others;
    nodes that are whole sentences stand in the tables of facts only.
    """
    chosen = Selection(papers=frozenset(papers))
    graph = knowledge_graph(store, chosen)
    shown = _chosen(graph, most)
    view = read_view(store, chosen)
    return Graph(
        nodes=tuple(_node(row) for row in shown.values()),
        edges=tuple(
            Edge(
                source=edge.source,
                target=edge.target,
                type=edge.type,
                quote=edge.evidence[0].quote if edge.evidence else "",
                paper_id=edge.evidence[0].paper_id if edge.evidence else "",
            )
            for edge in graph.edges()
            if edge.source in shown and edge.target in shown
        ),
        statements=tuple(
            Statement(
                label=item.relation.replace("_", " "),
                participants=item.participants,
                quote=item.evidence.quote,
                paper_id=item.evidence.paper_id,
            )
            for item in sorted(view.statements(shown), key=lambda item: item.id)
            if len({part.entity_id for part in item.participants}) > 1
        ),
    )


def timeline(papers: Iterable[Paper]) -> tuple[Period, ...]:
    """Return how many papers each year has, and how many have none."""
    counts = Counter("" if paper.year is None else str(paper.year) for paper in papers)
    unknown = counts.pop("", 0)
    years = [Period(label=year, count=counts[year]) for year in sorted(counts)]
    return (*years, *([Period(label="no year", count=unknown)] if unknown else []))


def _chosen(graph: GraphData, most: int) -> dict[str, Row]:
    """Return the nodes to draw, by id: papers first, then what most of them name.

    A work outside the library is drawn when several of the papers cite it.
    """
    rows = [row for row in graph.nodes() if row.type not in HIDDEN_TYPES | SENTENCE_TYPES]
    ranked = sorted(rows, key=lambda row: (not _is_ours(row), -row.papers, row.id))
    ranked = [row for row in ranked if row.type != "paper" or _is_ours(row) or row.papers > 1]
    telling = [row for row in ranked if _is_ours(row) or row.papers > 1]
    kept = telling if len(telling) >= min(most, len(ranked)) // 2 else ranked
    return {row.id: row for row in sorted(kept[:most], key=lambda row: row.id)}


def _is_ours(row: Row) -> bool:
    return row.type == "paper" and row.in_library


def _node(row: Row) -> Node:
    return Node(
        id=row.id,
        label=row.label,
        type=row.type,
        weight=float(max(row.papers, 1)),
        year=row.year or None,
        paper_id=row.key if row.type == "paper" else "",
    )
