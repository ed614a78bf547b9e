"""CiteULike-t: readers' libraries, split at random, and what is known of the papers."""

import gzip
from functools import cache

import numpy as np
import torch
from judged import data
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, vstack
from torch import Tensor
from torch.nn.functional import normalize

from paperflow.graph_models.recommend import Interactions, KnowledgeEdges

Floats = NDArray[np.float64]
SPECTRAL = (0.3, 0.3, 1.0)  # what readers, citations, and tags weigh in the start
RARE = 5  # a tag of fewer papers says too little for its cost


def _lists(name: str) -> list[list[int]]:
    with gzip.open(data(f"citeulike/citeulike-t/{name}.dat.gz"), "rt", encoding="utf-8") as file:
        return [[int(cell) for cell in line.split()[1:]] for line in file]


@cache
def read() -> tuple[list[list[int]], Tensor, int, int]:
    """Return each reader's papers, triples [T, 3] of citing and tagging, papers, and entities.

    Citations stand in the file both ways; one is kept.
    """
    citing, tags = _lists("citations"), _lists("tag-item")
    cites = [(p, 0, other) for p, others in enumerate(citing) for other in others if p < other]
    common = [papers for papers in tags if len(papers) >= RARE]
    size = len(citing)
    tagged = [(paper, 1, size + tag) for tag, papers in enumerate(common) for paper in papers]
    return _lists("users"), torch.tensor(cites + tagged), size, size + len(common)


def _matrix(rows: Tensor, columns: Tensor, shape: tuple[int, int]) -> csr_array:
    """Return a matrix of zeros and ones."""
    ones = np.ones(len(rows), np.float32)
    matrix = csr_array((ones, (rows.numpy(), columns.numpy())), shape=shape)
    matrix.data[:] = 1
    return matrix


def _scaled(matrix: csr_array) -> csr_array:
    """Divide each entry by the root of both degrees."""
    sides = [1 / np.sqrt(matrix.sum(axis=axis).clip(min=1)) for axis in (1, 0)]
    return csr_array(diags_array(sides[0]) @ matrix @ diags_array(sides[1]))


class Library:
    """A seed's split of every reader's papers: lists to train on, to validate, and to test.

    With `guarded`, a paper's tag counts only where one who has the paper in training has the
    tag on two papers there: tags are the readers' own, and give held-out papers away.
    """

    def __init__(self, seed: int, *, guarded: bool = False) -> None:
        readers, self.triples, self.papers, self.entities = read()
        draw = np.random.default_rng(seed)
        self.train, self.valid, self.test = [], [], []
        for papers in readers:
            mixed = draw.permutation(papers).tolist()
            held = round(0.2 * len(mixed))
            shown = round(0.1 * (len(mixed) - held))
            self.test.append(mixed[:held])
            self.valid.append(mixed[held : held + shown])
            self.train.append(mixed[held + shown :])
        pairs = [(u, paper) for u, papers in enumerate(self.train) for paper in papers]
        self.known = Interactions(torch.tensor(pairs).T, len(readers), self.papers)
        self.taken = _matrix(*self.known.pairs, (len(readers), self.papers))
        if guarded:
            self.triples = self.triples[self._plausible()]

    def tagged(self) -> csr_array:
        """Return tags by papers, ones where a paper has a tag."""
        paper, _, tag = self.triples[self.triples[:, 1] == 1].unbind(1)
        return _matrix(tag - self.papers, paper, (self.entities - self.papers, self.papers))

    def _plausible(self) -> Tensor:
        """Tell which triples are citations, or tags that a known reader of the paper uses."""
        uses = csr_array(self.taken @ self.tagged().T) >= 2
        told = csr_array(self.taken.T @ uses.astype(np.float32))
        paper, kind, other = (column.copy() for column in self.triples.numpy().T)
        tag = np.where(kind == 1, other - self.papers, 0)
        return torch.from_numpy((kind == 0) | (told[paper, tag] > 0))

    def matrices(self) -> list[csr_array]:
        """Return rows of readers, of cited or citing papers, and of tags; papers are columns."""
        first, _, last = self.triples[self.triples[:, 1] == 0].unbind(1)
        ends = torch.cat([first, last]), torch.cat([last, first])
        cites = _matrix(*ends, (self.papers, self.papers))
        return [_scaled(matrix) for matrix in (self.taken, cites, self.tagged())]

    def spectral(self, width: int) -> Tensor:
        """Return readers, papers, and tags [N, width] by singular vectors of the joint graph.

        Papers are columns; readers, tags, and cited or citing papers are rows, each entry divided
        by the root of both degrees; vectors have length one. A start from what factorises the
        interactions is that of the paper, which takes BPR-MF's vectors.
        """
        parts = [w * x for w, x in zip(SPECTRAL, self.matrices(), strict=True)]
        left, right = _singular(vstack(parts).tocsr(), width)
        heights = np.cumsum([part.shape[0] for part in parts])
        readers, _, tags = np.split(left, heights[:2])
        start = torch.from_numpy(np.concatenate([readers, right, tags]))
        return normalize(start.float(), dim=1)

    def edges(self) -> KnowledgeEdges:
        """Return the joint graph of readers, papers, and tags."""
        return KnowledgeEdges.joined(self.known, self.triples, self.entities, 2)


def _singular(matrix: csr_array, width: int) -> tuple[Floats, Floats]:
    """Return singular vectors of rows and columns, each by the root of its value."""
    from sklearn.utils.extmath import randomized_svd

    left, values, right = randomized_svd(matrix, width, n_iter=3, random_state=0)
    root = np.sqrt(values)
    return left * root, right.T * root
