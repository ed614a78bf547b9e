"""Citation intent from a sentence: SciCite, and ACL-ARC without its leak.

In ACL-ARC 54 of 139 test sentences also stand in training: `de-duplicated` takes them out of
training. The features are TF-IDF and the frozen packaged encoder's vectors; strength and share
of the vectors are chosen on the validation sentences. No draw plays a part: one run.
"""

import gzip
import json
from functools import cache
from itertools import product

import numpy as np
from judged import data
from numpy.typing import NDArray
from report import Row
from scipy.sparse import csr_array, hstack, vstack

from model_bench.experiment import Bench, Case, Found, Result, average, row
from model_bench.texts import vectors
from paperflow.graph_models.evaluate import macro_f1

GOALS = {"scicite": 0.84, "acl-arc de-duplicated": 0.60}
FLOORS = {"scicite": 0.813, "acl-arc de-duplicated": 0.526, "acl-arc as distributed": 0.688}
STRENGTHS = (0.03, 0.1, 0.3, 1.0)
SHARES = (0.0, 0.5, 1.0, 2.0, 4.0)
Split = tuple[list[str], NDArray[np.int64]]


@cache
def read(name: str) -> tuple[Split, Split, Split]:
    """Return texts and labels of the three parts; de-duplicated where the name says so."""
    folder = name.split()[0]
    rows = []
    for part in ("train", "dev", "test"):
        path = data(f"citation-intent/{folder}/{part}.jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows.append([json.loads(line) for line in file])
    labels = sorted({row["label"].lower() for part in rows for row in part})
    if "de-duplicated" in name:
        shown = {row["text"] for row in rows[2]}
        rows[:2] = [[row for row in part if row["text"] not in shown] for part in rows[:2]]
    return tuple(  # type: ignore[return-value]
        (
            [row["text"] for row in part],
            np.array([labels.index(row["label"].lower()) for row in part]),
        )
        for part in rows
    )


def features(texts: tuple[list[str], ...]) -> list[tuple[csr_array, csr_array]]:
    """Return TF-IDF, fitted on the first texts, and vectors of each set of texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    word = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    char = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
    made = []
    for number, part in enumerate(texts):
        run = "transform" if number else "fit_transform"
        words = hstack([getattr(word, run)(part), getattr(char, run)(part)])
        made.append((csr_array(words), csr_array(vectors(part))))
    return made


def told(
    train: csr_array, labels: NDArray[np.int64], test: csr_array, strength: float
) -> NDArray[np.int64]:
    """Return what a balanced linear SVM says of the test rows."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=strength, class_weight="balanced", tol=1e-3, random_state=0)
    found: NDArray[np.int64] = model.fit(train, labels).predict(test)
    return found


def measured(name: str, shares: tuple[float, ...]) -> Result:
    """Choose on validation, train on training and validation, and return the test figure."""
    train, valid, test = read(name)
    found = features((train[0], valid[0], test[0]))
    classes = int(max(train[1].max(), test[1].max())) + 1

    def mixed(part: int, share: float) -> csr_array:
        words, meaning = found[part]
        return csr_array(hstack([words, share * meaning])) if share else words

    def reached(strength: float, share: float) -> float:
        answer = told(mixed(0, share), train[1], mixed(1, share), strength)
        return macro_f1(valid[1], answer, classes)

    chosen = max(product(STRENGTHS, shares), key=lambda pair: reached(*pair))
    labels = np.concatenate([train[1], valid[1]])
    both = csr_array(vstack([mixed(part, chosen[1]) for part in (0, 1)]))
    answer = told(both, labels, mixed(2, chosen[1]), chosen[0])
    return {
        "valid": reached(*chosen),
        "macro_f1": macro_f1(test[1], answer, classes),
        "strength": chosen[0],
        "share": chosen[1],
    }


def bench(quick: bool) -> Bench:
    """Return TF-IDF alone and with vectors on each set; ACL-ARC alone when quick."""
    names = [name for name in FLOORS if not quick or "acl-arc" in name]
    cases = [
        Case(
            f"{name}, {label}",
            lambda seed, name=name, shares=shares: measured(name, shares),
            90.0 if name == "scicite" else 10.0,
            f"{STRENGTHS} {shares}",
            one_seed=True,
        )
        for name in names
        for label, shares in (("TF-IDF + SVM", (0.0,)), ("with vectors", SHARES[1:]))
    ]
    return Bench(cases, rows)


def rows(found: Found) -> list[Row]:
    """Return macro-F1 of each case; what has vectors has the goal."""
    made = []
    for case, results in found.items():
        name, label = case.split(", ")
        goal = GOALS.get(name) if label == "with vectors" else None
        sober = average(found[f"{name}, TF-IDF + SVM"], "macro_f1")
        made.append(row(case, results, "macro_f1", unit="macroF1", baseline=sober, goal=goal))
    return made
