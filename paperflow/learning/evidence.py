"""What speaks for a link without learning: likeness of text, what alike papers do, neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, dia_array, diags_array

from paperflow.graphs.rows import NOT_STATED
from paperflow.learning.graph import READER, Floats, Ints, LinkGraph, Mask

NAMES = ("text", "alike", "neighbours", "concepts", "degree")
NEAR = 30  # papers of the most similar text that are asked what they cite
POOL = 200  # candidates of a source that are scored in full
_CHUNK = 256  # sources at once


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs that are no links yet: rows `source` and `target` [C], `values` [C, 5] by NAMES.

    text        cosine of the two texts
    alike       share of the NEAR papers of most similar text that link to the target, each
                weighed by its cosine
    neighbours  log(1 + Adamic-Adar index) over links either way
    concepts    the same over what is known besides links: shared concepts and authors
    degree      log(1 + number of links to the target)
    """

    source: Ints
    target: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.source)

    def at(self, kept: Mask) -> "Candidates":
        """Return the candidates that `kept` [C] marks."""
        return Candidates(self.source[kept], self.target[kept], self.values[kept])


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
    """Return a score in [0, 1] without learning: the mean of four of the values, bounded."""
    text, alike, *shared, _ = values.T
    bounded = [strength / (1 + strength) for strength in map(np.expm1, shared)]
    score: Floats = (np.clip(text, 0, 1) + alike + bounded[0] + bounded[1]) / 4
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
    linked, known = _weighted(graph.around), _weighted(graph.beside)
    popular = np.log1p(np.asarray(graph.out.sum(axis=0)).ravel())
    for start in range(0, len(sources), _CHUNK):
        part = sources[start : start + _CHUNK]
        near = nearest(graph, part)
        total = np.maximum(near.sum(axis=1), 1e-12)
        alike = csr_array(diags_array(1 / total) @ near @ graph.out)
        shared = csr_array(_as_paper(graph, part) @ linked[part] @ graph.around)
        beside = csr_array(known[part] @ graph.beside)
        yield _pooled(graph, part, [near, alike, shared, beside], popular)


def _as_paper(graph: LinkGraph, part: Ints) -> dia_array:
    """Return the diagonal that weighs the neighbours of a long shelf like those of a usual paper.

    A reader of a hundred papers is else like no paper that the scores were fitted to.
    """
    degree = np.diff(graph.around.indptr)
    usual = degree[degree > 0].mean() if graph.num_links else 1.0
    share = np.minimum(1, usual / np.maximum(degree[part], 1))
    return diags_array(np.where(part == graph.rows.get(READER, -1), share, 1.0))


def _weighted(around: csr_array) -> csr_array:
    """Return a matrix whose product with `around` is the Adamic-Adar index."""
    degree = np.diff(around.indptr)
    return csr_array(around @ diags_array(1 / np.log(np.maximum(degree, 2))))


def _pooled(graph: LinkGraph, part: Ints, tables: list[csr_array], popular: Floats) -> Candidates:
    """Return the candidates of a few sources, the best POOL of each by rule."""
    _, alike, shared, beside = tables
    rows, targets = csr_array(tables[0] + alike + shared + beside).nonzero()
    kept = _allowed(graph, part[rows], targets)
    rows, targets = rows[kept], targets[kept]
    cosine = (graph.features[part[rows]] * graph.features[targets]).sum(axis=1)
    columns = [
        cosine.astype(np.float64),
        _at(alike, rows, targets),
        np.log1p(_at(shared, rows, targets)),
        np.log1p(_at(beside, rows, targets)),
        popular[targets],
    ]
    values = np.stack(columns, axis=1)
    order = np.lexsort((targets, -by_rule(values), rows))
    rows, targets, values = rows[order], targets[order], values[order]
    best = np.arange(len(rows)) - np.searchsorted(rows, rows) < POOL
    found = part[rows[best]].astype(np.int64), targets[best].astype(np.int64)
    return Candidates(*found, values[best])


def _allowed(graph: LinkGraph, source: Ints, target: Ints) -> Mask:
    linked = _at(graph.around, source, target) > 0
    before, after = graph.years[source], graph.years[target]
    dated = (before != NOT_STATED) & (after != NOT_STATED)
    allowed: Mask = (
        graph.targets[target] & (source != target) & ~linked & ~(dated & (after > before + 1))
    )
    return allowed


def _at(table: csr_array, rows: Ints, columns: Ints) -> Floats:
    """Return the entries of a sparse matrix at these places, zeros too."""
    if not len(rows):
        return np.zeros(0)
    return np.asarray(table[rows, columns], dtype=np.float64).ravel()
