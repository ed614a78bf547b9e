"""Citation intent from a sentence: SciCite, and ACL-ARC without its leak.

In ACL-ARC 54 of 139 test sentences also stand in training: `de-duplicated` takes them out of
training. Four views of a sentence, none of which trains the encoder: TF-IDF under an SVM; TF-IDF
of the sentence with citations marked and of what is near them; the frozen encoder's states of
the words, pooled, under a logistic regression; and a net that reads these states word by word,
for ACL-ARC with SciCite as a second task. Five models a view are each blind to a fifth of training
and validation; what they say of it is stacked, which also chooses the offsets of the classes.
The test sees the means of the five.
"""

import gzip
import json
from collections.abc import Sequence
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from judged import data
from numpy.typing import NDArray
from report import Row
from scipy.sparse import csr_array, hstack

from model_bench.cited import anonymous, window
from model_bench.experiment import Bench, Case, Found, Result, average, kept, row
from model_bench.stacking import answers, stacked
from model_bench.words import Reading, Words, components, pooled, read_words, reader_scores
from paperflow.graph_models.evaluate import macro_f1

GOALS = {"scicite": 0.84, "acl-arc de-duplicated": 0.60}
FLOORS = {"scicite": 0.813, "acl-arc de-duplicated": 0.526, "acl-arc as distributed": 0.688}
STRENGTHS = {"scicite": 1.0, "acl-arc": 0.1}  # of the SVM, as chosen on validation
POOLED = 0.003  # strength of the logistic regression over pooled states
FOLDS = 5
READING = Reading()
VIEWS = ("sober", "marked", "pooled", "reader")
SOBER, BLEND = "TF-IDF + SVM", "words, states, and reader"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Split = tuple[list[str], Ints]


