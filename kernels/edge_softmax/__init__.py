"""Softmax over the edges of each destination."""

from torch import Tensor

from paperflow.kernels import checks, dispatch
from paperflow.kernels.edge_softmax.naive import edge_softmax as run_naive
from paperflow.kernels.edge_softmax.operator import edge_softmax as run_operator
from paperflow.kernels.graph import Graph


def edge_softmax(logits: Tensor, g: Graph) -> Tensor:
    """Normalise logits [E, H] or [E] over each destination's edges, in the same shape."""
    if logits.dim() == 1:
        return edge_softmax(logits.unsqueeze(1), g).squeeze(1)
    checks.check_data("logits", logits, (g.num_edges, None), logits.device)
    checks.check_device(g, logits)
    run = run_naive if dispatch.backend_of(logits) == "naive" else run_operator
    return run(logits, g)
