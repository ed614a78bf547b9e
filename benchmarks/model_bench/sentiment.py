"""Citation sentiment on Athar's network: text alone against text and graph.

Two protocols: five folds with no cited paper on both sides, and the customary ten random folds; in
both a sentence that also stands in the test fold is taken out of training. Sober baseline: a
balanced SVM on TF-IDF of the sentences as they are. Text alone stacks three views of a sentence
with the cited work marked: TF-IDF under an SVM, the frozen encoder's states pooled, and a net that
reads them word by word. Text and graph: a TANGNN over papers and citations corrects the stack,
from titles and from what the stack says of the other sentences of the same papers. Stack, offsets,
and correction are chosen on held-out training folds.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from report import Row
from scipy.sparse import csr_array, hstack
from torch import Tensor
from torch.nn.functional import cross_entropy

from model_bench.around import around, nodes_of, papers
from model_bench.cited import read
from model_bench.experiment import Bench, Case, Found, Result, average, kept, row
from model_bench.sentence_model import SentenceModel
from model_bench.stacking import Floats, Ints, answers, stacked
from model_bench.words import Reading, Words, components, pooled, read_words, reader_scores
from paperflow.graph_models.evaluate import macro_f1, paired_bootstrap
from paperflow.graph_models.training import Plan, fit

GROUPED, RANDOM = "grouped by cited paper", "random 10-fold"
GOALS = {GROUPED: 0.60, RANDOM: 0.68}
FLOORS = {GROUPED: 0.496, RANDOM: 0.556}
FOLDS = {GROUPED: 5, RANDOM: 10}
PLAN: dict[str, Any] = {"epochs": 30, "every": 3, "patience": 3, "rate": 5e-3, "clip": 1.0}
READING = Reading()
POOLED = 0.003  # strength of the logistic regression over pooled states
SYSTEMS = ("sober", "text", "graph")

corpus = cache(read)


@cache
def folds(kind: str, seed: int) -> Ints:
    """Return each sentence's fold; where they are grouped, one for all about a paper."""
    draw, cited = np.random.default_rng(seed), corpus().cited
    if kind == RANDOM:
        return draw.permutation(len(cited)) % FOLDS[kind]
    works = sorted(set(cited))
    of = dict(zip(works, (draw.permutation(len(works)) % FOLDS[kind]).tolist(), strict=True))
    return np.array([of[work] for work in cited])


def partners(kind: str, test: int) -> list[int]:
    """Return the folds whose sentences choose for a test fold: its two neighbours in a ring.

    A model that is blind to two neighbours serves either as the other's.
    """
    return [(test - 1) % FOLDS[kind], (test + 1) % FOLDS[kind]]


