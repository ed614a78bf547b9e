"""A sparse, possibly bipartite graph in the two orders that the kernels walk."""

from typing import Self

import torch
from torch import Tensor

from paperflow.kernels import checks
from paperflow.kernels.order import cuthill_mckee


class Graph:
    """Edges from sources to destinations, grouped by destination (compressed sparse rows).

    `ptr` [num_dst + 1] int64 bounds the slots of each destination, `idx` [E] int32 holds the
    source of each slot, and `eid` [E] int64 the edge that lies in it: per-edge tensors keep the
    order in which the user gave the edges. `eid` is None where both orders are the same.
    Multi-edges, self loops and destinations without edges are allowed. Treat it as immutable.
    """

    def __init__(self, ptr: Tensor, idx: Tensor, eid: Tensor | None, num_src: int) -> None:
        """Wrap tensors that are known to be valid; use `from_edge_index` or `from_csr`."""
        self.ptr, self.idx, self.eid, self.num_src = ptr, idx, eid, num_src
        self._transposed: Graph | None = None
        self._ends: tuple[Tensor, Tensor] | None = None

    @classmethod
    def from_edge_index(
        cls, edge_index: Tensor, num_dst: int, num_src: int | None = None, sorted: bool = False
    ) -> Self:
        """Build from [2, E] integers, sources over destinations (source_to_target, as in PyG).

        `num_src` is `num_dst` by default; `sorted` says that destinations never fall.
        """
        num_src = num_dst if num_src is None else num_src
        checks.check_edge_index(edge_index, num_dst, num_src, sorted)
        src, dst = edge_index.long()
        eid = None if sorted else torch.argsort(dst, stable=True)
        if eid is not None:
            src, dst = src[eid], dst[eid]
        return cls(_bounds(dst, num_dst), src.int().contiguous(), eid, num_src)

    @classmethod
    def from_csr(cls, ptr: Tensor, idx: Tensor, num_src: int) -> Self:
        """Build from row bounds [num_dst + 1] and sources [E], both integers."""
        checks.check_csr(ptr, idx, num_src)
        return cls(ptr.long().contiguous(), idx.int().contiguous(), None, num_src)

    @classmethod
    def from_both(cls, ptr: Tensor, idx: Tensor, src_ptr: Tensor, src_idx: Tensor) -> Self:
        """Wrap both orders of the same edges, each ascending, without copying.

        `ptr` [num_dst + 1] and `idx` [E] are as in `from_csr`; `src_ptr` [num_src + 1] int64 and
        `src_idx` [E] int32 group the destinations by source.
        """
        graph = cls(ptr, idx, None, src_ptr.shape[0] - 1)
        # A stable sort by source puts the edges into the order of `src_idx`.
        eid = torch.argsort(idx, stable=True)
        graph._transposed = cls(src_ptr, src_idx, eid, graph.num_dst)
        graph._transposed._transposed = graph
        return graph

    @property
    def num_dst(self) -> int:
        """Return the number of destinations."""
        return int(self.ptr.shape[0]) - 1

    @property
    def num_edges(self) -> int:
        """Return the number of edges, multi-edges counted."""
        return int(self.idx.shape[0])

    @property
    def device(self) -> torch.device:
        """Return where the graph's tensors lie."""
        return self.ptr.device

    @property
    def T(self) -> "Graph":  # noqa: N802  (as torch names it)
        """Return the same edges grouped by source; built on first use, then kept."""
        if self._transposed is None:
            order = torch.argsort(self.idx, stable=True)
            slots = torch.arange(self.num_edges, device=self.device)
            rows = torch.searchsorted(self.ptr, slots, right=True) - 1
            eid = order if self.eid is None else self.eid[order]
            ptr = _bounds(self.idx[order], self.num_src)
            self._transposed = Graph(ptr, rows[order].int(), eid, self.num_dst)
            self._transposed._transposed = self
        return self._transposed

    def reorder(self) -> tuple["Graph", Tensor]:
        """Return the graph with neighbours near one another, and the node [N] at each new place.

        Nodes come in the reverse order of Cuthill and McKee, found on the CPU. On `x[order]`
        the kernels find more rows in the cache; `out[order.argsort()]` is in the old order
        again. Edges keep their numbers. ValueError for a bipartite graph.
        """
        if self.num_src != self.num_dst:
            raise ValueError(f"{self.num_src} sources and {self.num_dst} destinations differ")
        order = cuthill_mckee(*self.ends(), self.num_dst).to(self.device)
        return Graph.from_edge_index(order.argsort()[torch.stack(self.ends())], len(order)), order

    def ends(self) -> tuple[Tensor, Tensor]:
        """Return each edge's source and destination [E] int64, in the user's order."""
        if self._ends is None:
            slots = torch.arange(self.num_edges, device=self.device)
            dst = torch.searchsorted(self.ptr, slots, right=True) - 1
            src = self.idx.long()
            if self.eid is not None:
                place = torch.empty_like(self.eid).scatter_(0, self.eid, slots)
                src, dst = src[place], dst[place]
            self._ends = src, dst
        return self._ends

    def to(self, device: torch.device | str) -> "Graph":
        """Return the graph with its tensors on `device`; itself if they are there."""
        if self.device == torch.device(device):
            return self
        eid = None if self.eid is None else self.eid.to(device)
        return Graph(self.ptr.to(device), self.idx.to(device), eid, self.num_src)

    def __repr__(self) -> str:
        """Show the sizes."""
        return f"Graph(num_dst={self.num_dst}, num_src={self.num_src}, num_edges={self.num_edges})"


def _bounds(rows: Tensor, num: int) -> Tensor:
    """Return where each of `num` values begins in sorted `rows`, and the end: [num + 1]."""
    values = torch.arange(num + 1, device=rows.device, dtype=rows.dtype)
    return torch.searchsorted(rows, values)
