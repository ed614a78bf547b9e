"""The typed graph: who wrote what, what it uses, what it cites, each with its sentences."""

from paperflow.graphs.build import graph_from
from paperflow.graphs.data import GraphData
from paperflow.graphs.selection import EVERYTHING, Selection
from paperflow.graphs.view import read_view
from paperflow.store import Store


def knowledge_graph(
    store: Store,
    selection: Selection = EVERYTHING,
    *,
    join_acronyms: bool = True,
    evidence: bool = True,
) -> GraphData:
    """Return the store's typed graph; `evidence=False` leaves the quotes out.

    Joined nodes are listed in `merges`; to undo the joins of acronyms, build
    again with `join_acronyms=False`. Raise UnknownName for an unknown node type.
    """
    selection.check(store)
    view = read_view(store, selection, join_acronyms=join_acronyms)
    nodes = list(view.nodes(evidence=evidence))
    edges = view.edges({node.id for node in nodes}, evidence=evidence)
    return graph_from(nodes, edges, view.merges)
