"""The part of a graph around one node, small enough to read, draw, or show to a model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int64, pointers
from paperflow.graphs.attributes import edge_attributes, node_attributes
from paperflow.graphs.build import subgraph
from paperflow.graphs.data import GraphData
from paperflow.graphs.rows import Edge, Node

HOPS = 1
MAX_NODES = 50


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A node's surroundings: `hops` [n] says how far each node of `graph` is.

    `left_out` counts the neighbours that were reached but did not fit.
    """

    centre: str
    graph: GraphData
    hops: NDArray[np.int32]
    left_out: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values: nodes from near to far, then edges with quotes."""
        return {
            "centre": self.centre,
            "left_out": self.left_out,
            "nodes": [
                {"id": node.id, "hops": hops, **node_attributes(node)}
                for hops, node in self._by_distance()
            ],
            "edges": [
                {"source": edge.source, "target": edge.target, **edge_attributes(edge)}
                for edge in self.graph.edges()
            ],
        }

    def as_text(self, quotes: int = 1) -> str:
        """Return it as lines to read: each edge with up to `quotes` of its sentences."""
        nodes = {node.id: node for node in self.graph.nodes()}
        lines = [_headline(nodes[self.centre])]
        for edge in self._edges_by_distance():
            source, target = nodes[edge.source].label, nodes[edge.target].label
            lines.append(f"  {source} —{edge.type}→ {target}")
            lines += [f"      “{item.quote}” ({item.paper_id})" for item in edge.evidence[:quotes]]
        if self.left_out:
            lines.append(f"  and {self.left_out} more nodes")
        return "\n".join(lines)

    def _by_distance(self) -> Iterator[tuple[int, Node]]:
        order = np.argsort(self.hops, kind="stable")
        return ((int(self.hops[row]), self.graph.node(int(row))) for row in order)

    def _edges_by_distance(self) -> Iterator[Edge]:
        """Yield edges from the centre outwards, those that most papers state first."""
        ends = self.hops[self.graph.edge_index]
        order = np.lexsort((-self.graph.edge_papers, ends.max(axis=0), ends.min(axis=0)))
        return (self.graph.edge(int(row)) for row in order)


def neighbourhood(
    graph: GraphData, row: int, *, hops: int = HOPS, max_nodes: int = MAX_NODES
) -> Neighbourhood:
    """Return up to `max_nodes` nodes within `hops` of the node at `row`, either way along edges.

    Nearer nodes come first; at the same distance those whose edges into what is
    already chosen are stated by most papers, ties by id.
    """
    around = _Adjacency(graph)
    distance = {row: 0}
    frontier, left_out = [row], 0
    for hop in range(1, hops + 1):
        reached = around.weights(frontier, distance)
        ranked = sorted(reached, key=lambda other: (-reached[other], other))
        frontier = ranked[: max(0, max_nodes - len(distance))]
        left_out += len(ranked) - len(frontier)
        distance |= dict.fromkeys(frontier, hop)
    part = subgraph(graph, distance)
    return Neighbourhood(
        centre=graph.node_ids[row],
        graph=part,
        hops=np.fromiter((distance[kept] for kept in sorted(distance)), np.int32),
        left_out=left_out,
    )


class _Adjacency:
    """Each node's neighbours along and against its edges, with the edges' weights."""

    def __init__(self, graph: GraphData) -> None:
        ends = np.concatenate([graph.edge_index, graph.edge_index[::-1]], axis=1)
        order = np.argsort(ends[0], kind="stable")
        self.pointers: Int64 = pointers(ends[0], graph.num_nodes)
        self.others: Int64 = ends[1][order]
        # An edge whose papers nobody counted is still an edge.
        self.papers = np.maximum(np.tile(graph.edge_papers, 2)[order], 1)

    def weights(self, frontier: list[int], known: dict[int, int]) -> dict[int, int]:
        """Return each node next to `frontier` that is not `known`, with its edges' weight."""
        out: dict[int, int] = {}
        for row in frontier:
            span = slice(self.pointers[row], self.pointers[row + 1])
            for other, papers in zip(
                self.others[span].tolist(), self.papers[span].tolist(), strict=True
            ):
                if other not in known:
                    out[other] = out.get(other, 0) + papers
        return out


def _headline(node: Node) -> str:
    year = f", {node.year}" if node.year else ""
    return f"{node.label} ({node.type}{year}; named by {node.papers} papers)"
