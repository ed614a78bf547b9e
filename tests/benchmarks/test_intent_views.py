"""The views of a citation's intent: what a cue sees, and what a model may see."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    """Return the benchmark's modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        from model_bench import intent, intent_cues, intent_sets, intent_views

        yield {"intent": intent, "cues": intent_cues, "sets": intent_sets, "views": intent_views}


@pytest.mark.parametrize(
    ("group", "marked"),
    [
        ("USES", "We trained the parser TARGETCIT on the corpus ."),
        ("EXTENDS", "Our work extends the model of TARGETCIT ."),
        ("COMPARES", "Unlike TARGETCIT , our method is similar to the baseline ."),
        ("FUTURE", "In future work we plan to explore TARGETCIT ."),
        ("MOTIVATES", "This was inspired by TARGETCIT , because it is important ."),
    ],
)
def test_the_cues_of_an_intent_find_its_sentence_and_not_a_plain_one(bench, group, marked):
    from re import IGNORECASE, search

    patterns = getattr(bench["cues"], group)
    plain = "TARGETCIT presented a grammar of Latin ."
    assert sum(bool(search(pattern, marked, IGNORECASE)) for pattern in patterns) >= 2
    assert not any(search(pattern, plain, IGNORECASE) for pattern in patterns)


def test_cues_know_where_the_citations_stand(bench):
    shown = bench["cues"].cues("A [1] b [2].", "A TARGETCIT b TARGETCIT .")
    assert shown[-6:-3] == pytest.approx([2, 0.25, 0.75])


@given(st.lists(st.sampled_from("abcdefgh"), min_size=5, max_size=40), st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_equal_sentences_share_their_fold(bench, texts, seed):
    fold = bench["sets"].folds(texts, seed, 5)
    assert len(set(zip(texts, fold, strict=True))) == len(set(texts))


def made_set(views, monkeypatch):
    """Return a set of 80 sentences, a quarter of them to be told; the kernel of cues is given."""
    draw = np.random.default_rng(0)
    labels = (np.arange(80) % 4 == 0).astype(np.int64)
    features = (draw.normal(size=(80, 6)) + 2 * labels[:, None]).astype(np.float32)
    alike = views.gaussian(features, 60, 0.5)
    of = views.Sentences.__new__(views.Sentences)
    of.name, of.known, of.classes = "made", 60, 2
    of.every = [f"text {number}" for number in range(80)]
    of.labels, of.truth = labels[:60], labels[60:]
    monkeypatch.setattr(views, "kernels", lambda *_: alike)
    return of, alike


def test_kernels_tell_a_rare_class(bench, monkeypatch):
    of, alike = made_set(bench["views"], monkeypatch)
    told = bench["views"].by_kernels(of, np.arange(60), np.arange(60, 80))
    assert np.allclose(np.diag(alike), 1, atol=1e-5)
    assert np.allclose(alike[:60], alike[:60].T, atol=1e-5)
    assert (told.argmax(1) == of.truth).mean() > 0.9


def test_what_tells_a_sentence_has_not_seen_its_fold(bench, monkeypatch):
    of, _ = made_set(bench["views"], monkeypatch)
    intent, fold = bench["intent"], bench["sets"].folds(of.every[:60], 3, 5)
    monkeypatch.setattr(intent, "kept", lambda _, make: make())
    seen = []

    def run(train, asked):
        seen.append(set(train))
        held = [row for row in asked if row < 60]
        assert not set(fold[held]) & set(fold[train])
        return np.eye(2)[[int(row >= 60) for row in asked]]

    own, test = intent.blind(of, "sober", run, 3)
    assert own[:, 0].tolist() == [1] * 60
    assert np.allclose(test[:, 1], 1)
    whole = seen.copy()
    intent.blind(of, "sober", run, 3, share=0.5)
    assert all(half < full for half, full in zip(seen[5:], whole, strict=True))