def apart(fold: Ints, left: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Return the rows to train on and those left out, no sentence on both sides."""
    texts = corpus().texts
    last = np.flatnonzero(np.isin(fold, left))
    shown = {texts[i] for i in last}
    known = np.flatnonzero(~np.isin(fold, left))
    return np.array([i for i in known if texts[i] not in shown]), last


@cache
def network() -> tuple[Tensor, Tensor]:
    """Return the papers' titles [N, 384] and the ends [2, S] of each sentence."""
    return papers(corpus())


@cache
def raw_words() -> csr_array:
    """Return TF-IDF of words and characters of the sentences as they are."""
    return _tfidf(corpus().texts, chars=True)


@cache
def all_text() -> csr_array:
    """Return TF-IDF of marked sentences and of what is near the citation."""
    return csr_array(hstack([_tfidf(corpus().marked, chars=True), _tfidf(corpus().near)]))


@cache
def states() -> tuple[Words, np.ndarray[Any, Any]]:
    """Return the encoder's states of the words, and these pooled [S, F]."""
    found = read_words(corpus().marked)
    return components(found), pooled(found)


def _tfidf(texts: list[str], chars: bool = False) -> csr_array:
    from sklearn.feature_extraction.text import TfidfVectorizer

    word = TfidfVectorizer(
        ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\b\w+\b"
    )
    made = [word.fit_transform(texts)]
    if chars:
        char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
        made.append(char.fit_transform(texts))
    return csr_array(hstack(made))


def svm(features: csr_array, train: Ints, test: Ints) -> Floats:
    """Return the decision values [B, 3] of a balanced linear SVM."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(class_weight="balanced", C=0.3, tol=1e-3, random_state=0)
    model.fit(features[train], corpus().labels[train])
    told: Floats = model.decision_function(features[test])
    return told


def by_words(train: Ints, test: Ints, seed: int) -> Floats:
    """Return the decision values [B, 3] of an SVM over marked sentences."""
    return svm(all_text(), train, test)


def by_states(train: Ints, test: Ints, seed: int) -> Floats:
    """Return the log-probabilities [B, 3] of a logistic regression over pooled states."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    _, features = states()
    learner = LogisticRegression(C=POOLED, class_weight="balanced", max_iter=200)
    model = make_pipeline(StandardScaler(), learner).fit(features[train], corpus().labels[train])
    told: Floats = model.predict_log_proba(features[test])
    return told


def by_reader(train: Ints, test: Ints, seed: int) -> Floats:
    """Return the log-probabilities [B, 3] of a net that reads word by word."""
    return reader_scores(states()[0], corpus().labels, train, test, seed, READING)


VIEWS = {"words": by_words, "states": by_states, "reader": by_reader}


def blind(view: str, kind: str, seed: int, left: tuple[int, ...]) -> Floats:
    """Return the scores [S, 3] of the rows of some folds by a view that did not see them."""

    def make() -> Floats:
        train, last = apart(folds(kind, seed), left)
        told = np.zeros((len(corpus().labels), 3))
        told[last] = VIEWS[view](train, last, 100 * seed + 10 * left[0] + left[-1])
        return told

    return kept(f"athar {view} {kind} {seed} {left} {READING} {POOLED}", make)


def scores_for(view: str, kind: str, seed: int, test: int) -> Floats:
    """Return a view's scores [S, 3] of the test fold's rows and of its partners'.

    Those of the test are means over the models of the partners and one that saw them too.
    """
    fold, told = folds(kind, seed), np.zeros((len(corpus().labels), 3))
    others = partners(kind, test)
    told[fold == test] = blind(view, kind, seed, (test,))[fold == test]
    for other in others:
        found = blind(view, kind, seed, (min(test, other), max(test, other)))
        told[fold == other] = found[fold == other]
        told[fold == test] += found[fold == test]
    told[fold == test] /= 1 + len(others)
    return told


def corrected(
    told: Floats, views: Floats, own: Ints, last: Ints, fold: Ints, seed: int
) -> tuple[Floats, Floats]:
    """Return scores of both sets of rows by models of the graph, each blind to an inner fold."""
    labels = corpus().labels
    rows = np.concatenate([own, last])
    inputs = Inputs(told, views, own, rows)
    first, second = np.zeros((len(own), 3)), np.zeros((len(last), 3))
    inner = np.unique(fold[own])
    for number, part in enumerate(inner):
        seen, kept = own[fold[own] != part], own[fold[own] == part]
        model = _trained(inputs, seen, kept, labels, FOLDS[GROUPED] * seed + number)
        first[fold[own] == part] = _scores(model, inputs, kept)
        second += _scores(model, inputs, last) / len(inner)
    return first, second


class Inputs:
    """What the graph's models see when `own` rows have labels and `rows` have scores."""

    def __init__(self, told: Floats, views: Floats, own: Ints, rows: Ints) -> None:
        found = corpus()
        near = around(found, told, own, rows)
        text = np.concatenate([views, told, near], 1)
        mean, deviation = text[rows].mean(0), text[rows].std(0) + 1e-6
        self.text = torch.from_numpy((text - mean) / deviation).float()
        self.told = torch.from_numpy(told).float()
        titles, self.ends = network()
        self.nodes = nodes_of(titles, self.ends, told, rows)

    def of(self, rows: Ints) -> tuple[Tensor, Tensor, Tensor]:
        """Return ends [2, B], features [B, F], and scores [B, 3] of rows."""
        return self.ends[:, torch.from_numpy(rows)], self.text[rows], self.told[rows]


def _trained(inputs: Inputs, seen: Ints, kept: Ints, labels: Ints, seed: int) -> SentenceModel:
    torch.manual_seed(seed)
    model = SentenceModel(inputs.nodes, inputs.ends, inputs.text.shape[1])
    truth = torch.from_numpy(labels[seen])
    weight = (len(seen) / (3 * torch.bincount(truth, minlength=3))).float()

    def losses(_: int) -> Any:
        yield cross_entropy(model(*inputs.of(seen)), truth, weight)

    def score() -> float:
        scores = _scores(model, inputs, kept)
        return macro_f1(labels[kept], answers(scores, labels[kept], scores)[0], 3)

    fit(model, losses, score, Plan(**PLAN, seed=seed))
    return model


@torch.no_grad()
def _scores(model: SentenceModel, inputs: Inputs, rows: Ints) -> Floats:
    model.eval()
    found: Floats = model(*inputs.of(rows)).log_softmax(1).double().numpy()
    return found


def measured(kind: str, seed: int, chosen: Sequence[str] = tuple(VIEWS)) -> Result:
    """Return macro-F1 of each system on the same folds, and the paired tests of two of them."""
    fold, labels = folds(kind, seed), corpus().labels
    told = {name: np.zeros(len(labels), dtype=np.int64) for name in (*SYSTEMS, *chosen)}
    for test in range(FOLDS[kind]):
        train, last = apart(fold, (test,))
        told["sober"][last] = svm(raw_words(), train, last).argmax(1)
        own = train[np.isin(fold[train], partners(kind, test))]
        views = {name: scores_for(name, kind, seed, test) for name in chosen}
        for name, view in views.items():
            told[name][last] = answers(view[own], labels[own], view[last])[1]
        joined = np.hstack(list(views.values()))
        text = np.zeros((len(labels), 3))
        text[own], text[last] = stacked([joined[own]], labels[own], [joined[last]])
        told["text"][last] = answers(text[own], labels[own], text[last])[1]
        first, second = corrected(text, joined, own, last, fold, seed)
        told["graph"][last] = answers(first, labels[own], second)[1]
    scores = {name: macro_f1(labels, answer, 3) for name, answer in told.items()}
    pairs = {"p": ("graph", "text"), "p_sober": ("text", "sober")}
    return {**scores, **{name: better(told[a], told[b]) for name, (a, b) in pairs.items()}}


def better(ours: Ints, theirs: Ints) -> float:
    """Return the one-sided p of the paired bootstrap over sentences."""
    labels = corpus().labels

    def metric(cases: Ints) -> tuple[float, float]:
        return macro_f1(labels[cases], ours[cases], 3), macro_f1(labels[cases], theirs[cases], 3)

    return paired_bootstrap(metric, len(labels)).p


def bench(quick: bool) -> Bench:
    """Return a case a protocol, which measures all systems on the same folds; or less of it."""
    kinds = (GROUPED,) if quick else tuple(GOALS)
    chosen = ("words",) if quick else tuple(VIEWS)

    def case(kind: str) -> Case:
        settings = f"{PLAN} {READING} {POOLED}, one that saw all"
        settings += " quick" if quick else ""
        return Case(kind, lambda seed: measured(kind, seed, chosen), 300.0, settings)

    return Bench([case(kind) for kind in kinds], rows)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of the sober system, of text alone, and of text and graph."""
    made = []
    for kind, results in found.items():
        sober, text = average(results, "sober"), average(results, "text")
        views = ", ".join(
            f"{name} {average(results, name):.3f}" for name in VIEWS if name in results[0]
        )
        above = f"p against text alone {max(result['p'] for result in results):.3f} at most"
        for label, name, baseline, goal, note in (
            ("TF-IDF + SVM", "sober", FLOORS[kind], None, ""),
            ("text alone", "text", sober, None, views),
            ("TANGNN on text and graph", "graph", text, GOALS[kind], above),
        ):
            made.append(
                row(
                    f"athar, {kind}, {label}",
                    results,
                    name,
                    unit="macroF1",
                    baseline=baseline,
                    goal=goal,
                    note=note,
                )
            )
    return made
