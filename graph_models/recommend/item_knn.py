"""Item-based nearest neighbours: Sarwar et al. (2001), cosine with shrinkage."""

import numpy as np
import torch
from scipy.sparse import csr_array, diags_array
from torch import Tensor


class ItemKNN:
    """Scores an item by its similarity to what the user took; nothing is trained.

    cosine(i, j) = |U_i ∩ U_j| / (√(|U_i| |U_j|) + shrink), the `count` nearest items kept.
    """

    def __init__(
        self,
        pairs: Tensor,
        num_users: int,
        num_items: int,
        count: int = 100,
        shrink: float = 0.0,
    ) -> None:
        users, items = pairs.numpy()
        ones = np.ones(len(users), dtype=np.float32)
        self.taken = csr_array((ones, (users, items)), shape=(num_users, num_items))
        self.taken.data[:] = 1
        self.near = _nearest(_cosine(self.taken, shrink), count)

    def scores(self, users: Tensor) -> Tensor:
        """Return scores [B, I] of every item for users [B]."""
        return torch.from_numpy((self.taken[users.numpy()] @ self.near).toarray())


def _cosine(taken: csr_array, shrink: float) -> csr_array:
    shared = csr_array(taken.T @ taken)
    size = np.sqrt(shared.diagonal())
    shared.setdiag(0)
    shared.eliminate_zeros()
    if not shrink:
        scale = diags_array(1 / np.maximum(size, 1e-12))
        return csr_array(scale @ shared @ scale)
    row = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
    shared.data = shared.data / (size[row] * size[shared.indices] + shrink)
    return shared


def _nearest(similar: csr_array, count: int) -> csr_array:
    """Keep the `count` greatest of each row, ties by column."""
    similar.sort_indices()
    keep = []
    for start, end in zip(similar.indptr[:-1], similar.indptr[1:], strict=True):
        order = np.argsort(-similar.data[start:end], kind="stable")[:count]
        keep.append(start + order)
    chosen = np.concatenate([np.zeros(0, dtype=np.int64), *keep])
    row = np.repeat(np.arange(similar.shape[0]), [len(part) for part in keep])
    return csr_array((similar.data[chosen], (row, similar.indices[chosen])), similar.shape)
