"""The topology of a hypergraph, and which part of it counts."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, Self

import numpy as np

from paperflow.errors import BadInput, UnknownName
from paperflow.graphs.arrays import Int32, Int64, check_range
from paperflow.graphs.data import HypergraphData, Incidence
from paperflow.graphs.hypergraph.backend import backend
from paperflow.graphs.hypergraph.incidences import Codes, counted, incidence_of, small
from paperflow.graphs.hypergraph.interning import numbered
from paperflow.graphs.hypergraph.lift import Lift, next_lift, node_lift
from paperflow.graphs.hypergraph.sharing import Mask, Sharing, dual
from paperflow.graphs.rows import NOT_STATED

MOST_S = 64  # more than any statement's participants


@dataclass(frozen=True, kw_only=True, eq=False)
class Hypergraph:
    """N nodes and E hyperedges as arrays; treat them as immutable.

    `edge_year` and `edge_relation` [E] and `node_type` [N] are small integers, the latter two
    into the sorted names. `edge_ok` [E] and `node_ok` [N] mask what a filter leaves out: rows
    stay the same, so labels, evidence, and lifts of the whole serve every part.
    """

    incidence: Incidence
    edge_year: Codes
    edge_relation: Codes
    node_type: Codes
    relation_names: tuple[str, ...] = ()
    node_type_names: tuple[str, ...] = ()
    edge_ok: Mask | None = None
    node_ok: Mask | None = None
    _lifts: dict[tuple[int, bool], Lift] = field(default_factory=dict, repr=False)

    @classmethod
    def from_csr(
        cls,
        pointers: Int64,
        members: Int32,
        num_nodes: int,
        *,
        edge_year: Codes | None = None,
        edge_relation: Codes | None = None,
        node_type: Codes | None = None,
        relation_names: tuple[str, ...] = (),
        node_type_names: tuple[str, ...] = (),
    ) -> Self:
        """Build from the nodes of each hyperedge: bounds [E + 1] and rows [I], in any order.

        A node named twice in a hyperedge stands in it once. ValueError for one out of range.
        """
        check_range(members, num_nodes, "members")
        ptr, idx = backend().normalised(
            np.asarray(pointers, np.int64), np.ascontiguousarray(members, np.int32)
        )
        return cls.from_incidence(
            incidence_of(ptr, idx, num_nodes),
            edge_year=edge_year,
            edge_relation=edge_relation,
            node_type=node_type,
            relation_names=relation_names,
            node_type_names=node_type_names,
        )

    @classmethod
    def from_incidence(cls, incidence: Incidence, **codes: Any) -> Self:
        """Build on arrays that are there; what is not given is 0, or not stated."""
        sizes = {"edge_year": len(incidence.edge_pointers) - 1}
        sizes |= {"edge_relation": sizes["edge_year"]}
        sizes |= {"node_type": len(incidence.node_pointers) - 1}
        for name, size in sizes.items():
            if codes.get(name) is None:
                codes[name] = np.zeros(size, np.int8)
            elif len(codes[name]) != size:
                raise ValueError(f"{name} has {len(codes[name])} values for {size} rows")
            codes[name] = small(codes[name])
        return cls(incidence=incidence, **codes)

    @classmethod
    def from_lists(cls, rows: Sequence[Iterable[int]], num_nodes: int, **codes: Any) -> Self:
        """Build from the nodes of each hyperedge, as in `from_csr`."""
        sized = [tuple(row) for row in rows]
        pointers = np.cumsum([0, *map(len, sized)], dtype=np.int64)
        members = np.fromiter(chain.from_iterable(sized), np.int32, count=int(pointers[-1]))
        return cls.from_csr(pointers, members, num_nodes, **codes)

    @classmethod
    def from_labels(
        cls, rows: Sequence[Sequence[Hashable]], **codes: Any
    ) -> tuple[Self, list[Any]]:
        """Build from the labels of each hyperedge; return also the labels [N], as first met."""
        pointers = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, rows), np.int64, count=len(rows)), out=pointers[1:])
        members, labels = numbered(chain.from_iterable(rows), int(pointers[-1]))
        return cls.from_csr(pointers, members, len(labels), **codes), labels

    @classmethod
    def from_data(cls, data: HypergraphData) -> Self:
        """Return the topology of a hypergraph with labels; rows are the same."""
        return cls.from_incidence(
            data.incidence,
            edge_year=data.edge_year,
            edge_relation=data.edge_relation,
            node_type=data.node_type,
            relation_names=data.relation_names,
            node_type_names=data.node_type_names,
        )

    @property
    def num_nodes(self) -> int:
        """Return the number of nodes, N, those left out included."""
        return len(self.node_type)

    @property
    def num_hyperedges(self) -> int:
        """Return the number of hyperedges, E, those left out included."""
        return len(self.edge_year)

    @property
    def nbytes(self) -> int:
        """Return the size of the arrays in bytes, with the lifts made so far."""
        codes = self.edge_year.nbytes + self.edge_relation.nbytes + self.node_type.nbytes
        lifts = {id(lift): lift.nbytes for lift in self._lifts.values()}
        return self.incidence.nbytes + codes + sum(lifts.values())

    @cached_property
    def sizes(self) -> Int64:
        """Return the number of nodes that count in each hyperedge [E], 0 for one left out."""
        return counted(self.incidence.edge_pointers, self.incidence.edge_nodes, self.node_ok) * (
            1 if self.edge_ok is None else self.edge_ok
        )

    @cached_property
    def degrees(self) -> Int64:
        """Return the number of hyperedges that count at each node [N], 0 for one left out."""
        return counted(self.incidence.node_pointers, self.incidence.node_edges, self.edge_ok) * (
            1 if self.node_ok is None else self.node_ok
        )

    def members(self, edge: int) -> Int32:
        """Return the nodes of a hyperedge that count, ascending."""
        nodes = self.incidence.members(edge)
        if self.edge_ok is not None and not self.edge_ok[edge]:
            return nodes[:0]
        return nodes if self.node_ok is None else nodes[self.node_ok[nodes]]

    def memberships(self, node: int) -> Int32:
        """Return the hyperedges of a node that count, ascending."""
        edges = self.incidence.memberships(node)
        if self.node_ok is not None and not self.node_ok[node]:
            return edges[:0]
        return edges if self.edge_ok is None else edges[self.edge_ok[edges]]

    def where(
        self,
        *,
        types: Iterable[str] = (),
        relations: Iterable[str] = (),
        years: tuple[int | None, int | None] = (None, None),
    ) -> "Hypergraph":
        """Return the part with these node types, relations, and years; nothing given keeps all.

        Years are inclusive, None is open; a hyperedge without a year is out where any bound is
        given, and so is one that loses all its nodes. Raise UnknownName for an unknown name.
        """
        edge_ok, node_ok = self.edge_ok, self.node_ok
        if types := tuple(types):
            node_ok = _both(node_ok, _coded(self.node_type, self.node_type_names, types))
            kept = counted(self.incidence.edge_pointers, self.incidence.edge_nodes, node_ok)
            edge_ok = _both(edge_ok, (kept > 0) | (self.incidence.sizes == 0))
        if relations := tuple(relations):
            edge_ok = _both(edge_ok, _coded(self.edge_relation, self.relation_names, relations))
        if years != (None, None):
            first, last = (year if year is not None else bound for year, bound in _bounds(years))
            year = self.edge_year
            edge_ok = _both(edge_ok, (year >= first) & (year <= last) & (year != NOT_STATED))
        return self.masked(edge_ok, node_ok)

    def masked(self, edge_ok: Mask | None, node_ok: Mask | None) -> "Hypergraph":
        """Return the same arrays with these masks in place of the present ones."""
        return replace(self, edge_ok=edge_ok, node_ok=node_ok)

    def lift(self, s: int, *, every: bool = False) -> Lift:
        """Return the sets of s nodes that at least two hyperedges share, of the whole.

        It is made on first use, then kept. `every` lists the sets of large hyperedges, too.
        """
        if not 1 <= s <= MOST_S:
            raise BadInput(f"s is {s}, where 1 to {MOST_S} can be asked for")
        if s == 1:
            return node_lift(self.incidence)
        if (s, every) not in self._lifts:
            made = next_lift(self.lift(s - 1, every=every), self.incidence, every=every)
            self._lifts[s, every] = made
            if every or made.first_link == len(made.sets):  # both kinds are the same
                self._lifts.setdefault((s, True), made)
        return self._lifts[s, every]

    def sharing(self, s: int) -> Sharing:
        """Return the hyperedges with at least s nodes, and what at least s of them share."""
        if s not in self._sharing:
            large = self.sizes >= s
            self._sharing[s] = self.shared_by(None if large.all() else large, s)
        return self._sharing[s]

    def shared_by(self, edge_ok: Mask | None, s: int) -> Sharing:
        """Return what at least s nodes that count join, and these hyperedges."""
        if s == 1:
            return Sharing(self.incidence, edge_ok, self.node_ok)
        lift, ok = self.lift(s), self.node_ok
        key_ok = None if ok is None else lift.allowed(ok, self.incidence)
        return Sharing(lift.incidence, edge_ok, key_ok)

    def node_sharing(self, s: int) -> Sharing:
        """Return the same for nodes: those of at least s hyperedges, and what joins them.

        Two nodes share s > 1 hyperedges if their pair is in the lift for s = 2, that often.
        """
        if s not in self._node_sharing:
            common = self.degrees >= s
            node_ok = None if common.all() else common
            if s == 1:
                made = Sharing(dual(self.incidence), node_ok, self.edge_ok)
            else:
                pairs = self.lift(2, every=True).incidence
                often = counted(pairs.node_pointers, pairs.node_edges, self.edge_ok) >= s
                made = Sharing(self._pairs, node_ok, often)
            self._node_sharing[s] = made
        return self._node_sharing[s]

    @cached_property
    def _pairs(self) -> Incidence:
        """Return the pairs of nodes that several hyperedges share, as hyperedges [N] over them."""
        pairs = self.lift(2, every=True).sets
        pointers = 2 * np.arange(len(pairs) + 1)
        return dual(incidence_of(pointers, np.ascontiguousarray(pairs.ravel()), self.num_nodes))

    @cached_property
    def _sharing(self) -> dict[int, Sharing]:
        return {}

    @cached_property
    def _node_sharing(self) -> dict[int, Sharing]:
        return {}


def _both(old: Mask | None, new: Mask) -> Mask:
    return new if old is None else old & new


def _coded(codes: Codes, names: tuple[str, ...], wanted: tuple[str, ...]) -> Mask:
    if unknown := sorted(set(wanted) - set(names)):
        raise UnknownName(f"nothing is of type {unknown[0]!r}", hint=f"known: {', '.join(names)}")
    chosen = np.array([name in wanted for name in names], np.bool_)
    return chosen[codes]


def _bounds(years: tuple[int | None, int | None]) -> tuple[tuple[int | None, int], ...]:
    return (years[0], np.iinfo(np.int32).min), (years[1], np.iinfo(np.int32).max)
