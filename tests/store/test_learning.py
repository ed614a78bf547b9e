"""Stars and predictions: the reader's own outlives all, what is derived can be forgotten."""

from dataclasses import replace

import pytest

from paperflow.records import Paper, Prediction

BRIDGES = Paper(title="Bridges of a Town", year=1736)
ITEM = Prediction(
    kind="citation", source="a", target="b", score=0.5, reasons=("“alike”", "near"), model="m"
)
CARD = {"model": "m", "metrics": {"mrr": 0.25}}


def test_a_star_follows_its_paper_when_records_merge(store):
    store.papers.add([BRIDGES, Paper(title="Something Else Entirely")])
    before = store.papers.find("Bridges of a Town")
    store.stars.put(before)
    store.stars.put(before)
    store.papers.add([replace(BRIDGES, doi="10.1/bridges")])
    assert before != "doi:10.1/bridges"
    assert store.stars.all() == ["doi:10.1/bridges"]
    store.checks.repair()
    assert store.stars.all() == ["doi:10.1/bridges"]
    store.stars.remove("doi:10.1/bridges")
    assert store.stars.all() == []


def test_a_star_for_nobody_is_none(store):
    store.stars.put("nobody")
    assert store.stars.all() == []


def test_predictions_come_back_as_they_were_the_likeliest_first(store):
    better = replace(ITEM, target="c", score=0.75, calibrated=True)
    store.predictions.put("citation", [ITEM, better], CARD)
    assert store.predictions.all() == [better, ITEM]
    assert store.predictions.all("reading") == []
    assert store.predictions.cards() == {"m": CARD}


def test_new_predictions_replace_those_of_their_kind_or_source_alone(store):
    other = replace(ITEM, source="z")
    reading = replace(ITEM, kind="reading", source="", model="n")
    store.predictions.put("citation", [ITEM, other], CARD)
    store.predictions.put("reading", [reading], CARD)
    fresh = replace(ITEM, target="d", model="k")
    store.predictions.put("citation", [fresh], CARD, sources=["a", "nobody"])
    assert store.predictions.all() == [fresh, other, reading]
    store.predictions.put("citation", [], CARD, sources=[])
    assert store.predictions.all() == [fresh, other, reading]
    store.predictions.put("citation", [], CARD)
    assert store.predictions.all() == [reading]
    assert set(store.predictions.cards()) == {"n"}


def test_predictions_are_no_change_of_the_facts_and_go_with_a_repair(store):
    revision, counts = store.revision, store.facts.counts()
    store.predictions.put("citation", [ITEM], CARD)
    assert (store.revision, store.facts.counts()) == (revision, counts)
    store.checks.repair()
    assert store.predictions.all() == []
    assert not list(store.checks.problems())


def test_a_score_beyond_one_is_refused_and_leaves_everything_as_it_was(store):
    store.predictions.put("citation", [ITEM], CARD)
    with pytest.raises(Exception, match=r"(?i)check|constraint"):
        store.predictions.put("citation", [replace(ITEM, score=1.5)], CARD)
    assert store.predictions.all() == [ITEM]
