"""Reading with a language model, from the command to the graph, against a scripted server."""

import json

import pytest
from typer.testing import CliRunner

from paperflow import analysis
from paperflow.cli import app
from paperflow.errors import ModelError
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.extract.model_server import NOTHING, ModelServer, refuses, says

ABSTRACT = (
    "We propose FooFormer, a graph transformer. FooFormer uses quiet pooling on Cora. "
    "It reaches 84.1% accuracy on Cora."
)
QUIET = "FooFormer uses quiet pooling on Cora."
RESULT = "It reaches 84.1% accuracy on Cora."
TOLD = {
    "terms": [
        {"name": "FooFormer", "type": "method", "quote": "We propose FooFormer"},
        {"name": "quiet pooling", "type": "task", "quote": QUIET},
        {"name": "Cora", "type": "metric", "quote": QUIET},
        {"name": "loud pooling", "type": "method", "quote": "FooFormer uses loud pooling"},
    ],
    "links": [
        {"source": "this paper", "type": "proposes", "target": "FooFormer",
         "quote": "We propose FooFormer, a graph transformer."},
        {"source": "FooFormer", "type": "uses", "target": "quiet pooling", "quote": QUIET},
    ],
    "statements": [
        {"relation": "Use", "subjects": ["FooFormer"], "objects": ["quiet pooling"],
         "contexts": ["Cora"], "quote": QUIET},
    ],
    "findings": [
        {"type": "result", "quote": RESULT, "value": "84.1%", "metric": "accuracy",
         "dataset": "Cora", "method": "BarFormer"},
        {"type": "limitation", "quote": "FooFormer uses quiet pooling on Cora"},
    ],
}  # fmt: skip


@pytest.fixture
def library(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([Paper(title="Quiet maps", abstract=ABSTRACT, year=2020)])
    return workspace


def read(workspace, *script, **options):
    """Let a model read that answers by the script, analyse, and return what came of it."""
    with ModelServer(*script, **options) as server:
        asked = analysis.ask_model(workspace, server.model())
    analysis.analyze(workspace)
    return asked, server


def text_in(seen):
    return json.loads(seen.body)["messages"][-1]["content"]


def node(workspace, label):
    (found,) = [e for e in workspace.store.facts.entities() if e.label == label]
    return found


def edge(workspace, type, target):
    id = node(workspace, target).id
    (found,) = [r for r in workspace.store.facts.relations(type) if r.target == id]
    return found


def facts(workspace):
    store = workspace.store.facts
    return list(store.entities()), list(store.relations()), list(store.hyperedges())


def test_facts_of_both_are_one_graph_that_says_who_found_what(library):
    read(library, says(TOLD))
    assert node(library, "FooFormer").properties["model"] == "agrees"
    assert node(library, "Cora").type == "dataset"
    assert node(library, "Cora").properties["model"] == "says metric"
    assert "model" not in node(library, "graph transformer").properties
    assert edge(library, "proposes", "FooFormer").properties["model"] == "agrees"
    assert not list(library.store.checks.problems())


def test_what_only_the_model_found_is_added_with_its_evidence(library):
    analysis.analyze(library)
    before = facts(library)
    read(library, says(TOLD))
    limitation = node(library, "FooFormer uses quiet pooling on Cora")
    assert (limitation.type, limitation.properties["model"]) == ("limitation", "alone")
    assert edge(library, "reports", limitation.label).evidence[0].quote == limitation.label
    assert len(facts(library)[0]) > len(before[0])


def test_a_result_says_only_what_its_quote_names(library):
    new = "The error of FooFormer is 3.5 on CiteSeer."
    library.store.papers.add([Paper(title="Deep sets", abstract=new)])
    told = {"type": "result", "quote": new, "method": "FooFormer", "metric": "error",
            "dataset": "Cora", "value": "3.5"}  # fmt: skip
    read(library, otherwise=says({"findings": [told]}))
    properties = node(library, new).properties
    assert (properties["method"], properties["value"], properties["better"]) == (
        "FooFormer", "3.5", "lower",
    )  # fmt: skip
    assert "dataset" not in properties


def test_what_has_no_quote_is_dropped_and_counted(library):
    asked, _ = read(library, says(TOLD))
    assert [item.what for item in asked.dropped] == ["loud pooling"]
    assert asked.reasons == {"its quote is not in the passage": 1}
    assert asked.facts == 8
    labels = {entity.label for entity in library.store.facts.entities()}
    assert "loud pooling" not in labels


def test_nothing_is_asked_twice(library):
    assert read(library, says(TOLD))[0].chunks == 1
    known = facts(library)
    asked, server = read(library)
    assert (asked.chunks, len(server.seen)) == (0, 0)
    library.store.checks.repair()
    analysis.analyze(library)
    assert facts(library) == known
    library.store.papers.add([Paper(title="Deep sets", abstract="We use pooling.")])
    assert read(library)[0].chunks == 1


def test_a_paper_that_gets_another_id_is_not_asked_about_again(library):
    read(library, says(TOLD))
    same = Paper(title="Quiet maps", abstract=ABSTRACT, year=2020, doi="10.1000/foo")
    library.store.papers.add([same])
    asked, server = read(library)
    assert (asked.chunks, asked.facts, len(server.seen)) == (0, 8, 0)
    assert node(library, "FooFormer uses quiet pooling on Cora").properties["model"] == "alone"


def test_an_analysis_by_rule_alone_is_a_word_away(library):
    analysis.analyze(library)
    alone = facts(library)
    read(library, says(TOLD))
    assert analysis.analyze(library).done == 0
    analysis.forget_model(library)
    assert analysis.analyze(library).done == 1
    assert facts(library) == alone
    assert read(library)[0].chunks == 0


def test_a_text_too_long_for_the_model_is_read_in_parts(library):
    long = " ".join(f"Sentence number {n} tells of graphs." for n in range(60))
    library.store.papers.add([Paper(title="Long", abstract=long)])
    overflow = refuses(400, "context_length_exceeded")

    with ModelServer() as server:
        server.respond = lambda seen: overflow if len(text_in(seen)) > 800 else says(NOTHING)
        asked = analysis.ask_model(library, server.model())
        requests = len(server.seen)
        assert not asked.failures
        assert requests > 4
        assert analysis.estimate(library, "scripted").chunks == 0
        analysis.ask_model(library, server.model())
        assert len(server.seen) == requests


def test_a_model_that_is_told_of_its_broken_json_may_mend_it(library):
    asked, server = read(library, says('{"terms": ['), says(TOLD))
    assert (asked.facts, asked.failures) == (8, [])
    assert "of no use: the model's JSON is broken" in text_in(server.seen[1])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (says("I'm sorry, I can't do that."), "without JSON"),
        (says("<think>and so on"), "thought aloud"),
        (says('{"terms": [', ends="length"), "cut off"),
        (refuses(400, "maximum context length is 10 tokens"), "too long"),
        (refuses(400, "no such thing"), "no such thing"),
    ],
)
def test_a_text_that_comes_to_nothing_is_listed_and_asked_about_again(library, bad, reason):
    asked, _ = read(library, otherwise=bad)
    assert [reason in failure.reason for failure in asked.failures] == [True]
    assert "Quiet maps" in asked.failures[0].item
    assert node(library, "FooFormer").type == "method"
    assert read(library, says(TOLD))[0].facts == 8


