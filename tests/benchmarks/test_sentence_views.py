"""The views of a citation's sentence: what each may see, and that the reader reads."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.graph_models.evaluate import macro_f1

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    """Return the benchmark's modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        from model_bench import around, cited, polarity, sentence_folds, stacking, words

        yield {
            "around": around,
            "cited": cited,
            "folds": sentence_folds,
            "polarity": polarity,
            "stacking": stacking,
            "words": words,
        }


def sentences(words, count, seed):
    """Return sentences of ten random words, told by the word after the citation alone."""
    draw = np.random.default_rng(seed)
    states = draw.normal(size=(count, 10, 8))
    at = draw.integers(0, 9, count)
    labels = (states[np.arange(count), at + 1, 0] > 0).astype(np.int64)
    places = np.arange(10) - at[:, None] + words.REACH + 1
    starts = 10 * np.arange(count + 1)
    return words.Words(states.reshape(-1, 8).astype(np.float16), starts, places.ravel()), labels


def test_the_reader_finds_the_word_that_matters_by_its_place(bench):
    words = bench["words"]
    made, labels = sentences(words, 900, 0)
    how = words.Reading(channels=16, dropout=0.0, epochs=12, rate=1e-2)
    train, asked = np.arange(700), np.arange(700, 900)
    told = words.reader_scores(made, labels, train, asked, 0, how)
    assert np.allclose(np.exp(told).sum(1), 1)
    assert (told.argmax(1) == labels[asked]).mean() > 0.85


def test_a_second_task_gives_no_answers_to_the_first(bench):
    words = bench["words"]
    made, labels = sentences(words, 60, 1)
    labels[30:] += 2
    how = words.Reading(channels=4, epochs=1)
    told = words.reader_scores(
        made, labels, np.arange(20), np.arange(20, 30), 0, how, (2, np.arange(30, 60))
    )
    assert told.shape == (10, 2)
    assert np.allclose(np.exp(told).sum(1), 1)


@given(st.integers(0, 2**16))
@settings(deadline=None, max_examples=10)
def test_offsets_never_lower_what_they_are_chosen_by(bench, seed):
    draw = np.random.default_rng(seed)
    labels, scores = draw.integers(0, 3, 40), draw.normal(size=(40, 3))
    added = bench["stacking"].offsets(scores, labels)
    assert macro_f1(labels, (scores + added).argmax(1), 3) >= macro_f1(labels, scores.argmax(1), 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("by MERT ( Och , 2003 ) towards", "by MERT TARGETCIT towards"),
        ("as in Hickey et al. (2012), spikes", "as in TARGETCIT spikes"),
        ("interacts with it [12,22].", "interacts with it TARGETCIT ."),
        ("in such disease.(7) Unlike", "in such disease. TARGETCIT Unlike"),
    ],
)
def test_every_citation_becomes_a_mark(bench, text, told):
    assert bench["cited"].anonymous(text) == told


def corpus(bench, texts, cited):
    """Return a corpus in which every two sentences are of one paper."""
    citing = [f"paper {at // 2}" for at in range(len(texts))]
    labels = np.arange(len(texts)) % 3
    return bench["cited"].Corpus(citing, cited, labels, texts, texts, texts, {})


def heard(bench, found, fold):
    rows = np.arange(len(fold))
    told = np.log(np.random.default_rng(0).dirichlet(np.ones(3), len(fold)))
    return bench["around"].around(found, told, rows, rows, fold)


def test_no_label_of_a_sentence_of_the_same_fold_is_heard(bench):
    found = corpus(bench, ["text"] * 6, ["x", "x", "x", "y", "y", "y"])
    fold = np.array([0, 0, 1, 0, 1, 1])
    before = heard(bench, found, fold)
    found.labels[:2] = 2, 2
    after = heard(bench, found, fold)
    same = [np.array_equal(*pair) for pair in zip(before, after, strict=True)]
    assert same == [True, True, False, True, True, True]  # the third is about x, in another fold


def test_no_label_is_heard_where_works_share_no_fold(bench):
    found = corpus(bench, ["text"] * 6, ["x", "x", "x", "y", "y", "y"])
    fold = np.array([0, 0, 0, 1, 1, 1])
    before = heard(bench, found, fold)
    found.labels[:] = 2
    assert np.array_equal(before, heard(bench, found, fold))


@pytest.mark.parametrize("kind", ["grouped by cited paper", "random 10-fold"])
def test_a_model_is_blind_to_its_folds(bench, monkeypatch, kind):
    draw = np.random.default_rng(0)
    texts = [f"text {number}" for number in draw.integers(0, 150, 200)]
    found = corpus(bench, texts, [f"work {number}" for number in draw.integers(0, 20, 200)])
    monkeypatch.setattr(bench["folds"], "corpus", lambda: found)
    folds = bench["folds"].Folds(kind, 3)
    train, last = folds.apart(0, 2)
    assert set(folds.of[last]) == {0, 2}
    assert not {texts[row] for row in train} & {texts[row] for row in last}
    half, _ = bench["folds"].Folds(kind, 3, 0.5).apart(0, 2)
    assert set(half) < set(train)
    if kind == "grouped by cited paper":
        assert not {found.cited[row] for row in train} & {found.cited[row] for row in last}


def test_a_test_fold_is_told_the_mean_of_the_models_of_its_partners(bench, monkeypatch):
    found = corpus(bench, [f"text {at}" for at in range(50)], [f"work {at}" for at in range(50)])
    monkeypatch.setattr(bench["folds"], "corpus", lambda: found)
    monkeypatch.setattr(bench["folds"], "kept", lambda _, make: make())

    def view(train, last, seed):
        return np.full((len(last), 3), float(seed))

    monkeypatch.setitem(bench["folds"].VIEWS, "made", view)
    folds = bench["folds"].Folds("grouped by cited paper", 0)
    told = folds.scores("made", 1)
    assert sorted(folds.partners(1)) == [0, 2, 3, 4]
    means = [told[folds.of == fold, 0].mean() for fold in range(5)]
    assert means == [1, (1 + 12 + 13 + 14) / 4, 12, 13, 14]


def test_praise_and_criticism_count_by_their_side_of_the_citation(bench):
    before, after, none = bench["polarity"].polarity(
        ["it fails as TARGETCIT shows", "TARGETCIT is widely used", "we use TARGETCIT here"]
    )
    assert before[:4].tolist() == [np.log(2), 1, 0, 0]
    assert after[4:8].tolist() == [np.log(2), 0, 1, 1]
    assert not none[:8].any()
