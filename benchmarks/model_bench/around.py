"""What the network says of a citation: the other sentences of its two papers, and the papers."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model_bench.cited import Corpus
from model_bench.texts import vectors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SHRINK = 2.0  # how many sentences of the mean kind stand beside those that are there


def around(corpus: Corpus, told: Floats, known: Ints, rows: Ints, fold: Ints) -> Floats:
    """Return for every sentence what the others of its papers are like [S, F].

    Means of the text's probabilities over the other sentences of `rows` with the same two papers,
    and with the same cited one; means of the labels of `known` rows outside of its own `fold` [S],
    so that training sees what a test does (none where a work's sentences share a fold); and how
    many they are.
    """
    citing, cited = number(corpus.citing), number(corpus.cited)
    pair = np.unique(citing * (cited.max() + 1) + cited, return_inverse=True)[1]
    said, labelled = np.zeros((2, len(told), 4))
    said[rows] = np.column_stack([np.exp(told[rows]), np.ones(len(rows))])
    labelled[known] = np.column_stack([np.eye(3)[corpus.labels[known]], np.ones(len(known))])
    sums = [_totals(said, key) - said for key in (pair, cited)]
    for key in (pair, cited):
        own = _totals(labelled, key * (fold.max() + 1) + fold)
        sums.append(_totals(labelled, key) - own)
    usual = said.sum(0)[:3] / max(1.0, said.sum(0)[3])
    return np.hstack([_shrunk(total, usual) for total in sums])


def number(names: list[str]) -> Ints:
    """Return names as integers, in their order."""
    return np.unique(names, return_inverse=True)[1]


def _totals(values: Floats, key: Ints) -> Floats:
    total = np.zeros((key.max() + 1, values.shape[1]))
    np.add.at(total, key, values)
    return total[key]


def _shrunk(total: Floats, usual: Floats) -> Floats:
    count = total[:, 3:]
    mean = (total[:, :3] + SHRINK * usual) / (count + SHRINK)
    return np.hstack([np.log(mean[:, 1:] / mean[:, :1]), np.log1p(count)])


def papers(corpus: Corpus) -> tuple[Tensor, Tensor]:
    """Return the papers' titles [N, D] as vectors, and the ends [2, S] of each sentence."""
    names = sorted({*corpus.citing, *corpus.cited})
    place = {paper: at for at, paper in enumerate(names)}
    ends = [[place[paper] for paper in side] for side in (corpus.citing, corpus.cited)]
    return torch.from_numpy(vectors([corpus.titles[name] for name in names])), torch.tensor(ends)


def nodes_of(titles: Tensor, ends: Tensor, told: Floats, rows: Ints) -> Tensor:
    """Return the papers' features [N, D + 8].

    A paper is its title, and the text's mean probabilities over the sentences in which it cites
    and is cited, of those `rows`, and how many they are.
    """
    chances = torch.from_numpy(np.exp(told[rows])).float()
    parts = [titles]
    for side in ends[:, torch.from_numpy(rows)]:
        count = torch.bincount(side, minlength=len(titles)).clamp(min=1)[:, None]
        total = torch.zeros(len(titles), 3).index_add_(0, side, chances)
        parts += [total / count, count.log()]
    return torch.cat(parts, 1)
