"""The citation graph: every paper of the library and every work that one of them cites."""

from collections.abc import Iterator

from paperflow.extract.structure import reference_key
from paperflow.graphs.build import graph_from
from paperflow.graphs.data import GraphData
from paperflow.graphs.resolve import Library
from paperflow.graphs.rows import NOT_STATED, Edge, Node
from paperflow.graphs.selection import Selection
from paperflow.graphs.view import View, read_view
from paperflow.records import Paper, entity_id, relation_id
from paperflow.store import Store

PAPER, CITES = "paper", "cites"
_CITATIONS = Selection(types=(PAPER,), relations=(CITES,))


def citation_graph(store: Store, *, evidence: bool = True) -> GraphData:
    """Return papers and `cites` edges, works outside of the library included.

    A paper's own list of references counts even before the paper is analysed;
    such an edge has no quote yet.
    """
    view = read_view(store, _CITATIONS, join_acronyms=False)
    nodes = {node.id: node for node in view.nodes(evidence=evidence)}
    edges = {edge.id: edge for edge in view.edges(nodes, evidence=evidence)}
    for paper in store.papers.all():
        for node, edge in _listed(paper, view):
            nodes.setdefault(node.id, node)
            if edge is not None:
                edges.setdefault(edge.id, edge)
    return graph_from(nodes.values(), edges.values(), view.merges)


def _listed(paper: Paper, view: View) -> Iterator[tuple[Node, Edge | None]]:
    """Yield the paper, and each work that it lists with the edge to it."""
    source = _node(paper.id, view.library)
    yield source, None
    year = paper.year or NOT_STATED
    for name in map(reference_key, paper.references):
        target = _node(view.library.paper_id(name) or name, view.library)
        if name and target.id != source.id:
            id = relation_id(CITES, source.id, target.id)
            yield target, Edge(id, CITES, source.id, target.id, year=year, papers=1)


def _node(key: str, library: Library) -> Node:
    year = library.years.get(key, NOT_STATED)
    label = library.titles.get(key, key)
    return Node(entity_id(PAPER, key), PAPER, label, key, year, in_library=key in library.titles)
