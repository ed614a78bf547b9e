"""Athar's sentences as their texts alone show them: two views, each a learner of the classes."""

from functools import cache

import numpy as np
from scipy.sparse import csr_array, hstack

from model_bench.cited import Corpus, anonymous, read
from model_bench.intent_sets import read as scicite
from model_bench.polarity import polarity
from model_bench.stacking import Floats, Ints
from model_bench.words import Reading, Words, components, read_words, reader_scores

READING = Reading(channels=64, batch=128, rate=2e-3, epochs=4)
WIDTH = 128  # principal components of a word's states
AID = 5120  # sentences of SciCite, whose intents are a second task of the reader


@cache
def corpus() -> Corpus:
    """Return the corpus, read once."""
    return read()


@cache
def raw_words() -> csr_array:
    """Return TF-IDF of words and characters of the sentences as they are."""
    return _tfidf(corpus().texts, chars=True)


@cache
def all_text() -> csr_array:
    """Return TF-IDF of marked sentences and of what is near the citation."""
    return csr_array(hstack([_tfidf(corpus().marked, chars=True), _tfidf(corpus().near)]))


@cache
def states() -> tuple[Words, Ints]:
    """Return the words by principal components, and labels, of this corpus and then SciCite."""
    (texts, intents), _ = scicite("scicite")
    aid = read_words([anonymous(text) for text in texts[:AID]])
    labels = np.concatenate([corpus().labels, 3 + intents[:AID]])
    return components(read_words(corpus().marked).joined(aid), WIDTH), labels


@cache
def cues() -> Floats:
    """Return what words of praise and criticism stand near the citation [S, F]."""
    return polarity(corpus().marked)


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


def by_reader(train: Ints, test: Ints, seed: int) -> Floats:
    """Return the log-probabilities [B, 3] of a net that reads word by word, intents as well."""
    words, labels = states()
    aid = 3, np.arange(len(corpus().labels), len(labels))
    return reader_scores(words, labels, train, test, seed, READING, aid)


VIEWS = {"words": by_words, "reader": by_reader}
