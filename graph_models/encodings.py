"""Encodings of nodes and pairs: where a node lies in the graph, as numbers a model can read.

Each takes an `ops.Graph` whose edges lead from senders to receivers, and is computed once, before
training, without gradients.
"""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import eigsh
from torch import Tensor, nn

from paperflow import ops

Floats = NDArray[np.float64]

BLOCK = 512  # columns of a matrix power that exist at a time
DENSE = 1500  # nodes up to which all eigenvectors are computed


def degree(graph: ops.Graph) -> Tensor:
    """Return log(1 + incoming) and log(1 + outgoing) edges of each node, [N, 2]."""
    return torch.stack([graph.ptr.diff(), graph.T.ptr.diff()], 1).float().log1p()


def year(years: Tensor, width: int = 8) -> Tensor:
    """Return sines and cosines of each paper's age in years against the newest, [N, width].

    Periods run from 2 to 200 years; a year of 0, not known, gives zeros.
    """
    periods = torch.logspace(0.301, 2.301, width // 2)
    age = (years.max() - years).float().unsqueeze(1)
    angle = 2 * torch.pi * age / periods
    waves = torch.cat([angle.sin(), angle.cos()], 1)
    return torch.where((years > 0).unsqueeze(1), waves, 0)


def laplacian(graph: ops.Graph, count: int) -> Tensor:
    """Return the eigenvectors of the `count` smallest eigenvalues after the first, [N, count].

    They are of `I − D^{-½} A D^{-½}`, directions dropped, each of length 1, its largest entry
    positive; columns that a small graph lacks are 0 (Dwivedi, Bresson 2020).
    """
    chosen = _eigenvectors(_smoothing(graph), count)[:, 1 : count + 1]
    largest = np.abs(chosen).argmax(0)
    chosen = chosen * np.sign(chosen[largest, np.arange(chosen.shape[1])])
    padded = np.zeros((graph.num_dst, count), dtype=np.float32)
    padded[:, : chosen.shape[1]] = chosen
    return torch.from_numpy(padded).to(graph.device)


def flip_signs(vectors: Tensor) -> Tensor:
    """Turn each eigenvector [N, k] at random, as training does before each pass."""
    signs = torch.randint(2, (vectors.shape[1],), device=vectors.device) * 2 - 1
    return vectors * signs


class SignInvariant(nn.Module):
    """`ρ(‖_k φ(v_k) + φ(−v_k))`: the same for either sign of each eigenvector (SignNet 2022)."""

    def __init__(self, count: int, width: int, out: int) -> None:
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(1, width), nn.ReLU(), nn.Linear(width, width))
        self.rho = nn.Linear(count * width, out)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return [N, out] for eigenvectors [N, count]."""
        v = vectors.unsqueeze(-1)
        out: Tensor = self.rho((self.phi(v) + self.phi(-v)).flatten(1))
        return out


def random_walk(graph: ops.Graph, steps: int) -> Tensor:
    """Return the chances to be back after 1, …, `steps` steps, [N, steps] (RWSE)."""
    found = torch.zeros(graph.num_dst, steps, device=graph.device)
    for first, step, chances in _walks(graph, steps):
        if step:
            found[first : first + chances.shape[1], step - 1] = chances.diagonal(-first)[
                : chances.shape[1]
            ]
    return found


def relative_random_walk(graph: ops.Graph, carrier: ops.Graph, steps: int) -> Tensor:
    """Return for each pair of `carrier` the chances of 0, …, `steps` − 1 steps, [E, steps] (RRWP).

    The walk goes from the pair's receiver against the edges to its sender (Ma et al. 2023).
    """
    src, dst = carrier.ends()
    found = torch.zeros(carrier.num_edges, steps, device=graph.device)
    for first, step, chances in _walks(graph, steps - 1):
        inside = (src >= first) & (src < first + chances.shape[1])
        found[inside, step] = chances[dst[inside], src[inside] - first]
    return found


def polynomial(graph: ops.Graph) -> Tensor:
    """Return log(1 + count) of a node's edges, triangles, 4-cycles, and paths of 2 and 3 edges.

    They are equivariant polynomials of the adjacency, directions and loops dropped, [N, 5]
    (Puny et al. 2023).
    """
    return torch.from_numpy(np.log1p(counts(graph))).float().to(graph.device)


def counts(graph: ops.Graph) -> Floats:
    """Return the counts behind `polynomial`, [N, 5]; paths are those that begin at the node."""
    a = _symmetric(graph)
    a.setdiag(0)
    a.eliminate_zeros()
    d, two = a.sum(1), (a @ a).tocsr()
    triangles = a.multiply(two).sum(1) / 2
    squares = (two.multiply(two).sum(1) - two.sum(1) - d**2 + d) / 2
    paths2 = a @ (d - 1)
    paths3 = a @ (a @ (d - 1)) - d * (d - 1) - 2 * triangles
    return np.stack([d, triangles, squares, paths2, paths3], 1)


def _walks(graph: ops.Graph, steps: int) -> Iterator[tuple[int, int, Tensor]]:
    """Yield (first column, step, block [N, ≤ BLOCK]) of the powers 0, …, steps of `D⁻¹A`."""
    for first in range(0, graph.num_dst, BLOCK):
        size = min(BLOCK, graph.num_dst - first)
        chances = torch.zeros(graph.num_dst, size, device=graph.device)
        chances[first + torch.arange(size), torch.arange(size)] = 1
        yield first, 0, chances
        for step in range(1, steps + 1):
            chances = ops.spmm(graph, chances, op="mean")
            yield first, step, chances


def _smoothing(graph: ops.Graph) -> sparse.csr_array:
    """Return `D^{-½} A D^{-½}`, directions dropped."""
    matrix = _symmetric(graph)
    scale = 1 / np.sqrt(np.maximum(matrix.sum(1), 1))
    return matrix.multiply(scale[:, None]).multiply(scale[None, :]).tocsr()


def _eigenvectors(smooth: sparse.csr_array, count: int) -> Floats:
    """Return the eigenvectors of at least the `count` + 1 largest eigenvalues, these first."""
    size = smooth.shape[0]
    if size <= DENSE:
        return np.linalg.eigh(np.eye(size) - smooth.toarray())[1]
    start = np.random.default_rng(0).standard_normal(size)
    values, vectors = eigsh(smooth, count + 1, which="LA", v0=start, tol=1e-6)
    found: Floats = vectors[:, np.argsort(-values)]
    return found


def _symmetric(graph: ops.Graph) -> sparse.csr_array:
    """Return the 0/1 adjacency without directions."""
    src, dst = (end.cpu().numpy() for end in graph.ends())
    ones = np.ones(2 * len(src))
    places = np.concatenate([dst, src]), np.concatenate([src, dst])
    matrix = sparse.csr_array((ones, places), shape=(graph.num_dst, graph.num_dst))
    matrix.data[:] = 1
    return matrix
