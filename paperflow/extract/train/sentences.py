"""Train the sentence heads: citation intent (SciCite), function (ACL-ARC), sentiment (Athar)."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from paperflow.extract.heads.linear import Floats, LinearHead, bucket_counts, weighted
from paperflow.extract.train.save import rounded, save_head

BUCKETS = 1 << 16
_STRENGTH = 5.0  # C of the logistic regression; .1 to 30 make a difference of .01


class Labelled(NamedTuple):
    """A sentence, its class, and the group that must not be on both sides of a split."""

    text: str
    label: str
    group: str = ""


class Split(NamedTuple):
    """What a head is trained and tested on; the first of `labels` is the usual class."""

    labels: tuple[str, ...]
    train: list[Labelled]
    test: list[Labelled]
    about: dict[str, Any]


def train(name: str, data: Path, out: Path) -> dict[str, float]:
    """Train and write the head called `name`; return its scores on the test split."""
    split = {"intent": scicite, "function": acl_arc, "sentiment": athar}[name](data)
    head = fitted(split.labels, split.train)
    scores = evaluate(head, split.test)
    about = dict(split.about)
    if name == "function":
        scores |= _without_leak(split)
    if name == "sentiment":
        about["calibration"] = calibration(split)
        scores |= _calibrated_scores(head, about["calibration"], split.test)
    arrays = {"weights": head.weights, "bias": head.bias, "idf": head.idf}
    made = {"labels": list(split.labels), "buckets": BUCKETS, "seed": 0, "scores": rounded(scores)}
    save_head(out, name, arrays, {**made, **about})
    return scores


def fitted(labels: Sequence[str], rows: Sequence[Labelled]) -> LinearHead:
    """Return one-against-the-rest logistic regression with classes weighted alike."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    idf = _idf([row.text for row in rows])
    base = LogisticRegression(
        C=_STRENGTH, class_weight="balanced", solver="liblinear", random_state=0
    )
    model = OneVsRestClassifier(base)
    model.fit(_matrix([row.text for row in rows], idf), [labels.index(r.label) for r in rows])
    weights = np.stack([one.coef_[0] for one in model.estimators_], axis=1).astype(np.float32)
    bias = np.array([one.intercept_[0] for one in model.estimators_], dtype=np.float32)
    return LinearHead(tuple(labels), weights, bias, idf)


def evaluate(head: LinearHead, rows: Sequence[Labelled]) -> dict[str, float]:
    """Return macro-F1 and accuracy."""
    return _right(rows, head.classify([row.text for row in rows]))


