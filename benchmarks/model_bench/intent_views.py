"""Views of the sentences of a set: an SVM on TF-IDF, sums of kernels, and a net that reads.

Kernel ridge regression sums three kernels: cosines of TF-IDF, a Gaussian of cues written by hand,
and a Gaussian of the frozen encoder's states, pooled over the sentence and around the citation.
"""

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, hstack

from model_bench.cited import anonymous
from model_bench.intent_cues import cues
from model_bench.intent_sets import read
from model_bench.words import REACH, Reading, Words, components, read_words, reader_scores

PARTS = ("words", "cues", "states")
STRENGTHS = {"scicite": 1.0, "acl-arc": 0.1}  # of the SVM, as chosen on validation
RIDGE, BALANCE = 0.7, 0.9  # of the kernels, by cross-validation on ACL-ARC's training part
SHARPNESS = {"cues": 0.5, "states": 1.0}  # of the Gaussians, in median distances
READING = Reading()
SETTINGS = {  # what the scores of a view are kept by
    "sober": f"{STRENGTHS}",
    "kernels": f"{RIDGE} {BALANCE} {SHARPNESS}",
    "reader": f"{READING}",
}
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]


def tfidf(texts: list[str], known: int, words: int, chars: bool) -> csr_array:
    """Return TF-IDF of up to so many words, and of characters, fitted on the first `known`."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    kinds = [TfidfVectorizer(ngram_range=(1, words), min_df=2, sublinear_tf=True)]
    if chars:
        kinds.append(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True)
        )
    return csr_array(hstack([kind.fit(texts[:known]).transform(texts) for kind in kinds]))


class Sentences:
    """What the views see of all sentences of a set, those of the test last."""

    def __init__(self, name: str) -> None:
        (known, self.labels), (test, self.truth) = read(name)
        self.name, self.known, self.every = name, len(known), known + test
        self.classes = int(self.labels.max()) + 1
        self.marked = [anonymous(text) for text in self.every]

    @cached_property
    def tfidf(self) -> csr_array:
        """TF-IDF of words and of characters."""
        return tfidf(self.every, self.known, 3, chars=True)

    @cached_property
    def states(self) -> Words:
        """The encoder's states of the words."""
        return read_words(self.marked)

    @cached_property
    def words(self) -> Words:
        """The states by principal components."""
        return components(self.states)


sentences = cache(Sentences)


@cache
def kernels(name: str, parts: tuple[str, ...] = PARTS) -> Singles:
    """Return the mean of kernels of all sentences with the known ones [S, K], 1 where alike."""
    of = sentences(name)
    total = np.zeros((len(of.every), of.known), dtype=np.float32)
    if "words" in parts:
        texts = tfidf(of.every, of.known, 2, chars=False)
        for at in range(0, len(total), 512):
            total[at : at + 512] = (texts[at : at + 512] @ texts[: of.known].T).toarray()
    if "cues" in parts:
        shown = np.stack([cues(*pair) for pair in zip(of.every, of.marked, strict=True)])
        total += gaussian(shown, of.known, SHARPNESS["cues"])
    if "states" in parts:
        total += gaussian(regions(of.states), of.known, SHARPNESS["states"])
    return total / np.float32(len(parts))


def regions(words: Words) -> Singles:
    """Return states of each sentence [S, 8D]: its mean, greatest, least, first, near a citation."""
    rows = []
    for begin, end in zip(words.starts, words.starts[1:], strict=False):
        states = words.states[begin:end].astype(np.float32)
        away = words.places[begin:end] - REACH - 1
        away[words.places[begin:end] == 0] = REACH + 1  # no citation was found
        around = [
            np.abs(away) <= REACH // 2,
            away == 0,
            (away < 0) & (away > -4),
            (away > 0) & (away < 4),
        ]
        parts = [states[there] if there.any() else states for there in around]
        means = [part.mean(0) for part in (states, *parts)]
        rows.append(np.concatenate([*means, states.max(0), states.min(0), states[0]]))
    return np.stack(rows)


def gaussian(features: Singles, known: int, sharpness: float) -> Singles:
    """Return a Gaussian kernel of standardised features with the known ones [S, K]."""
    features = (features - features[:known].mean(0)) / (features[:known].std(0) + 1e-6)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    away = 1 - features @ features[:known].T
    found: Singles = np.exp(away * np.float32(-sharpness / np.median(away[:known:7])))
    return found


def svm(of: Sentences, train: Ints, asked: Ints) -> Floats:
    """Return the decision values [B, C] of a balanced linear SVM."""
    from sklearn.svm import LinearSVC

    strength = STRENGTHS[of.name.split()[0]]
    model = LinearSVC(C=strength, class_weight="balanced", tol=1e-3, random_state=0)
    model.fit(of.tfidf[train], of.labels[train])
    told: Floats = model.decision_function(of.tfidf[asked])
    return told


def by_kernels(of: Sentences, train: Ints, asked: Ints, parts: tuple[str, ...] = PARTS) -> Floats:
    """Return the values [B, C] of kernel ridge regression, in which rare classes weigh more."""
    labels, alike = of.labels[train], kernels(of.name, parts)
    sizes = np.bincount(labels, minlength=of.classes)
    weights = (len(train) / (of.classes * sizes[labels])) ** BALANCE
    targets = np.where(np.eye(of.classes)[labels] > 0, 1, -1).astype(np.float32)
    inner = alike[np.ix_(train, train)] + 1  # what is added stands for a constant
    inner[np.diag_indices_from(inner)] += RIDGE / weights
    shares = cho_solve(cho_factor(inner, overwrite_a=True), targets)
    told: Floats = ((alike[np.ix_(asked, train)] + 1) @ shares).astype(np.float64)
    return told


def by_reader(of: Sentences, seed: int, train: Ints, asked: Ints) -> Floats:
    """Return the log-probabilities [B, C] of a net that reads word by word."""
    return reader_scores(of.words, of.labels, train, asked, seed, READING)
