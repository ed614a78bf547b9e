"""Random walks against the direction of the edges: from a node to one of its sources."""

import torch
from torch import Tensor

from paperflow import ops
from paperflow.graph_models.samplers.tokens import step


def random_walks(graph: ops.Graph, nodes: Tensor, length: int) -> Tensor:
    """Return uniform walks [B, length + 1] from `nodes` [B]; one without neighbours stays.

    After Perozzi et al., "DeepWalk" (2014).
    """
    walk = [nodes]
    for _ in range(length):
        walk.append(step(graph, walk[-1]))
    return torch.stack(walk, 1)
