"""How papers are cited: counts and quotes, each from the text of its paper."""

import pytest

from paperflow import learning
from paperflow.analysis import analyze
from paperflow.errors import NotReady


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


def test_without_citing_sentences_it_says_what_is_missing(demo):
    with pytest.raises(NotReady, match="no sentence"):
        learning.sentiment(demo)


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
