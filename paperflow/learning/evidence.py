"""What speaks for a link without learning: likeness of text, what alike papers do, neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from paperflow.graphs.rows import NOT_STATED
from paperflow.learning.graph import Floats, Ints, LinkGraph

NAMES = ("text", "alike", "neighbours", "degree")
NEAR = 30  # papers of the most similar text that are asked what they cite
POOL = 200  # candidates of a source that are scored in full
_CHUNK = 256  # sources at once


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs that are no links yet: rows `source` and `target` [C], `values` [C, 4] by NAMES.

    text        cosine of the two texts
    alike       share of the NEAR papers of most similar text that link to the target, each
                weighed by its cosine
    neighbours  log(1 + Adamic-Adar index) over links either way
    degree      log(1 + number of links to the target)
    """

    source: Ints
    target: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.source)


def candidates(graph: LinkGraph, sources: Ints) -> Candidates:
    """Return up to POOL candidates of each source: alike in text, or two links away.

    A work that appeared more than a year after the source is none (a preprint may cite what is
    printed the year after), and neither is what links to the source.
    """
    none = np.zeros(0, dtype=np.int64)
    parts = [Candidates(none, none, np.zeros((0, len(NAMES)))), *_chunks(graph, sources)]
    return Candidates(
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def by_rule(values: Floats) -> Floats:
    """Return a score in [0, 1] without learning: the mean of three of the values, bounded."""
    text, alike, neighbours, _ = values.T
    strength = np.expm1(neighbours)
    score: Floats = (np.clip(text, 0, 1) + alike + strength / (1 + strength)) / 3
    return score


def nearest(graph: LinkGraph, sources: Ints) -> csr_array:
    """Return the cosines [S, N] of each source's NEAR most similar texts among the sources."""
    texts = graph.sources[np.abs(graph.features[graph.sources]).sum(axis=1) > 0]
    cosines = graph.features[sources] @ graph.features[texts].T
    cosines[sources[:, None] == texts[None]] = -1  # a text is not near itself
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAR]
    found = np.take_along_axis(cosines, order, axis=1).ravel()
    rows = np.repeat(np.arange(len(sources)), order.shape[1])
    kept = found > 0
    places = (rows[kept], texts[order.ravel()[kept]])
    return csr_array((found[kept].astype(np.float64), places), (len(sources), graph.num_nodes))


def _chunks(graph: LinkGraph, sources: Ints) -> Iterator[Candidates]:
    degree = np.asarray(graph.around.sum(axis=1)).ravel()
    weighted = csr_array(graph.around @ diags_array(1 / np.log(np.maximum(degree, 2))))
    popular = np.log1p(np.asarray(graph.out.sum(axis=0)).ravel())
    for start in range(0, len(sources), _CHUNK):
        part = sources[start : start + _CHUNK]
        near = nearest(graph, part)
        total = np.maximum(near.sum(axis=1), 1e-12)
        alike = csr_array(diags_array(1 / total) @ near @ graph.out)
        shared = csr_array(weighted[part] @ graph.around)
        yield _pooled(graph, part, near, alike, shared, popular)


def _pooled(
    graph: LinkGraph,
    part: Ints,
    near: csr_array,
    alike: csr_array,
    shared: csr_array,
    popular: Floats,
) -> Candidates:
    """Return the candidates of a few sources, the best POOL of each by rule."""
    rows, targets = csr_array(near + alike + shared).nonzero()
    kept = _allowed(graph, part[rows], targets)
    rows, targets = rows[kept], targets[kept]
    cosine = (graph.features[part[rows]] * graph.features[targets]).sum(axis=1)
    values = np.stack(
        [
            cosine.astype(np.float64),
            _at(alike, rows, targets),
            np.log1p(_at(shared, rows, targets)),
            popular[targets],
        ],
        axis=1,
    )
    order = np.lexsort((targets, -by_rule(values), rows))
    rows, targets, values = rows[order], targets[order], values[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = place < POOL
    return Candidates(
        part[rows[best]].astype(np.int64), targets[best].astype(np.int64), values[best]
    )


def _allowed(graph: LinkGraph, source: Ints, target: Ints) -> NDArray[np.bool_]:
    linked = _at(graph.around, source, target) > 0
    before, after = graph.years[source], graph.years[target]
    dated = (before != NOT_STATED) & (after != NOT_STATED)
    allowed: NDArray[np.bool_] = (
        graph.targets[target] & (source != target) & ~linked & ~(dated & (after > before + 1))
    )
    return allowed


def _at(table: csr_array, rows: Ints, columns: Ints) -> Floats:
    """Return the entries of a sparse matrix at these places, zeros too."""
    if not len(rows):
        return np.zeros(0)
    return np.asarray(table[rows, columns], dtype=np.float64).ravel()
