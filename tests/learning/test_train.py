"""Training on a made-up library whose topics cite their own works: what is learned is known."""

import json

import pytest
import torch

from paperflow import learning
from paperflow.errors import NotReady, UnknownName
from paperflow.graph_models.checkpoint import read_card
from paperflow.learning.learners import learner
from paperflow.learning.tasks import TASKS, checkpoint
from paperflow.records import Paper


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def trained(copied):
    """Return the library with a trained node model."""
    learning.train(copied, "links", "sage")
    return copied


def test_hidden_citations_are_found_and_the_card_says_how_well(trained):
    card = read_card(checkpoint(trained, "links"))
    assert card.model == "sage"
    assert card.metrics["hidden links"] >= 20
    assert card.metrics[f"{card.config['use']} hits@10"] > 0.6
    assert card.metrics["calibration error"] < 0.1
    assert card.commit == f"revision {trained.store.revision}"


def test_trained_predictions_are_calibrated_and_stay_in_the_topic(trained):
    found = learning.predict_links(trained, limit=40)
    assert all(item.calibrated for item in found.items)
    assert "hits@10" in found.note
    topics = [(item.source.split("-")[0], item.target.split("-")[0]) for item in found.items]
    same = [one.split("/")[1] == other.split("/")[1] for one, other in topics]
    assert sum(same) >= 36


def test_predictions_are_kept_with_the_card_and_change_no_fact(trained):
    before = trained.store.facts.counts(), trained.store.papers.state(), trained.store.revision
    found = learning.predict_links(trained, limit=5)
    assert trained.store.predictions.all() == []
    learning.keep(trained, found)
    assert trained.store.predictions.all("citation") == list(found.kept)
    (kept,) = trained.store.predictions.cards().values()
    assert kept["metrics"] == read_card(checkpoint(trained, "links")).metrics
    after = trained.store.facts.counts(), trained.store.papers.state(), trained.store.revision
    assert after == before


def test_training_twice_gives_the_same_model(trained):
    first = learning.predict_links(trained)
    learning.train(trained, "links", "sage")
    assert learning.predict_links(trained) == first


def test_a_node_model_serves_a_library_that_has_grown(trained):

    new = Paper(
        title="More on bread", abstract="Bread, dough and oven.", references=("doi:10.1/x",)
    )
    trained.store.papers.add([new])
    found = learning.predict_links(trained, "More on bread", limit=3)
    assert all("bread" in item.target for item in found.items)


@pytest.mark.parametrize("model", ["kgat", "bpr", "distmult"])
def test_a_model_of_one_graph_alone_says_when_the_graph_has_changed(copied, model):
    card = learning.train(copied, "recommend", model)
    learning.star(copied, ["10.2/bread-1", "10.2/bread-2"])
    found = learning.recommend(copied, limit=5)
    assert ("changed" in found.note) == (card.config["use"] == "evidence and model")
    assert all(item.calibrated for item in found.items)


def test_attention_of_kgat_names_the_works_on_the_way(copied):
    learning.star(copied, ["10.2/bread-1", "10.2/bread-2", "10.2/bread-3"])
    graph = TASKS["recommend"].graph(copied)
    torch.manual_seed(0)
    learnt = learner("kgat", graph, 8)
    reader, wanted = graph.rows["reader"], graph.rows["doi:10.1/bread-1"]
    way = learnt.paths(reader, wanted)
    assert way
    for row, weight in way:
        assert graph.out[reader, row]
        assert graph.around[row, wanted]
        assert 0 < weight <= 1


def test_too_little_is_refused_with_the_numbers(demo):
    with pytest.raises(NotReady, match="100 citations: too few"):
        learning.train(demo, "links")
    with pytest.raises(UnknownName, match="graphsage"):
        learning.train(demo, "links", "graphsage")
    with pytest.raises(UnknownName, match="no task"):
        learning.train(demo, "everything")


def test_a_broken_card_is_told_and_the_rule_takes_over(trained):
    checkpoint(trained, "links").with_suffix(".json").write_text("{}")
    found = learning.predict_links(trained, limit=2)
    assert "no card" in found.note
    assert not any(item.calibrated for item in found.items)


def test_the_card_is_plain_json(trained):
    text = checkpoint(trained, "links").with_suffix(".json").read_text("utf-8")
    assert json.loads(text)["task"] == "links"
