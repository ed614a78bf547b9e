"""Small hypergraphs of every awkward kind: empty, equal, nested, single, lone."""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from paperflow.graphs.hypergraph import Hypergraph

FEW = settings(max_examples=25, deadline=None)
MANY = settings(max_examples=40, deadline=None)
TYPES = ("method", "task")
RELATIONS = ("extends", "uses")


class Case(NamedTuple):
    """A hypergraph, and the nodes of each hyperedge that counts."""

    h: Hypergraph
    sets: dict[int, frozenset[int]]

    def s_edges(self, s: int) -> dict[int, frozenset[int]]:
        """Return the hyperedges of at least s nodes."""
        return {edge: nodes for edge, nodes in self.sets.items() if len(nodes) >= s}

    def dual(self) -> "Case":
        """Return the hyperedges of each node in place of the nodes of each hyperedge."""
        nodes = {
            node for node in range(self.h.num_nodes)
            if self.h.node_ok is None or self.h.node_ok[node]
        }  # fmt: skip
        return Case(
            self.h,
            {
                node: frozenset(edge for edge, members in self.sets.items() if node in members)
                for node in nodes
            },
        )


@st.composite
def rows(draw: st.DrawFn, most_nodes: int = 8, most_edges: int = 10) -> tuple[list[list[int]], int]:
    """Draw hyperedges over N nodes; some are equal to earlier ones, or parts of them."""
    size = draw(st.integers(1, most_nodes))
    node = st.integers(0, size - 1)
    found: list[list[int]] = []
    for _ in range(draw(st.integers(0, most_edges))):
        kind = draw(st.sampled_from(["new", "new", "equal", "nested"])) if found else "new"
        before = draw(st.sampled_from(found)) if found else []
        if kind == "new":
            found.append(draw(st.lists(node, max_size=6)))
        elif kind == "equal":
            found.append(list(reversed(before)))
        else:
            found.append([x for x in before if draw(st.booleans())])
    return found, size


@st.composite
def hypergraphs(draw: st.DrawFn, **sizes: int) -> Hypergraph:
    """Draw a whole hypergraph with years, relations, and types."""
    lists, size = draw(rows(**sizes))
    codes: dict[str, Any] = {
        "edge_year": [draw(st.sampled_from([0, 1999, 2010, 2024])) for _ in lists],
        "edge_relation": [draw(st.integers(0, 1)) for _ in lists],
        "node_type": [draw(st.integers(0, 1)) for _ in range(size)],
    }
    arrays = {name: np.array(values, np.int32) for name, values in codes.items()}
    return Hypergraph.from_lists(
        lists, size, relation_names=RELATIONS, node_type_names=TYPES, **arrays
    )


@st.composite
def cases(draw: st.DrawFn, filtered: bool | None = None, **sizes: int) -> Case:
    """Draw a hypergraph, filtered or not, and what counts of it by definition."""
    h = draw(hypergraphs(**sizes))
    if filtered is None:
        filtered = draw(st.booleans())
    if not filtered:
        return Case(h, members(h))
    types = draw(st.lists(st.sampled_from(TYPES), unique=True, max_size=2))
    relations = draw(st.lists(st.sampled_from(RELATIONS), unique=True, max_size=2))
    years = draw(st.sampled_from([(None, None), (2000, None), (None, 2010), (2010, 2024)]))
    sets = {}
    for edge, nodes in members(h).items():
        year, relation = int(h.edge_year[edge]), RELATIONS[h.edge_relation[edge]]
        kept = frozenset(n for n in nodes if not types or TYPES[h.node_type[n]] in types)
        known = years == (None, None) or year != 0
        timely = (years[0] or 0) <= year <= (years[1] or 9999)
        told = not relations or relation in relations
        if told and known and timely and (kept or not nodes):
            sets[edge] = kept
    return Case(h.where(types=types, relations=relations, years=years), sets)


def members(h: Hypergraph) -> dict[int, frozenset[int]]:
    """Return the nodes of each hyperedge of the whole."""
    inc = h.incidence
    return {edge: frozenset(inc.members(edge).tolist()) for edge in range(h.num_hyperedges)}
