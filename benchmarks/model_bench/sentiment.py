"""Citation sentiment on Athar's network: text alone against text and graph.

Two protocols: five folds with no cited paper on both sides, and the customary ten random folds; in
both a sentence that also stands in the test fold is taken out of training. Sober baseline: a
balanced SVM on TF-IDF of the sentences as they are. Text alone stacks what shows in a sentence
with the cited work marked: TF-IDF under an SVM, a net that reads the frozen encoder's states word
by word and learns SciCite's intents as well, and words of praise and criticism near the citation.
Text and graph: a TANGNN over papers and citations corrects the stack, from titles, from what the
stack says of the other sentences about the same papers, and from labels of other folds. Each model
is blind to two folds: stack, offsets, and correction are chosen on the second, and the test fold
gets the mean of its models.
"""

from collections.abc import Sequence

import numpy as np
from report import Row

from model_bench.correction import PLAN, Inputs, corrected
from model_bench.experiment import Bench, Case, Found, Result, average, kept, row
from model_bench.sentence_folds import FOLDS, GROUPED, RANDOM, Folds
from model_bench.sentence_views import AID, READING, VIEWS, WIDTH, corpus, cues, raw_words, svm
from model_bench.stacking import Floats, Ints, answers, stacked
from paperflow.graph_models.evaluate import macro_f1, paired_bootstrap

GOALS = {GROUPED: 0.60, RANDOM: 0.68}
FLOORS = {GROUPED: 0.496, RANDOM: 0.556}
SHARES = {
    f"{GROUPED}, {part} of the training": 1 / n for part, n in (("a quarter", 4), ("half", 2))
}
SYSTEMS = ("sober", "text", "graph")
SETTINGS = f"{PLAN} {READING} {WIDTH} {AID}"


def measured(folds: Folds, chosen: Sequence[str]) -> Result:
    """Return macro-F1 of each system on the same folds, and the answers of three of them."""
    labels, names = corpus().labels, (*SYSTEMS, *chosen)
    told = np.zeros((len(names), len(labels)), dtype=np.int64)
    for test in range(FOLDS[folds.kind]):
        name = f"athar {folds.kind} {folds.seed} {folds.share} {test} {chosen} {SETTINGS}"
        told[:, folds.of == test] = kept(name, lambda test=test: _answers(folds, test, chosen))
    scores = {name: macro_f1(labels, told[at], 3) for at, name in enumerate(names)}
    given = {f"{name} answers": "".join(map(str, told[at])) for at, name in enumerate(SYSTEMS)}
    return {**scores, **given}


def _answers(folds: Folds, test: int, chosen: Sequence[str]) -> Floats:
    """Return the answers of the systems and of each view to the sentences of a fold."""
    labels, (train, last) = corpus().labels, folds.apart(test)
    own = train[np.isin(folds.of[train], folds.partners(test))]
    views = {name: folds.scores(name, test) for name in chosen}
    features = np.hstack([*views.values(), cues()])
    text = np.zeros((len(labels), 3))
    text[own], text[last] = stacked([features[own]], labels[own], [features[last]])
    inputs = Inputs(text, features, np.concatenate([own, last]), train, folds.of)
    graph = np.zeros_like(text)
    seed = FOLDS[folds.kind] * folds.seed + test
    graph[own], graph[last] = corrected(inputs, own, last, folds.of, seed)
    found = [svm(raw_words(), train, last).argmax(1)]
    for scores in (text, graph, *views.values()):
        found.append(answers(scores[own], labels[own], scores[last])[1])
    return np.stack(found).astype(np.float64)


def better(results: Sequence[Result], ours: str, theirs: str) -> float:
    """Return the one-sided p of the paired bootstrap over sentences, for the mean over seeds."""
    labels = corpus().labels
    told = {
        name: [np.array([*map(int, result[f"{name} answers"])]) for result in results]
        for name in (ours, theirs)
    }

    def metric(cases: Ints) -> tuple[float, float]:
        mean = {
            name: float(np.mean([macro_f1(labels[cases], answer[cases], 3) for answer in answers]))
            for name, answers in told.items()
        }
        return mean[ours], mean[theirs]

    return paired_bootstrap(metric, len(labels)).p


def bench(quick: bool) -> Bench:
    """Return a case a protocol, and the learning curve's; or, when quick, a quarter by words."""
    if quick:
        return Bench([_case(GROUPED, 1 / 4, 20.0, ("words",))], rows)
    curve = [_case(name, share, 60.0, one_seed=True) for name, share in SHARES.items()]
    random = _case(RANDOM, 1.0, 160.0)
    return Bench([_case(GROUPED, 1.0, 120.0), *curve, random], rows)


def _case(
    name: str,
    share: float,
    seconds: float,
    chosen: Sequence[str] = tuple(VIEWS),
    one_seed: bool = False,
) -> Case:
    kind = RANDOM if name == RANDOM else GROUPED

    def run(seed: int) -> Result:
        return measured(Folds(kind, seed, share), chosen)

    return Case(name, run, seconds, f"{SETTINGS} {share} {chosen}", one_seed)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of the sober system, of text alone, and of text and graph."""
    return [made for name, results in found.items() for made in _rows(name, results)]


def _rows(name: str, results: Sequence[Result]) -> list[Row]:
    sober, text = average(results, "sober"), average(results, "text")
    views = ", ".join(f"{v} {average(results, v):.3f}" for v in VIEWS if v in results[0])
    over_sober = f"p against TF-IDF + SVM {better(results, 'text', 'sober'):.3f}"
    over_text = f"p against text alone {better(results, 'graph', 'text'):.3f}"
    systems = (
        ("TF-IDF + SVM", "sober", FLOORS.get(name), None, ""),
        ("text alone", "text", sober, None, f"{views}; {over_sober}"),
        ("TANGNN on text and graph", "graph", text, GOALS.get(name), over_text),
    )
    return [
        row(
            f"athar, {name}, {label}",
            results,
            metric,
            unit="macroF1",
            baseline=baseline,
            goal=goal,
            note=note,
        )
        for label, metric, baseline, goal, note in systems
    ]
