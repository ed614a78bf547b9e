"""The hypergraph: every statement of the library with all its participants."""

from paperflow.graphs.build import hypergraph_from
from paperflow.graphs.data import HypergraphData
from paperflow.graphs.selection import EVERYTHING, Selection
from paperflow.graphs.view import read_view
from paperflow.store import Store


def hypergraph(
    store: Store, selection: Selection = EVERYTHING, *, join_acronyms: bool = True
) -> HypergraphData:
    """Return the store's statements and the nodes that take part in them.

    A statement whose participants are all joined into one node stays, with that
    one node. Raise UnknownName for an unknown node type.
    """
    selection.check(store)
    view = read_view(store, selection, join_acronyms=join_acronyms)
    nodes = {node.id: node for node in view.nodes(evidence=False)}
    statements = list(view.statements(nodes))
    named = {part.entity_id for item in statements for part in item.participants}
    return hypergraph_from((nodes[id] for id in named), statements, view.merges)