@cache
def read(name: str) -> tuple[Split, Split]:
    """Return texts and labels to learn from and to test on; de-duplicated as the name says."""
    folder = name.split()[0]
    rows = []
    for part in ("train", "dev", "test"):
        path = data(f"citation-intent/{folder}/{part}.jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows.append([json.loads(line) for line in file])
    labels = sorted({row["label"].lower() for part in rows for row in part})
    known, test = rows[0] + rows[1], rows[2]
    if "de-duplicated" in name:
        shown = {row["text"] for row in test}
        known = [row for row in known if row["text"] not in shown]
    return tuple(  # type: ignore[return-value]
        (
            [row["text"] for row in part],
            np.array([labels.index(row["label"].lower()) for row in part]),
        )
        for part in (known, test)
    )


def folds(texts: list[str], seed: int) -> Ints:
    """Return each sentence's fold; equal sentences share theirs."""
    distinct = sorted(set(texts))
    order = np.random.default_rng(seed).permutation(len(distinct)) % FOLDS
    of = dict(zip(distinct, order.tolist(), strict=True))
    return np.array([of[text] for text in texts])


def tfidf(texts: list[str], known: int, chars: bool = True) -> csr_array:
    """Return TF-IDF of words, and of characters, fitted on the first `known` texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    kinds = [TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True)]
    if chars:
        kinds.append(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
        )
    return csr_array(hstack([kind.fit(texts[:known]).transform(texts) for kind in kinds]))


class Sentences:
    """What the views see of all sentences of a set, those of the test last."""

    def __init__(self, name: str) -> None:
        (known, labels), (test, truth) = read(name)
        self.name, self.labels, self.truth = name, labels, truth
        self.texts, self.known = known, len(known)
        every = known + test
        marked = [anonymous(text) for text in every]
        self.raw = tfidf(every, self.known)
        near = tfidf([window(text) for text in marked], self.known, chars=False)
        self.marked = csr_array(hstack([tfidf(marked, self.known), near]))
        self.texts_marked = marked

    @cached_property
    def states(self) -> Words:
        """The encoder's states of the words."""
        return read_words(self.texts_marked)

    @cached_property
    def pooled(self) -> NDArray[np.float32]:
        """The states of each sentence pooled [S, F]."""
        return pooled(self.states)

    @cached_property
    def words(self) -> Words:
        """The states by principal components."""
        return components(self.states)


sentences = cache(Sentences)


def svm(features: csr_array, of: Sentences, train: Ints, asked: Ints) -> Floats:
    """Return the decision values [B, C] of a balanced linear SVM."""
    from sklearn.svm import LinearSVC

    strength = STRENGTHS[of.name.split()[0]]
    model = LinearSVC(C=strength, class_weight="balanced", tol=1e-3, random_state=0)
    model.fit(features[train], of.labels[train])
    told: Floats = model.decision_function(features[asked])
    return told


def by_states(of: Sentences, train: Ints, asked: Ints) -> Floats:
    """Return the log-probabilities [B, C] of a logistic regression over pooled states."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    learner = LogisticRegression(C=POOLED, class_weight="balanced", max_iter=300)
    model = make_pipeline(StandardScaler(), learner).fit(of.pooled[train], of.labels[train])
    told: Floats = model.predict_log_proba(of.pooled[asked])
    return told


def by_reader(of: Sentences, seed: int, train: Ints, asked: Ints) -> Floats:
    """Return the log-probabilities [B, C] of a net that reads word by word."""
    if of.name == "scicite":
        return reader_scores(of.words, of.labels, train, asked, seed, READING)
    words, labels, classes, more = aided(of.name)
    return reader_scores(words, labels, train, asked, seed, READING, (classes, more))


@cache
def aided(name: str) -> tuple[Words, Ints, int, Ints]:
    """Return a set's words with SciCite's behind them, labels, its classes, and SciCite's rows."""
    of, aid = sentences(name), sentences("scicite")
    classes, size = int(of.labels.max()) + 1, len(of.labels) + len(of.truth)
    labels = np.concatenate([of.labels, np.zeros_like(of.truth), aid.labels + classes])
    return components(of.states.joined(aid.states)), labels, classes, size + np.arange(aid.known)


def blind(view: str, run: Any, seed: int, of: Sentences) -> tuple[Floats, Floats]:
    """Return scores of the known rows by models that did not see them, and of the test by all."""
    fold, last = folds(of.texts, seed), np.arange(len(of.truth)) + of.known
    own, test = np.zeros((of.known, int(of.labels.max()) + 1)), 0.0
    for part in range(FOLDS):
        left = np.flatnonzero(fold == part)
        train, asked = np.flatnonzero(fold != part), np.concatenate([left, last])
        name = f"{of.name} {view} {seed} {part} {STRENGTHS} {POOLED} {READING}"
        told = kept(name, lambda train=train, asked=asked: run(train, asked))
        own[left], test = told[: len(left)], test + told[len(left) :] / FOLDS
    return own, test


def measured(name: str, seed: int, views: Sequence[str] = VIEWS) -> Result:
    """Return the test figure of each view and of their stack, and what the known rows say."""
    of = sentences(name)
    classes = int(of.labels.max()) + 1
    runs = (
        partial(svm, of.raw, of),
        partial(svm, of.marked, of),
        partial(by_states, of),
        partial(by_reader, of, seed),
    )
    known = dict(zip(VIEWS, runs, strict=True))
    told = {view: blind(view, known[view], seed, of) for view in views}
    told["stack"] = stacked([x[0] for x in told.values()], of.labels, [x[1] for x in told.values()])
    found = {}
    for view, (own, last) in told.items():
        first, second = answers(own, of.labels, last)
        found |= {
            f"{view} known": macro_f1(of.labels, first, classes),
            view: macro_f1(of.truth, second, classes),
        }
    whole = svm(of.raw, of, np.arange(of.known), np.arange(len(of.truth)) + of.known)
    return {**found, "plain": macro_f1(of.truth, whole.argmax(1), classes)}


def bench(quick: bool) -> Bench:
    """Return one case a set, which measures all views; ACL-ARC without the encoder when quick."""
    names = ["acl-arc de-duplicated"] if quick else list(FLOORS)
    views = VIEWS[:2] if quick else VIEWS

    def case(name: str) -> Case:
        settings = f"{STRENGTHS} {POOLED} {FOLDS} {READING}"
        seconds = 180.0 if name == "scicite" else 60.0
        settings += " quick" if quick else ""
        return Case(name, lambda seed: measured(name, seed, views), seconds, settings)

    return Bench([case(name) for name in names], rows)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of the sober view and of the stack, which has the goal."""
    made = []
    for name, results in found.items():
        sober = average(results, "plain")
        views = ", ".join(f"{v} {average(results, v):.3f}" for v in VIEWS if v in results[0])
        made += [
            row(f"{name}, {SOBER}", results, "plain", unit="macroF1", baseline=FLOORS[name]),
            row(
                f"{name}, {BLEND}",
                results,
                "stack",
                unit="macroF1",
                baseline=sober,
                goal=GOALS.get(name),
                note=views,
            ),
        ]
    return made
