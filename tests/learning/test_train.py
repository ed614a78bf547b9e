"""Training on a made-up library whose topics cite their own works: what is learned is known."""

import json
from contextlib import nullcontext

import numpy as np
import pytest
import torch

from paperflow import learning
from paperflow.errors import NotReady, UnknownName
from paperflow.graph_models.checkpoint import read_card
from paperflow.learning.evidence import NAMES, candidates
from paperflow.learning.learners import learner
from paperflow.learning.tasks import TASKS, checkpoint
from paperflow.records import Paper
from paperflow.workspace import find_workspace


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


def test_a_model_is_not_asked_about_vectors_of_another_encoder(trained):
    (trained.home / "paperflow.toml").write_text('encoder = "minilm"\nworkers = 1\n')
    other = find_workspace(trained.folder)
    before = learning.predict_links(other, limit=1)
    assert "trained at" in before.note  # no text has a vector of the other encoder yet
    texts = other.store.papers.content_hashes().values()
    vectors = dict.fromkeys(texts, np.ones(384, dtype=np.float32))
    other.store.vectors.put(other.encoder_name, vectors)
    assert "knows texts by" in learning.predict_links(other, limit=1).note


class Stop(Exception):
    """Ends a run in the middle."""


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_model(copied):
    learning.train(copied, "links", "mlp")
    path = checkpoint(copied, "links")
    whole, log = path.with_suffix(".safetensors").read_bytes(), path.with_suffix(".csv").read_text()
    shown = []

    def bar(stop):
        def told(epoch):
            shown.append(epoch.epoch)
            if epoch.epoch == stop:
                raise Stop

        return lambda label, epochs: nullcontext(told)

    with pytest.raises(Stop):
        learning.train(copied, "links", "mlp", bar=bar(9))
    assert learning.predict_links(copied, limit=2).items  # the old model serves until the new one
    assert [run.suffix for run in copied.models.glob("*.run")] == [".run"]
    learning.train(copied, "links", "mlp", bar=bar(None))
    assert shown == list(range(len(log.splitlines()) - 1))
    assert path.with_suffix(".safetensors").read_bytes() == whole
    assert path.with_suffix(".csv").read_text() == log
    assert list(copied.models.glob("*.run")) == []


def test_a_stopped_run_of_another_model_is_forgotten(copied):
    def stop(epoch):
        raise Stop

    for model in ("mlp", "bpr"):
        with pytest.raises(Stop):
            learning.train(copied, "recommend", model, bar=lambda *_: nullcontext(stop))
    assert len(list(copied.models.glob("*.run"))) == 1


def test_a_reader_of_all_papers_is_scored_like_a_paper(copied):
    graph = TASKS["recommend"].graph(copied)
    reader = np.array([graph.rows["reader"]])
    others = candidates(graph, graph.sources[graph.sources != reader[0]])
    column = NAMES.index("neighbours")
    assert candidates(graph, reader).values[:, column].max() <= others.values[:, column].max()


@pytest.mark.parametrize("model", ["gat", "gt", "ppgt"])
def test_attention_of_node_models_names_the_works_on_the_way(copied, model):
    graph = TASKS["links"].graph(copied)
    torch.manual_seed(0)
    learnt = learner(model, graph, 8)
    source, target = graph.rows["doi:10.2/bread-1"], graph.rows["doi:10.2/bread-2"]
    way = learnt.paths(source, target)
    assert way
    for row, weight in way:
        assert graph.out[source, row]
        assert graph.out[target, row]
        assert 0 < weight <= 1
    assert learner("sage", graph, 8).paths is None


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


def test_a_new_paper_is_asked_about_by_a_vector_of_the_same_encoder(copied):
    before = TASKS["links"].graph(copied)
    copied.store.papers.add([Paper(title="More on bread", references=("doi:10.1/x",))])
    graph = TASKS["links"].graph(copied)
    assert graph.encoder == before.encoder
    new = graph.rows[copied.store.papers.find("More on bread")]
    assert np.linalg.norm(graph.features[new]) == pytest.approx(1)
    old = [graph.features[graph.rows[id]] for id in before.ids]
    assert np.allclose(old, before.features)
