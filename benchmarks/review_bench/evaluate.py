"""The rows of the table: fixed split, folds, peers, and what the printed versions give away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from report import Row

from paperflow.extract.rating.linear import Floats
from review_bench import figures
from review_bench.figures import Bools
from review_bench.papers import TEST
from review_bench.protocol import Rows, Table, folds, predict, train_texts
from review_bench.rated import Rated

FOLDS, REPEATS = 10, 5
GOAL = 0.30  # Pearson's r
HUMAN = 0.496  # published: one reviewer against the mean of the others, 500 papers of ICLR 2022
SCIENTIST = "AI-Scientist's reviewer, 500 papers: r .419, balanced accuracy .651, AUC .65"

Train = Callable[[Table, Rows], Callable[[Table, Rows], Floats]]


@dataclass(frozen=True)
class Guesses:
    """What was guessed of N papers, R times: ratings, constants and acceptance, all [N, R]."""

    rating: Floats
    constant: Floats
    accept: Bools


def ours(table: Table, train: Rows) -> Callable[[Table, Rows], Floats]:
    """Return a function that predicts with the model trained on some rows."""
    model = train_texts(table, train)
    return lambda other, rows: predict(model, other, rows)


def forest(table: Table, train: Rows) -> Callable[[Table, Rows], Floats]:
    """Return the same of scikit-learn's random forest, the peer."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(300, min_samples_leaf=5, max_features=0.3, random_state=0)
    model.fit(table.features[train], table.target[train])
    return lambda other, rows: np.asarray(model.predict(other.features[rows]), np.float64)


def guess(table: Table, train: Rows, test: Rows, method: Train) -> Guesses:
    """Return what a method trained on some rows says of others, once.

    A paper counts as accepted above the middle of what is said of accepted and rejected ones
    in training.
    """
    said = method(table, train)
    known, found = said(table, train), said(table, test)
    good = table.accepted[train]
    middle = (known[good].mean() + known[~good].mean()) / 2
    constant = np.full(len(test), table.target[train].mean())
    return Guesses(found[:, None], constant[:, None], (found > middle)[:, None])


def crossed(table: Table, method: Train, repeats: int) -> Guesses:
    """Return what is said of every paper by models that have not seen it."""
    everything = np.arange(len(table.target))
    shape = (len(everything), repeats)
    result = Guesses(np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_))
    for seed in range(repeats):
        for train, test in folds(everything, FOLDS, seed):
            part = guess(table, train, test, method)
            result.rating[test, seed] = part.rating[:, 0]
            result.constant[test, seed] = part.constant[:, 0]
            result.accept[test, seed] = part.accept[:, 0]
    return result


def rows_of(name: str, found: Guesses, table: Table, rows: Rows, *, goal: bool) -> Iterator[Row]:
    """Yield the figures of guesses about some rows of a table, with their intervals."""
    target, accepted = table.target[rows], table.accepted[rows]
    for measure, made, truth in (
        (figures.pearson, found.rating, target),
        (figures.spearman, found.rating, target),
        (figures.absolute_error, found.rating, target),
        (figures.area, found.rating, accepted),
        (figures.balanced, found.accept, accepted),
    ):
        mean = repeated(measure)
        label, sober, aim = _ABOUT[measure]
        if measure is figures.absolute_error:
            sober = mean(found.constant, truth)
        low, high = figures.interval(mean, made, truth)
        yield Row(
            f"{name}: {label}", mean(made, truth), "", sober, aim if goal else None,
            label != "mean absolute error", f"95 % {low:.3f} to {high:.3f}",
        )  # fmt: skip


_ABOUT: dict[Callable[..., float], tuple[str, float | None, float | None]] = {
    figures.pearson: ("Pearson", 0.0, GOAL),
    figures.spearman: ("Spearman", 0.0, None),
    figures.absolute_error: ("mean absolute error", None, None),
    figures.area: ("accept or reject, AUC", 0.5, None),
    figures.balanced: ("accept or reject, balanced accuracy", 0.5, None),
}


def repeated(measure: Callable[..., float]) -> Callable[..., float]:
    """Return the mean of a measure over the repeats, the columns of what was guessed."""

    def mean(made: NDArray[np.generic], truth: NDArray[np.generic]) -> float:
        return float(np.mean([measure(column, truth) for column in made.T]))

    return mean


def table_rows(plain: Table, printed: Table, papers: Sequence[Rated], repeats: int) -> list[Row]:
    """Return all rows; `printed` is the table with what only printed versions have more of."""
    everything = np.arange(len(papers))
    test, train = everything[:TEST], everything[TEST:]
    split = guess(plain, train, test, ours)
    full = crossed(plain, ours, repeats)
    abstract = Guesses(
        plain.features[:, :1], np.full((len(papers), 1), plain.target.mean()),
        (plain.features[:, :1] > np.median(plain.features[:, 0])),
    )  # fmt: skip
    return [
        *rows_of(f"{TEST} held out", split, plain, test, goal=True),
        *rows_of("300 in folds", full, plain, everything, goal=True),
        *rows_of("title and abstract alone, 300", abstract, plain, everything, goal=False),
        *_within(plain, full),
        *_peers(plain, printed, repeats),
        *_humans(papers),
    ]


def _within(table: Table, found: Guesses) -> Iterator[Row]:
    """Yield the correlation among papers of one version, which no trace of printing can raise."""
    pearson = repeated(figures.pearson)
    for name, rows in (
        ("as submitted", np.flatnonzero(~table.accepted)),
        ("as printed", np.flatnonzero(table.accepted)),
    ):
        made, truth = found.rating[rows], table.target[rows]
        low, high = figures.interval(pearson, made, truth)
        note = f"{len(rows)} papers, 95 % {low:.3f} to {high:.3f}"
        yield Row(f"300 in folds, only {name}: Pearson", pearson(made, truth), "", 0.0, note=note)


def _peers(plain: Table, printed: Table, repeats: int) -> Iterator[Row]:
    pearson = repeated(figures.pearson)
    made = crossed(plain, forest, 1).rating
    yield Row("peer, random forest of scikit-learn: Pearson", pearson(made, plain.target), "")
    made = crossed(printed, ours, repeats).rating
    note = "not used: appendix and recent citations tell printed from submitted papers"
    yield Row(
        "with what gives acceptance away: Pearson", pearson(made, plain.target), "", note=note
    )


def _humans(papers: Sequence[Rated]) -> Iterator[Row]:
    """Yield how far one reviewer agrees with the mean of the others, over a hundred draws."""
    given = [paper.ratings for paper in papers]
    drawn = [figures.one_human(given, seed) for seed in range(100)]
    value = float(np.mean([figures.pearson(*pair) for pair in drawn]))
    error = float(np.mean([figures.absolute_error(*pair) for pair in drawn]))
    note = f"published {HUMAN}; against the mean of the others; MAE {error:.3f}"
    yield Row("one reviewer: Pearson", value, "", note=note)
