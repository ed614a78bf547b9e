"""How papers are cited: counts and quotes, each from the text of its paper."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow import learning
from paperflow.analysis import analyze
from paperflow.errors import NotReady, UnknownName
from paperflow.extract.heads.load import linear_head


@pytest.fixture(scope="module")
def analysed(taught, tmp_path_factory):
    """Return the made-up library after its analysis."""
    from shutil import copytree

    from paperflow.workspace import find_workspace

    folder = tmp_path_factory.mktemp("analysed")
    copytree(taught.home, folder / taught.home.name)
    workspace = find_workspace(folder)
    analyze(workspace)
    return workspace


def test_works_are_told_with_counts_and_quotes_that_stand_in_the_papers(analysed):
    found = learning.sentiment(analysed, limit=50)
    texts = [passage.text for passage in analysed.store.facts.passages()]
    assert found
    for work in found:
        assert sum(work.counts.values()) == len(work.mentions) > 0
        assert all(0 < mention.score <= 1 for mention in work.mentions)
        assert all(any(m.quote in text for text in texts) for m in work.mentions)


def test_one_paper_is_told_alone_and_one_without_mentions_not_at_all(analysed):
    assert learning.sentiment(analysed, "10.2/bread-1") == []


def test_judgements_are_kept_as_predictions_with_the_head_s_card(analysed):
    learning.keep_sentiment(analysed, learning.sentiment(analysed))
    kept = analysed.store.predictions.all("sentiment")
    assert kept
    assert {item.model for item in kept} == {"head sentiment"}
    assert "macro_f1" in analysed.store.predictions.cards()["head sentiment"]["scores"]


def test_the_label_is_the_most_probable_class(analysed):
    for work in learning.sentiment(analysed, limit=50):
        assert all(mention.score >= 1 / len(work.counts) for mention in work.mentions)


@given(st.lists(st.floats(-9, 9), min_size=3, max_size=3))
def test_calibration_may_change_the_label(bias):
    head, wide = linear_head("sentiment"), np.eye(3).tolist()
    quote = "The excellent work on bread in [2] is used here."
    ((label, chance),) = head.calibrated([quote], {"weights": wide, "bias": bias})
    logits = head.scores(quote) + np.array(bias)
    assert label == head.labels[int(logits.argmax())]
    assert chance >= 1 / 3


def test_of_many_judgements_the_surest_is_kept(copied):
    mention = partial(learning.Mention, citing="a", citing_label="A")
    mentions = (
        mention(quote="a good way", sentiment="positive", score=0.5),
        mention(quote="another way", sentiment="neutral", score=0.9),
    )
    counts = {"neutral": 1, "positive": 1, "negative": 0}
    work = learning.Cited(id="b", label="B", papers=1, counts=counts, mentions=mentions)
    learning.keep_sentiment(copied, [work])
    (kept,) = copied.store.predictions.all("sentiment")
    assert (kept.reasons[0], kept.score) == ("neutral", 0.9)


def test_a_cited_work_outside_of_the_library_is_found_by_the_id_that_is_told(analysed):
    for work in learning.sentiment(analysed, limit=50):
        assert learning.sentiment(analysed, work.id) == [work]
    with pytest.raises(UnknownName):
        learning.sentiment(analysed, "doi:10.1/never-cited")


def test_without_citing_sentences_it_says_what_is_missing(demo):
    with pytest.raises(NotReady, match="no sentence"):
        learning.sentiment(demo)
    with pytest.raises(NotReady, match="no sentence"):
        learning.sentiment(demo, "2012.09699")


def test_stars_steer_what_is_recommended(copied):
    learning.star(copied, ["10.2/bread-1", "10.2/bread-3"])
    assert [paper.id for paper in learning.starred(copied)] == [
        "doi:10.2/bread-1",
        "doi:10.2/bread-3",
    ]
    bread = learning.recommend(copied, limit=5)
    assert all("bread" in item.target for item in bread.items)
    assert {item.source for item in bread.items} == {""}
    learning.star(copied, ["10.2/bread-1", "10.2/bread-3"], remove=True)
    learning.star(copied, ["10.2/violins-1"])
    assert all("violins" in item.target for item in learning.recommend(copied, limit=5).items)
