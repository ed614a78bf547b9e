"""Softmax over the edges of each destination, in plain torch."""

from torch import Tensor

from paperflow.kernels import segments
from paperflow.kernels.graph import Graph


def edge_softmax(logits: Tensor, g: Graph) -> Tensor:
    """Return weights [E, H] that sum to one in each row and head."""
    _, dst = g.ends()
    return segments.softmax(logits, dst, g.num_dst)[0]
