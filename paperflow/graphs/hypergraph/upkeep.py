"""The library's hypergraph built from the store, and following its changes.

Rows have the order in which statements came into the store, so what is added later has later
rows, and adding gives the same arrays as building. What a paper said before it changed, or was
removed, is masked. After many changes the whole is built again.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.incidences import small
from paperflow.graphs.hypergraph.interning import Interned, Table
from paperflow.graphs.hypergraph.names import Names
from paperflow.graphs.hypergraph.snapshot import Joins, Snapshot, load_snapshot, save_snapshot
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.resolve import find_merges, read_library
from paperflow.graphs.rows import Merge
from paperflow.store import Store

STALE = 0.05  # the share of changed statements after which the whole is built again


def build_snapshot(store: Store, merges: Sequence[Merge] | None = None) -> Snapshot:
    """Return the hypergraph of all statements; nodes are joined as `merges` say.

    Without them they are what the library shows; to undo a join, build without it.
    """
    revision, decisions = store.revision, store.merges.all()
    library = read_library(store.papers.all())
    if merges is None:
        merges = find_merges(store.facts.entities(), library, decisions=decisions)
    joins = Joins(merges=tuple(merges), decisions=tuple(decisions))
    nodes, papers, relations, types = (Table(lambda _: None, 0) for _ in range(4))
    read = Interned(nodes, papers, relations, types, joins.kept)
    read.add(store.statements.rows(), lambda paper: library.year_of([paper]))
    pointers, members = read.rows()
    graph = Hypergraph.from_csr(
        pointers,
        members,
        len(read.nodes.place),
        edge_year=read.codes("year"),
        edge_relation=read.codes("relation"),
        node_type=read.codes("type"),
        relation_names=tuple(read.relations.new),
        node_type_names=tuple(read.types.new),
    )
    return Snapshot(
        revision=revision,
        graph=graph,
        nodes=Names.of(read.nodes.new),
        edges=Names.of(read.edge_ids),
        papers=Names.of(read.papers.new),
        edge_paper=read.codes("paper"),
        joins=joins,
    )


def open_hypergraph(store: Store, folder: Path | None = None) -> Snapshot:
    """Return the store's hypergraph as it is now, from the files in `folder` where they serve.

    Files that are missing, broken, far behind, or from before a decision on joins are written
    again. What the rules join because of a later paper is joined then, too.
    """
    found = None if folder is None else load_snapshot(folder)
    if found is not None and (followed := follow(store, found)) is not None:
        return followed
    made = build_snapshot(store)
    if folder is not None:
        with suppress(OSError):  # a disk that can only be read costs time at the next start
            save_snapshot(made, folder)
    return made


def follow(store: Store, before: Snapshot) -> Snapshot | None:
    """Return the snapshot with the store's changes since, None where too much has changed."""
    revision = store.revision
    if revision == before.revision:
        return before
    older = revision < before.revision  # another store, or an older copy of it
    if older or tuple(store.merges.all()) != before.joins.decisions:
        return None
    changed = store.statements.changed(before.revision)
    rows = list(before.papers.places(changed).values())
    gone = np.isin(before.edge_paper, rows) if rows else None
    read = _read_more(store, before, changed)
    added = before.added + len(read.edge_ids)
    ok = before.graph.edge_ok if gone is None else _without(before.graph.edge_ok, gone)
    masked = 0 if ok is None else int((~ok).sum())
    if added + masked > STALE * len(before.edges):
        return None
    papers = before.papers.extended(read.papers.new)
    return Snapshot(
        revision=revision,
        graph=_extended(before.graph.masked(ok, None), read),
        nodes=before.nodes.extended(read.nodes.new),
        edges=before.edges.extended(read.edge_ids),
        papers=papers,
        edge_paper=np.concatenate([before.edge_paper, read.codes("paper")]),
        joins=before.joins,
        added=added,
    )


def _read_more(store: Store, before: Snapshot, papers: list[str]) -> Interned:
    rows = list(store.statements.rows(papers))
    named = (before.node_of(entity) for row in rows for entity, _ in row.members)
    graph = before.graph
    read = Interned(
        Table(before.nodes.places(named).get, len(before.nodes)),
        Table(before.papers.places(papers).get, len(before.papers)),
        Table(_numbers(graph.relation_names).get, len(graph.relation_names)),
        Table(_numbers(graph.node_type_names).get, len(graph.node_type_names)),
        before.joins.kept,
    )
    library = read_library(store.papers.named(papers))
    read.add(rows, lambda paper: library.year_of([paper]))
    return read


def _numbers(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _extended(h: Hypergraph, read: Interned) -> Hypergraph:
    """Return the graph with what was read at its end; lifts are made again when asked for."""
    inc, first = h.incidence, h.num_hyperedges
    nodes = h.num_nodes + len(read.nodes.place)
    pointers, members = backend().normalised(*read.rows())
    by_node, edges = backend().transposed(pointers, members, nodes)
    edge_pointers = np.concatenate([inc.edge_pointers, inc.edge_pointers[-1] + pointers[1:]])
    node_pointers, node_edges = backend().extended(
        inc.node_pointers, inc.node_edges, by_node, edges + np.int32(first)
    )
    size = len(pointers) - 1
    ok = None if h.edge_ok is None else np.concatenate([h.edge_ok, np.ones(size, np.bool_)])
    return Hypergraph(
        incidence=Incidence(
            edge_pointers=edge_pointers,
            edge_nodes=np.concatenate([inc.edge_nodes, members]),
            node_pointers=node_pointers,
            node_edges=node_edges,
        ),
        edge_year=small(np.concatenate([h.edge_year, read.codes("year")])),
        edge_relation=small(np.concatenate([h.edge_relation, read.codes("relation")])),
        node_type=small(np.concatenate([h.node_type, read.codes("type")])),
        relation_names=(*h.relation_names, *read.relations.new),
        node_type_names=(*h.node_type_names, *read.types.new),
        edge_ok=ok,
    )


def _without(ok: NDArray[np.bool_] | None, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return ~gone if ok is None else ok & ~gone