def test_a_service_that_refuses_ends_the_asking_and_keeps_what_it_gave(library):
    papers = [Paper(title=f"Paper {n}", abstract="We use pooling.") for n in range(12)]
    library.store.papers.add(papers)
    answers = [says(NOTHING)] * 8
    with (
        ModelServer(*answers, otherwise=refuses(401, "key revoked")) as server,
        pytest.raises(ModelError, match="refuses the key"),
    ):
        analysis.ask_model(library, server.model())
    assert analysis.estimate(library, "scripted").kept == 8


def test_the_estimate_sends_nothing_and_grows_with_the_text(library):
    found = analysis.estimate(library, "m")
    assert (found.chunks, found.kept) == (1, 0)
    library.store.papers.add([Paper(title="Long", abstract=ABSTRACT * 100)])
    more = analysis.estimate(library, "m")
    assert more.sent > found.sent + 2000
    assert more.cost((1.0, 2.0)) == pytest.approx((more.sent + 2 * more.received) / 1e6)


def run(library, *arguments):
    return CliRunner().invoke(app, ["analyze", "-w", str(library.folder), *arguments])


def test_the_command_tells_the_cost_before_it_sends_anything(library, monkeypatch):
    monkeypatch.setenv("PAPERFLOW_MODEL_PRICES", "1000/2000")
    with ModelServer(says(TOLD)) as server:
        options = ("--model", "scripted", "--model-url", server.address)
        told = run(library, *options, "--estimate")
        assert (told.exit_code, told.stdout, server.seen) == (0, "", [])
        assert "scripted: 1 pieces of text to read" in told.stderr
        assert "cost about 0." in told.stderr
        result = run(library, *options)
    assert result.exit_code == 0
    assert result.output.index("cost about") < result.output.index("analysed 1")
    assert "100 tokens sent, 10 received; 8 facts, 1 dropped" in result.stdout
    assert "dropped 1: its quote is not in the passage" in result.stderr


def test_the_command_analyses_by_rule_where_the_model_refuses(library):
    with ModelServer(otherwise=refuses(401, "key revoked")) as server:
        result = run(library, "--model", "m", "--model-url", server.address)
    assert result.exit_code == 1
    assert "analysed 1" in result.stdout
    assert "error: m refuses the key" in result.stderr
    assert node(library, "FooFormer").type == "method"


def test_the_command_gives_everything_as_json(library):
    with ModelServer(says(TOLD)) as server:
        result = run(library, "--model", "m", "--model-url", server.address, "--json")
    told = json.loads(result.stdout)
    assert told["model"]["dropped"] == [
        {"what": "loud pooling", "reason": "its quote is not in the passage"}
    ]
    assert (told["analyzed"], told["model"]["facts"]) == (1, 8)
    assert json.loads(run(library, "--no-model", "--json").stdout) == {"analyzed": 1, "failed": []}


def test_estimating_without_a_model_is_told(library):
    assert "error: no model to ask" in run(library, "--estimate").stderr
