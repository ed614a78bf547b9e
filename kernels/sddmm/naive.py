"""Dot products along edges in plain torch."""

from torch import Tensor

from paperflow.kernels import segments
from paperflow.kernels.graph import Graph


def sddmm(g: Graph, a: Tensor, b: Tensor) -> Tensor:
    """Return a[destination] · b[source] for each edge and head, [E, H]."""
    src, dst = g.ends()
    wide = segments.compute_dtype(a)
    return (a.to(wide)[dst] * b.to(wide)[src]).sum(-1)
