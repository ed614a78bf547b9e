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
        from model_bench import around, cited, stacking, words

        yield {"around": around, "cited": cited, "stacking": stacking, "words": words}


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


def test_no_label_of_a_sentence_about_the_same_work_is_heard(bench):
    rows, labels = np.arange(5), np.array([0, 1, 2, 0, 1])
    ends = ["a", "a", "b", "b", "a"], ["x", "x", "x", "y", "y"]
    told = np.log(np.random.default_rng(0).dirichlet(np.ones(3), 5))

    def heard():
        corpus = bench["cited"].Corpus(*ends, labels, [], [], [], {})
        return bench["around"].around(corpus, told, rows, rows)

    before = heard()
    labels[:3] = 2, 2, 0  # of the sentences about x
    after = heard()
    assert np.array_equal(before[:3], after[:3])
    assert not np.array_equal(before[3:], after[3:])
