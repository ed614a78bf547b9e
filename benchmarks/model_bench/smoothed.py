"""Unit vectors of papers and the papers around them: what a pair's cosine is taken of."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds
from torch import Tensor, nn
from torch.nn.functional import normalize

from paperflow import ops

Features = csr_array | NDArray[np.float32]


def weighted(features: csr_array) -> csr_array:
    """Return bags of words [N, F] weighed by inverse document frequency, rows of length one."""
    number = np.maximum((features > 0).sum(axis=0), 1)
    found = features @ diags_array(np.log(features.shape[0] / number))
    length = np.sqrt(found.multiply(found).sum(axis=1))
    return csr_array(diags_array(1 / np.maximum(length, 1e-12)) @ found)


def directions(features: Features, width: int) -> Tensor:
    """Return the first right singular vectors [F, width], a projection that keeps cosines."""
    start = np.ones(min(features.shape))  # ARPACK would draw it from the system
    return torch.from_numpy(svds(features, k=width, v0=start)[2].T.copy()).float()


class Hops(nn.Module):
    """A node's hops in learnt shares, as a vector of one learnt length.

        h = l · Σ_k a_k T_k / ‖Σ_k a_k T_k‖,  T_k = D̂^{-½} (A + I) D̂^{-½} T_{k−1}

    A linear graph convolution (Wu et al., 2019) with a weight a hop (Chien et al., 2021). The
    dot product of two nodes is then l² times a cosine: no node is near to all for its degree.
    """

    def __init__(
        self, in_channels: int, hidden: int, out_channels: int, *, dropout: float, hops: int = 2
    ) -> None:
        super().__init__()
        self.shares = nn.Parameter(torch.ones(hops + 1))
        self.length = nn.Parameter(torch.tensor(3.0))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, graph: ops.Graph) -> Tensor:
        """Return the nodes [N, D]."""
        scale = (graph.ptr.diff() + 1).to(x.dtype).rsqrt().unsqueeze(1)
        mixed = self.shares[0] * x
        for share in self.shares[1:]:
            scaled = scale * x
            x = scale * (ops.spmm(graph, scaled) + scaled)
            mixed = mixed + share * x
        return self.length * normalize(self.drop(mixed), dim=1)
