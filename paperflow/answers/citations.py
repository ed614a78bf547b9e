"""Who cites a paper, and what it cites, with the sentences that do so."""

from typing import NamedTuple

import numpy as np

from paperflow.graphs.citation import citation_graph
from paperflow.graphs.data import GraphData
from paperflow.workspace import Workspace


class Work(NamedTuple):
    """A work at the other end of a citation; `key` is "" for one that is not in the library."""

    id: str
    title: str
    year: int
    key: str
    quotes: tuple[str, ...]


def citing(workspace: Workspace, name: str) -> list[Work]:
    """Return the papers of the library that cite a paper, the newest first."""
    return _beside(workspace, name, 1)


def cited(workspace: Workspace, name: str) -> list[Work]:
    """Return the works that a paper cites, those in the library first, the newest first."""
    return _beside(workspace, name, 0)


def _beside(workspace: Workspace, name: str, end: int) -> list[Work]:
    """Return the works at the other ends of the citations whose `end` is the paper."""
    own = workspace.paper_id(name)
    graph = citation_graph(workspace.store)
    rows = np.flatnonzero((graph.node_keys == own) & graph.node_in_library)
    edges = np.flatnonzero(np.isin(graph.edge_index[end], rows))
    keys = workspace.citation_keys()
    works = [_work(graph, int(edge), 1 - end, keys) for edge in edges]
    return sorted(works, key=lambda work: (not work.key, -work.year, work.id))


def _work(graph: GraphData, edge: int, end: int, keys: dict[str, str]) -> Work:
    node = graph.node(int(graph.edge_index[end, edge]))
    quotes = tuple(dict.fromkeys(item.quote for item in graph.edge_evidence[edge]))
    return Work(node.key, node.label, node.year, keys.get(node.key, ""), quotes)
