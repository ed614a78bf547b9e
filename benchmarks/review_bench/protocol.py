"""How the rating models are trained: everything is selected on the papers that they get."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paperflow.extract.rating.linear import Floats, Linear, fit
from paperflow.extract.rating.rater import ABSTRACT, abstract_names, abstract_row
from review_bench.rated import Rated

PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
ABSTRACT_PENALTIES = (300.0, 1000.0, 3000.0, 10000.0)
SIZES = (4, 6, 8, 12, 16, 24, 60)  # features kept, those first that correlate most
INNER = 10
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Papers as arrays: features [N, F], the mean ratings [N], and who got in [N]."""

    names: tuple[str, ...]
    features: Floats
    target: Floats
    accepted: NDArray[np.bool_]


def abstracts(papers: Sequence[Rated], vectors: Floats) -> Table:
    """Return titles and abstracts as a table; `vectors` [N, D] are the encoder's.

    Ratings are taken as distances from their year's mean.
    """
    rows = [abstract_row(p.paper, vector) for p, vector in zip(papers, vectors, strict=True)]
    target = np.array([paper.mean for paper in papers])
    years = np.array([paper.year for paper in papers])
    for year in sorted(set(years.tolist())):
        target[years == year] -= target[years == year].mean()
    names = tuple(abstract_names(vectors.shape[1]))
    return Table(names, np.array(rows), target, np.array([p.accepted for p in papers]))


def texts(papers: Sequence[Rated], ratings: Floats, *, giveaways: bool = False) -> Table:
    """Return full texts as a table; `ratings` [N] are what the model of abstracts says.

    With `giveaways`, what only the printed version of a paper has more of counts too.
    """
    known = [paper.text or {} for paper in papers]
    names = [ABSTRACT, *next(row for row in known if row)]
    rows = [[float(r), *(row[n] for n in names[1:])] for r, row in zip(ratings, known, strict=True)]
    if giveaways:
        names += ["characters after the main text", "citations since 2021"]
        rows = [[*row, *paper.giveaways] for row, paper in zip(rows, papers, strict=True)]
    target = np.array([paper.mean for paper in papers])
    return Table(tuple(names), np.array(rows), target, np.array([p.accepted for p in papers]))


def train_abstracts(table: Table) -> Linear:
    """Return the ridge regression with the penalty that does best in folds."""
    everything = np.arange(len(table.target))
    best = max(
        ABSTRACT_PENALTIES,
        key=lambda penalty: _agreement(table, everything, len(table.names), penalty),
    )
    return fit(table.names, table.features, table.target, best)


def train_texts(table: Table, rows: Rows) -> Linear:
    """Return the ridge regression on `rows`, its features and penalty selected there in folds."""
    choices = [(size, penalty) for size in SIZES for penalty in PENALTIES]
    size, penalty = max(choices, key=lambda choice: _agreement(table, rows, *choice))
    kept = strongest(table, rows)[:size]
    names = [table.names[column] for column in kept]
    return fit(names, table.features[np.ix_(rows, kept)], table.target[rows], penalty)


def predict(model: Linear, table: Table, rows: Rows) -> Floats:
    """Return the predictions [N] of a model for some rows of a table with more columns."""
    columns = [table.names.index(name) for name in model.names]
    return model.predict(table.features[np.ix_(rows, columns)])


def strongest(table: Table, rows: Rows) -> list[int]:
    """Return the columns by how much they correlate with the target in `rows`."""
    features, target = table.features[rows], table.target[rows]
    features = features - features.mean(0)
    length = np.linalg.norm(features, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.abs(features.T @ (target - target.mean())) / length
    return [int(column) for column in np.argsort(-np.nan_to_num(found), kind="stable")]


def folds(rows: Rows, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield training and test rows of each fold."""
    shuffled = np.random.default_rng(seed).permutation(rows)
    for part in np.array_split(shuffled, count):
        yield np.setdiff1d(rows, part), part


def _agreement(table: Table, rows: Rows, size: int, penalty: float) -> float:
    """Return minus the squared error in folds of `rows`, the features selected in each."""
    error = 0.0
    for train, test in folds(rows, INNER, seed=0):
        kept = strongest(table, train)[:size]
        model = fit([], table.features[np.ix_(train, kept)], table.target[train], penalty)
        guess = model.predict(table.features[np.ix_(test, kept)])
        error += float(((guess - table.target[test]) ** 2).sum())
    return -error