def _right(rows: Sequence[Labelled], found: Sequence[tuple[str, float]]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    truth, told = [row.label for row in rows], [label for label, _ in found]
    return {
        "macro_f1": float(f1_score(truth, told, average="macro")),
        "accuracy": float(accuracy_score(truth, told)),
    }


def calibration(split: Split) -> dict[str, Any]:
    """Return weights [K, K] and bias [K] that turn scores into logits of probabilities.

    Classes weighted alike make rare ones look likely. A head is fitted without every fifth group
    of the training data, and its scores of that fifth are calibrated (Platt, 1999, with K classes).
    """
    from sklearn.linear_model import LogisticRegression

    held = [crc32(row.group.encode()) % 5 == 1 for row in split.train]
    head = fitted(split.labels, [r for r, out in zip(split.train, held, strict=True) if not out])
    rows = [r for r, out in zip(split.train, held, strict=True) if out]
    scores = np.stack([head.scores(row.text) for row in rows])
    model = LogisticRegression(C=1.0, random_state=0)
    model.fit(scores, [split.labels.index(row.label) for row in rows])
    return {
        "weights": [[round(float(x), 4) for x in row] for row in model.coef_],
        "bias": [round(float(x), 4) for x in model.intercept_],
    }


def _calibrated_scores(
    head: LinearHead, found: Mapping[str, Any], rows: Sequence[Labelled]
) -> dict[str, float]:
    scores = _right(rows, head.calibrated([row.text for row in rows], found))
    error = calibration_error(head, found, rows)
    return {"calibration_error": error} | {f"calibrated_{name}": x for name, x in scores.items()}


def calibration_error(
    head: LinearHead, found: Mapping[str, Any], rows: Sequence[Labelled]
) -> float:
    """Return how far the probability of the told class is from the share that is right."""
    told = head.calibrated([row.text for row in rows], found)
    right = np.array([label == row.label for (label, _), row in zip(told, rows, strict=True)])
    chance = np.array([chance for _, chance in told])
    parts = np.array_split(np.argsort(chance, kind="stable"), 10)
    gaps = [abs(chance[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(rows))


def _idf(texts: Sequence[str]) -> Floats:
    """Return smoothed inverse document frequencies [BUCKETS], 0 for what stands in one text."""
    seen = np.zeros(BUCKETS)
    for text in texts:
        seen[list(bucket_counts(text, BUCKETS))] += 1
    idf = np.log((1 + len(texts)) / (1 + seen)) + 1
    return np.where(seen > 1, idf, 0).astype(np.float32)


def _matrix(texts: Sequence[str], idf: Floats) -> Any:
    from scipy.sparse import csr_matrix

    rows = [weighted(text, idf) for text in texts]
    ends = np.cumsum([0, *(len(slots) for slots, _ in rows)])
    slots, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    return csr_matrix((values, slots, ends), shape=(len(texts), BUCKETS))


def _without_leak(split: Split) -> dict[str, float]:
    """Return the score when no test sentence stands in the training data as well."""
    test = {row.text for row in split.test}
    clean = [row for row in split.train if row.text not in test]
    scores = evaluate(fitted(split.labels, clean), split.test)
    return {"macro_f1_deduplicated": scores["macro_f1"], "leaked_test_rows": float(_leaked(split))}


def _leaked(split: Split) -> int:
    known = {row.text for row in split.train}
    return sum(row.text in known for row in split.test)


def scicite(data: Path) -> Split:
    """Return SciCite (Cohan et al., 2019): background, method, result."""
    return Split(
        ("background", "method", "result"),
        [*_lines(data, "scicite/train"), *_lines(data, "scicite/dev")],
        list(_lines(data, "scicite/test")),
        {"data": "SciCite (Cohan et al., 2019)", "terms": "Apache-2.0", "split": "official"},
    )


def acl_arc(data: Path) -> Split:
    """Return ACL-ARC (Jurgens et al., 2018), six functions; its usual split leaks."""
    return Split(
        ("background", "uses", "compares", "motivation", "extends", "future"),
        [_renamed(r) for part in ("train", "dev") for r in _lines(data, f"acl-arc/{part}")],
        [_renamed(row) for row in _lines(data, "acl-arc/test")],
        {
            "data": "ACL-ARC (Jurgens et al., 2018)",
            "terms": "Apache-2.0",
            "split": "official; macro_f1_deduplicated: test sentences taken out of training",
        },
    )


def athar(data: Path) -> Split:
    """Return Athar's corpus (2011); every fifth cited paper by hash, with all of it, is test."""
    names = {"o": "neutral", "p": "positive", "n": "negative"}
    path = data / "citation-sentiment" / "athar.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        cells = [line.rstrip("\n").split("\t", 3) for line in file][1:]
    rows = [Labelled(text, names[label], cited) for _, cited, label, text in cells]
    test = [row for row in rows if crc32(row.group.encode()) % 5 == 0]
    known = {row.text for row in test}
    train = [r for r in rows if crc32(r.group.encode()) % 5 and r.text not in known]
    return Split(
        ("neutral", "positive", "negative"),
        train,
        test,
        {
            "data": "Citation sentiment corpus (Athar, 2011)",
            "terms": "none stated by its source; research use",
            "split": "a fifth of the cited papers, by hash, is test; no sentence on both sides",
        },
    )


def _renamed(row: Labelled) -> Labelled:
    name = {"compareorcontrast": "compares"}.get(row.label.lower(), row.label.lower())
    return row._replace(label=name)


def _lines(data: Path, name: str) -> Iterator[Labelled]:
    path = data / "citation-intent" / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Labelled(row["text"], row["label"])
