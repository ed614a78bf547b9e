"""The hypergraph: every statement of the library with all its participants, and questions to it.

`hypergraph(store, selection)` reads a selection with its labels and quotes, for files and
statistics. Everything else works on `Hypergraph`, the topology alone: N nodes (concepts),
E hyperedges (statements), I incidences, as CSR arrays in both directions.

    h = Hypergraph.from_labels([["a", "b", "c"], ["b", "c", "d"]])[0]
    h = Hypergraph.from_csr(pointers, members, num_nodes)  # [E + 1], [I]
    h.incidence.edge_pointers, .edge_nodes, .node_pointers, .node_edges
    h.edge_year [E], h.edge_relation [E], h.node_type [N]  # small integers; year 0: not stated
    h.where(types=(...,), relations=(...,), years=(first, last))  # the same rows, some masked
    h.lift(2)  # the s-subsets that at least two hyperedges share: every s-question runs on them

A hyperedge is part of the s-graph if it has at least s nodes; two are neighbours there if
they share at least s (Aksoy et al., 2020). With nodes and hyperedges exchanged, so it is for
nodes. Rows that a filter or a small size leaves out get -1. Functions take `h`, rows as integers,
and `s`:

| function | returns |
|---|---|
| `h.sizes`, `h.degrees` | [E], [N] int64, within the filter |
| `neighbours(h, edge, s)` | rows [n] and the number of shared nodes [n] |
| `co_occurrence(h, node, least)` | nodes [n] and the number of shared hyperedges [n] |
| `overlap_profile(h, edge=None)` | [w + 1] int64: pairs of hyperedges that share exactly i nodes |
| `edge_components(h, s)`, `node_components(h, s)` | labels [E], [N] int32: the smallest row |
| `edge_distances(h, sources, s)`, `node_distances(h, sources, s)` | steps [E], [N] int32 |
| `shortest_paths(h, source, target, s, k, ...)` | `Paths`: up to k `Path`s, shortest first |
| `path_batch(h, pairs, s)` | one shortest path for each pair of nodes [P, 2], as CSR |
| `betweenness`, `closeness`, `harmonic` `(h, s, samples)` | `Centrality`: values [E], error |
| `hubs(h, count)`, `rich_club(h, degrees)`, `assortativity(h)` | rows; coefficients; a number |
| `communities(h, min_shared)`, `projection(h, min_shared)` | labels [N]; weighted pairs of nodes |
| `surroundings(h, nodes, ...)` | the nearest hyperedges, at most so many |
| `incidence_graph(h)`, `hyperedge_index(h)` | for `ops.hypergraph_propagate`; for PyG |

`open_hypergraph(store, folder)` gives the library's `Snapshot`, mapped from files and brought up to
date: `graph` (a Hypergraph), `row(entity_id)`, and the ids `nodes[row]`, `edges[row]`,
`papers[row]`. `explain(store, snapshot, path)` returns each statement of a path with its concepts,
roles, and quote, and what it shares with the next; `statements(store, snapshot, edges)` does so
for any hyperedges.
"""

from paperflow.graphs.hypergraph.centrality import Centrality, betweenness, closeness, harmonic
from paperflow.graphs.hypergraph.communities import communities, projection
from paperflow.graphs.hypergraph.convert import hyperedge_index, incidence_graph
from paperflow.graphs.hypergraph.data import hypergraph
from paperflow.graphs.hypergraph.explain import Concept, Step, explain, statements
from paperflow.graphs.hypergraph.measures import (
    RichClub,
    Shares,
    assortativity,
    co_occurrence,
    hubs,
    neighbours,
    overlap_profile,
    rich_club,
)
from paperflow.graphs.hypergraph.paths import Path, PathBatch, Paths, path_batch, shortest_paths
from paperflow.graphs.hypergraph.snapshot import Joins, Snapshot, load_snapshot, save_snapshot
from paperflow.graphs.hypergraph.surroundings import Surroundings, surroundings
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.hypergraph.upkeep import build_snapshot, follow, open_hypergraph
from paperflow.graphs.hypergraph.walks import (
    edge_components,
    edge_distances,
    node_components,
    node_distances,
)

__all__ = [
    "Centrality",
    "Concept",
    "Hypergraph",
    "Joins",
    "Path",
    "PathBatch",
    "Paths",
    "RichClub",
    "Shares",
    "Snapshot",
    "Step",
    "Surroundings",
    "assortativity",
    "betweenness",
    "build_snapshot",
    "closeness",
    "co_occurrence",
    "communities",
    "edge_components",
    "edge_distances",
    "explain",
    "follow",
    "harmonic",
    "hubs",
    "hyperedge_index",
    "hypergraph",
    "incidence_graph",
    "load_snapshot",
    "neighbours",
    "node_components",
    "node_distances",
    "open_hypergraph",
    "overlap_profile",
    "path_batch",
    "projection",
    "rich_club",
    "save_snapshot",
    "shortest_paths",
    "statements",
    "surroundings",
]
