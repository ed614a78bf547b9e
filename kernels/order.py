"""An order of nodes in which neighbours are near one another."""

from itertools import islice

import torch
from torch import Tensor


def cuthill_mckee(src: Tensor, dst: Tensor, nodes: int) -> Tensor:
    """Return the nodes [N] int64 in the reverse order of Cuthill and McKee (ACM 1969).

    Breadth first from the node of least degree of each part, neighbours by ascending degree;
    edges [E] count in both directions. It takes time in proportion to nodes and edges.
    """
    near, bounds, by_degree = _neighbours(src.cpu(), dst.cpu(), nodes)
    seen, found = bytearray(nodes), []
    for start in by_degree:
        if not seen[start]:
            seen[start] = 1
            found.append(start)
            for node in islice(found, len(found) - 1, None):  # sees what is appended below
                for other in near[bounds[node] : bounds[node + 1]]:
                    if not seen[other]:
                        seen[other] = 1
                        found.append(other)
    return torch.tensor(found, dtype=torch.int64).flip(0)


def _neighbours(src: Tensor, dst: Tensor, nodes: int) -> tuple[list[int], list[int], list[int]]:
    """Return each node's neighbours one after the other, their bounds, and nodes by degree."""
    ends, others = torch.cat([src, dst]), torch.cat([dst, src])
    degree = torch.bincount(ends, minlength=nodes)
    order = torch.argsort(degree[others], stable=True)
    order = order[torch.argsort(ends[order], stable=True)]
    bounds = [0, *degree.cumsum(0).tolist()]
    return others[order].tolist(), bounds, torch.argsort(degree, stable=True).tolist()
