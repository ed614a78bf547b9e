"""The library's hypergraph as files: built from the store, mapped by readers, following changes.

Rows have the order in which statements came into the store, so what is added later has later
rows, and adding gives the same arrays as building. What a paper said before it changed, or was
removed, is masked. After many changes the whole is built again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.files import read_arrays, write_arrays
from paperflow.graphs.hypergraph.interning import Interned, Table
from paperflow.graphs.hypergraph.lift import Lift
from paperflow.graphs.hypergraph.merges import representatives
from paperflow.graphs.hypergraph.names import Names
from paperflow.graphs.hypergraph.topology import Hypergraph, small
from paperflow.graphs.resolve import find_merges, read_library
from paperflow.graphs.rows import Merge
from paperflow.store import Store
from paperflow.store.merges import Decision

KEPT_LIFTS = (2, 3)
STALE = 0.05  # the share of changed statements after which the whole is built again


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A topology and the store's ids of its rows; never changed, but followed by another one."""

    revision: int
    graph: Hypergraph
    nodes: Names
    edges: Names
    papers: Names
    edge_paper: Int32
    merges: tuple[Merge, ...]
    decisions: tuple[Decision, ...] = ()  # on joins, that the store held
    added: int = 0  # statements since the files were written

    def row(self, entity: str) -> int | None:
        """Return the row of the node that stands for an entity, None outside of statements."""
        return self.nodes.row(representatives(self.merges).get(entity, entity))


def build_snapshot(store: Store, merges: Sequence[Merge] | None = None) -> Snapshot:
    """Return the hypergraph of all statements; nodes are joined as `merges` say.

    Without them they are what the library shows; to undo a join, build without it.
    """
    revision, decisions = store.revision, store.merges.all()
    library = read_library(store.papers.all())
    if merges is None:
        merges = find_merges(store.facts.entities(), library, decisions=decisions)
    nodes, papers, relations, types = (Table(lambda _: None, 0) for _ in range(4))
    read = Interned(nodes, papers, relations, types, representatives(merges))
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
        merges=tuple(merges),
        decisions=tuple(decisions),
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
    if older or tuple(store.merges.all()) != before.decisions:
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
        merges=before.merges,
        decisions=before.decisions,
        added=added,
    )


def _read_more(store: Store, before: Snapshot, papers: list[str]) -> Interned:
    rows = list(store.statements.rows(papers))
    kept = representatives(before.merges)
    named = (kept.get(entity, entity) for row in rows for entity, _ in row.members)
    graph = before.graph
    read = Interned(
        Table(before.nodes.places(named).get, len(before.nodes)),
        Table(before.papers.places(papers).get, len(before.papers)),
        Table(_numbers(graph.relation_names).get, len(graph.relation_names)),
        Table(_numbers(graph.node_type_names).get, len(graph.node_type_names)),
        kept,
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


_CODES = ("edge_year", "edge_relation", "node_type")
_ROWS = ("edge_pointers", "edge_nodes", "node_pointers", "node_edges")
_NAMES = ("nodes", "edges", "papers")


def save_snapshot(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot that was just built, with its lifts for s = 2 and 3."""
    h = snapshot.graph
    arrays: dict[str, NDArray[Any]] = {"edge_paper": snapshot.edge_paper}
    arrays |= {name: getattr(h, name) for name in _CODES}
    arrays |= _incidence_arrays(h.incidence, "")
    for s in KEPT_LIFTS:
        arrays |= _incidence_arrays(h.lift(s).incidence, f"lift{s}_")
        arrays[f"lift{s}_sets"] = h.lift(s).sets
    for name in _NAMES:
        names: Names = getattr(snapshot, name)
        arrays |= {f"{name}_table": names.table, f"{name}_order": names.order}
    facts = {
        "revision": snapshot.revision,
        "relation_names": h.relation_names,
        "node_type_names": h.node_type_names,
        "merges": snapshot.merges,
        "decisions": snapshot.decisions,
        "first_links": {str(s): h.lift(s).first_link for s in KEPT_LIFTS},
    }
    write_arrays(folder, arrays, facts)


def load_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in `folder`, mapped; None where there is none that can be used."""
    if (found := read_arrays(folder)) is None:
        return None
    arrays, facts = found
    graph = Hypergraph(
        incidence=Incidence(**{name: arrays[name] for name in _ROWS}),
        **{name: arrays[name] for name in _CODES},
        relation_names=tuple(facts["relation_names"]),
        node_type_names=tuple(facts["node_type_names"]),
        _lifts={(s, False): _lift(arrays, facts, s) for s in KEPT_LIFTS},
    )
    nodes, edges, papers = (
        Names(arrays[f"{name}_table"], arrays[f"{name}_order"]) for name in _NAMES
    )
    return Snapshot(
        revision=facts["revision"],
        graph=graph,
        nodes=nodes,
        edges=edges,
        papers=papers,
        edge_paper=arrays["edge_paper"],
        merges=tuple(Merge(*merge) for merge in facts["merges"]),
        decisions=tuple(Decision(*decision) for decision in facts["decisions"]),
    )


def _lift(arrays: dict[str, NDArray[Any]], facts: dict[str, Any], s: int) -> Lift:
    rows = {name: arrays[f"lift{s}_{name}"] for name in _ROWS}
    return Lift(s, arrays[f"lift{s}_sets"], Incidence(**rows), facts["first_links"][str(s)])


def _incidence_arrays(incidence: Incidence, prefix: str) -> dict[str, NDArray[Any]]:
    return {f"{prefix}{name}": getattr(incidence, name) for name in _ROWS}
