"""The library's hypergraph as files: written once, mapped by many."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from paperflow.graphs.arrays import Int32
from paperflow.graphs.data import Incidence
from paperflow.graphs.hypergraph.files import read_arrays, write_arrays
from paperflow.graphs.hypergraph.lift import Lift
from paperflow.graphs.hypergraph.merges import representatives
from paperflow.graphs.hypergraph.names import Names
from paperflow.graphs.hypergraph.topology import Hypergraph
from paperflow.graphs.rows import Merge
from paperflow.store.merges import Decision

KEPT_LIFTS = (2, 3)


@dataclass(frozen=True, kw_only=True)
class Joins:
    """The joins of nodes that were applied, and the decisions that the store then held."""

    merges: tuple[Merge, ...]
    decisions: tuple[Decision, ...] = ()

    @cached_property
    def kept(self) -> Mapping[str, str]:
        """Return what each dropped entity became."""
        return representatives(self.merges)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A topology and the store's ids of its rows; never changed, but followed by another one."""

    revision: int
    graph: Hypergraph
    nodes: Names
    edges: Names
    papers: Names
    edge_paper: Int32
    joins: Joins
    added: int = 0  # statements since the files were written

    def node_of(self, entity: str) -> str:
        """Return the id of the node that stands for an entity."""
        return self.joins.kept.get(entity, entity)

    def row(self, entity: str) -> int | None:
        """Return the row of the node that stands for an entity, None outside of statements."""
        return self.nodes.row(self.node_of(entity))


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
        "merges": snapshot.joins.merges,
        "decisions": snapshot.joins.decisions,
        "first_links": {str(s): h.lift(s).first_link for s in KEPT_LIFTS},
    }
    write_arrays(folder, arrays, facts)


def load_snapshot(folder: Path) -> Snapshot | None:
    """Return the snapshot in `folder`, mapped; None where there is none that can be used."""
    if (found := read_arrays(folder)) is not None:
        with suppress(KeyError, TypeError, ValueError):  # written by another version
            return _loaded(*found)
    return None


def _loaded(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> Snapshot:
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
        joins=Joins(
            merges=tuple(Merge(*merge) for merge in facts["merges"]),
            decisions=tuple(Decision(*decision) for decision in facts["decisions"]),
        ),
    )


def _lift(arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any], s: int) -> Lift:
    rows = {name: arrays[f"lift{s}_{name}"] for name in _ROWS}
    return Lift(s, arrays[f"lift{s}_sets"], Incidence(**rows), facts["first_links"][str(s)])


def _incidence_arrays(incidence: Incidence, prefix: str) -> dict[str, NDArray[Any]]:
    return {f"{prefix}{name}": getattr(incidence, name) for name in _ROWS}
