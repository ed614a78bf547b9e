"""Citation intent from a sentence: SciCite, and ACL-ARC without its leak.

In ACL-ARC 54 of 139 test sentences also stand in training: `de-duplicated` takes them out of
training. Five models a view are each blind to a fifth of training and validation; the test sees
the means of the five. On SciCite, what the five say of the sentences that they did not see is
stacked, which also chooses the offsets of the classes. ACL-ARC is too small for that: there the
sum of kernels tells the class itself, and what is summed was chosen on the held-out fifths.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from report import Row

from model_bench.experiment import Bench, Case, Found, Result, average, kept, row
from model_bench.intent_sets import FOLDS, folds, read
from model_bench.intent_views import (
    PARTS,
    SETTINGS,
    Floats,
    Ints,
    Sentences,
    by_kernels,
    by_reader,
    sentences,
    svm,
)
from model_bench.stacking import answers, stacked
from paperflow.graph_models.evaluate import macro_f1, paired_bootstrap

SCICITE, ACL = "scicite", "acl-arc de-duplicated"
GOALS = {SCICITE: 0.84, ACL: 0.60}
FLOORS = {SCICITE: 0.813, ACL: 0.526, "acl-arc as distributed": 0.688}
OURS = {SCICITE: "stack of TF-IDF, kernels, and reader"}
KERNELS, SOBER = "sum of kernels", "TF-IDF + SVM"
HELD = f"{ACL}, held-out fifths of training"
TRIALS: dict[str, tuple[tuple[str, ...], float]] = {  # the kernels, and the share of sentences
    "words": (("words",), 1),
    "cues": (("cues",), 1),
    "states": (("states",), 1),
    "words and states": (("words", "states"), 1),
    "words and cues": (("words", "cues"), 1),
    "all three, a quarter of the sentences": (PARTS, 0.25),
    "all three, half of the sentences": (PARTS, 0.5),
    "all three": (PARTS, 1),
}
View = Callable[[Ints, Ints], Floats]


def blind(
    of: Sentences, view: str, run: View, seed: int, parts: str = "", share: float = 1
) -> list[Floats]:
    """Return scores of the known rows by models that did not see them, and of the test by all.

    The models see a share of the sentences of the other folds. `parts` is what is kept apart.
    """
    texts, last = of.every[: of.known], np.arange(of.known, len(of.every))
    fold, drawn = folds(texts, seed, FOLDS), folds(texts, seed + 1000, 100) < 100 * share
    own, test = np.zeros((of.known, of.classes)), np.zeros((len(last), of.classes))
    for part in range(FOLDS):
        left = np.flatnonzero(fold == part)
        train, asked = np.flatnonzero((fold != part) & drawn), np.concatenate([left, last])
        name = f"{of.name} {view} {parts} {SETTINGS[view]} {seed} {part} {share}"
        told = kept(name, lambda train=train, asked=asked: run(train, asked))
        own[left], test = told[: len(left)], test + told[len(left) :] / FOLDS
    return [own, test]


def by_parts(of: Sentences, seed: int, parts: tuple[str, ...], share: float = 1) -> list[Floats]:
    """Return what a sum of kernels says of the known rows and of the test."""
    run = partial(by_kernels, of, parts=parts)
    return blind(of, "kernels", run, seed, f"{parts}", share)


def measured(name: str, seed: int, parts: tuple[str, ...] = PARTS) -> Result:
    """Return macro-F1 of each view and of ours on held-out folds and on the test; our answers."""
    of = sentences(name)
    scores = {
        "sober": blind(of, "sober", partial(svm, of), seed),
        "kernels": by_parts(of, seed, parts),
    }
    if name in OURS:
        scores["reader"] = blind(of, "reader", partial(by_reader, of, seed), seed)
    told = {view: [own.argmax(1), test.argmax(1)] for view, (own, test) in scores.items()}
    told["ours"] = told["kernels"]
    if name in OURS:
        own, test = zip(*scores.values(), strict=True)
        first, second = stacked(own, of.labels, test)
        told["ours"] = list(answers(first, of.labels, second))
    everything = np.arange(len(of.every))
    plain = svm(of, everything[: of.known], everything[of.known :]).argmax(1)
    found: Result = {"answers": told["ours"][1].tolist(), "plain answers": plain.tolist()}
    for view, (held, last) in told.items():
        found[f"{view} held out"] = macro_f1(of.labels, held, of.classes)
        found[view] = macro_f1(of.truth, last, of.classes)
    return {**found, "plain": macro_f1(of.truth, plain, of.classes)}


def trials(seed: int) -> Result:
    """Return macro-F1 on held-out folds of ACL-ARC, by what is summed and how much is seen."""
    of, found = sentences(ACL), {}
    for name, (parts, share) in TRIALS.items():
        own, _ = by_parts(of, seed, parts, share)
        found[name] = macro_f1(of.labels, own.argmax(1), of.classes)
    return found


def bench(quick: bool) -> Bench:
    """Return one case a set, and the trials; ACL-ARC without the encoder when quick."""
    settings = f"{SETTINGS} {FOLDS}"
    if quick:
        few = ("words", "cues")
        case = Case(ACL, lambda seed: measured(ACL, seed, few), 3.0, f"{settings} {few}")
        return Bench([case], rows)
    cases = [
        Case(name, partial(measured, name), 90.0 if name in OURS else 3.0, settings)
        for name in FLOORS
    ]
    return Bench([*cases, Case(HELD, trials, 4.0, f"{settings} {TRIALS}")], rows)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of the sober view and of ours, which has the goal, and of the trials."""
    made = []
    for name, results in found.items():
        made += _held(results) if name == HELD else _tested(name, results)
    return made


def _held(results: list[Result]) -> list[Row]:
    return [row(f"{HELD}, kernels of {name}", results, name, unit="macroF1") for name in TRIALS]


def _tested(name: str, results: list[Result]) -> list[Row]:
    sober, ours = average(results, "plain"), OURS.get(name, KERNELS)
    views = [view for view in ("sober", "kernels", "reader", "ours") if view in results[0]]
    told = ", ".join(f"{v} {average(results, v):.3f}" for v in views[:-1])
    held = ", ".join(f"{v} {average(results, f'{v} held out'):.3f}" for v in views)
    note = f"{_surely(name, results)}; {told}; on held-out fifths of training {held}"
    floor, goal = FLOORS[name], GOALS.get(name)
    return [
        row(f"{name}, {SOBER}", results, "plain", unit="macroF1", baseline=floor),
        row(
            f"{name}, {ours}", results, "ours", unit="macroF1", baseline=sober, goal=goal, note=note
        ),
    ]


def _surely(name: str, results: list[Result]) -> str:
    """Return how far the mean over seeds, and its gain, go when the test is drawn again."""
    (_, labels), (_, truth) = read(name)
    classes = int(labels.max()) + 1

    def metric(rows: Ints, other: str) -> tuple[float, float]:
        ours, theirs = (
            np.mean([macro_f1(truth[rows], np.array(r[w])[rows], classes) for r in results])
            if w
            else 0.0
            for w in ("answers", other)
        )
        return float(ours), float(theirs)

    alone = paired_bootstrap(lambda drawn: metric(drawn, ""), len(truth))
    gain = paired_bootstrap(lambda drawn: metric(drawn, "plain answers"), len(truth))
    return (
        f"95 % of resamples {alone.low:.3f} to {alone.high:.3f}; above the SVM with p {gain.p:.3f}"
    )
