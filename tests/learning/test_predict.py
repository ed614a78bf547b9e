"""Predictions on the bundled corpus: what they are, and what they never are."""

from shutil import copytree

import pytest

from paperflow import learning
from paperflow.errors import NotReady, UnknownName
from paperflow.records import Paper
from paperflow.workspace import find_workspace


def test_missing_citations_are_told_with_reasons_and_are_no_citations(demo):
    found = learning.predict_links(demo, limit=30)
    cited = {paper.id: set(paper.references) for paper in demo.store.papers.all()}
    assert len(found.items) == 30
    assert all(item.reasons and 0 <= item.score <= 1 for item in found.items)
    assert [item for item in found.items if item.target in cited[item.source]] == []
    assert [item.score for item in found.items] == sorted(
        (item.score for item in found.items), reverse=True
    )


def test_no_paper_is_told_to_cite_a_later_one_nor_two_to_cite_each_other(demo):
    years = {paper.id: paper.year for paper in demo.store.papers.all()}
    pairs = [(i.source, i.target) for i in learning.predict_links(demo, limit=200).items]
    assert len(pairs) == 200
    dated = [(years[a], years[b]) for a, b in pairs if years.get(a) and years.get(b)]
    assert dated
    assert [pair for pair in dated if pair[1] > pair[0]] == []
    assert {(b, a) for a, b in pairs}.isdisjoint(pairs)


def test_predictions_of_one_paper_come_from_it_alone(demo):
    found = learning.predict_links(demo, "2012.09699", limit=5)
    assert {item.source for item in found.items} == {"arxiv:2012.09699"}
    with pytest.raises(UnknownName):
        learning.predict_links(demo, "no such paper")


def test_a_paper_s_concepts_replace_those_of_its_own_alone(demo, tmp_path):
    copytree(demo.home, tmp_path / demo.home.name)
    own = find_workspace(tmp_path)
    learning.keep(own, learning.predict_concepts(own))
    before = set(own.store.predictions.all("concepts"))
    asked = learning.predict_concepts(own, "2012.09699")
    assert asked.sources
    learning.keep(own, asked)
    after = set(own.store.predictions.all("concepts"))
    others = {item for item in before if item.source not in asked.sources}
    assert others
    assert after == others | set(asked.kept)


def test_what_is_shown_does_not_decide_what_is_kept(demo):
    few, many = (learning.predict_links(demo, limit=limit) for limit in (3, 30))
    assert few.kept == many.kept
    assert few.items == few.kept[:3]
    assert len(few.kept) == learning.KEPT


def test_without_a_model_the_scores_are_called_no_probabilities(demo):
    found = learning.predict_links(demo, limit=3)
    assert "no model is trained" in found.note
    assert not any(item.calibrated for item in found.items)


def test_predictions_are_the_same_each_time(demo):
    assert learning.predict_links(demo) == learning.predict_links(demo)
    assert learning.recommend(demo) == learning.recommend(demo)


def test_a_library_that_cites_nothing_is_refused_with_a_reason(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="Bridges of a Town")])
    with pytest.raises(NotReady, match="no citations"):
        learning.predict_links(workspace)
