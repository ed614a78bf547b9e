"""What `paperflow doctor --model` finds out about a model, and says will be degraded."""

import json

from typer.testing import CliRunner

from paperflow.agents.doctor import examine_model
from paperflow.cli import app
from tests.agents.scripted import SILENCE, ScriptedServer, calls, refuses, says

CITY = '{"name": "Lisbon", "country": "Portugal"}'


def found(*script, otherwise=None):
    """Return the checks by name."""
    with ScriptedServer(*script, otherwise=otherwise) as server:
        return {check.name: check for check in examine_model(server.open())}


def plays(asked):
    """Return what a model without a fault answers."""
    words = asked["messages"][-1]["content"]
    if asked.get("tools") and asked["messages"][-1]["role"] != "tool":
        return calls(("population", {"city": "Lisbon"}))
    if "response_format" in asked:
        return says(CITY)
    return says("One two three.", sent=len(words) // 5)


def test_a_model_without_a_fault_is_told_so():
    checks = found(otherwise=plays)
    assert {name: check.holds for name, check in checks.items()} == {
        "chat": True, "streaming": True, "tool calls": True, "structured output": True,
        "context": True,
    }  # fmt: skip
    assert checks["tool calls"].found == "called with 'Lisbon'"
    assert checks["structured output"].found == "Lisbon, Portugal; by schema"
    assert checks["context"].found == "at least 16,000 tokens"


def test_a_model_that_does_not_answer_is_asked_no_more():
    with ScriptedServer(SILENCE, SILENCE) as server:
        checks = {check.name: check for check in examine_model(server.open(patience=0.2))}
    assert list(checks) == ["chat"]
    assert not checks["chat"].holds
    assert "nothing that asks a model works" in checks["chat"].degraded


def test_what_a_weak_model_can_t_do_is_told_with_what_suffers():
    def weak(asked):
        if asked.get("tools"):
            return refuses(400, "this model does not support tools")
        if "response_format" in asked:
            return refuses(400, "response_format is not supported")
        if len(asked["messages"][-1]["content"]) > 30_000:
            return refuses(400, "the request exceeds the available context size")
        return says("Yes indeed.", sent=4_000)

    checks = found(otherwise=weak)
    assert [name for name, check in checks.items() if check.holds] == ["chat", "streaming"]
    assert "quotes on each question" in checks["tool calls"].degraded
    assert "without JSON" in checks["structured output"].found
    assert checks["context"].found.startswith("at least 4,000 tokens; at 16,000: the text is too")


def test_a_model_that_ignores_its_tool_calls_none():
    checks = found(otherwise=says("I believe a million."))
    assert checks["tool calls"].found == "it was given a tool and called none"


def test_a_service_that_cuts_texts_silently_is_caught():
    def cuts(asked):
        return says("word", sent=min(2048, len(asked["messages"][-1]["content"])))

    assert "read only" in found(otherwise=cuts)["context"].found
    assert "streaming" in found(otherwise=cuts)


def test_the_command_lists_the_checks_and_fails_where_one_does(demo):
    with ScriptedServer(otherwise=plays) as server:
        options = ["-w", str(demo.folder), "--model", "scripted", "--model-url", server.address]
        good = CliRunner().invoke(app, ["doctor", *options, "--json"])
        assert good.exit_code == 0, good.output
        assert json.loads(good.stdout)["model"][0]["name"] == "chat"
    with ScriptedServer(otherwise=says("Yes.")) as server:
        options = ["-w", str(demo.folder), "--model", "scripted", "--model-url", server.address]
        bad = CliRunner().invoke(app, ["doctor", *options])
    assert bad.exit_code == 1
    assert "tool calls" in bad.stdout
    assert "degraded: chat hands it quotes" in bad.stdout


def test_no_model_to_check_is_a_hint(demo):
    result = CliRunner().invoke(app, ["doctor", "-w", str(demo.folder), "--model", "settings"])
    assert result.exit_code == 1
    assert "no model is set" in result.stderr


def test_a_model_that_can_t_be_opened_leaves_the_rest_of_the_report(demo):
    arguments = ["doctor", "--model", "nosuch:foo", "--json", "-w", str(demo.folder)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["problems"] == []
    assert "nosuch" in told["error"]
