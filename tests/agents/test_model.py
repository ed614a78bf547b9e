"""A language model as agents use it: whatever it does wrong is survived or told in one line."""

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from paperflow.agents.model import Budget, Meter, Model, open_model
from paperflow.errors import BudgetSpent, ModelError, NoAnswer, NoTools, TooLong
from paperflow.extract.language_model import LanguageModel, connect
from paperflow.workspace import find_workspace
from tests.agents.scripted import (
    SILENCE,
    ScriptedServer,
    breaks,
    calls,
    refuses,
    says,
    scripted_model,
)


class Verdict(BaseModel):
    """A record to ask for."""

    holds: bool
    reason: str = ""


HELLO = {"messages": [("human", "Hello")]}
GOOD = '{"holds": true, "reason": "it says so"}'


def recorded(*script):
    """Return the record that comes of these answers, and the requests that were made."""
    with ScriptedServer(*script) as server:
        return server.open().record("Judge.", "A claim.", Verdict), server.requests


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        f"<think>It {{might}} hold.</think>{GOOD}",
        f"Sure, here it is:\n```json\n{GOOD}\n```",
        GOOD.replace("}", ",}"),
        f"<think>unfinished {{ </think> {GOOD}",
    ],
)
def test_a_record_is_read_whatever_is_around_it(answer):
    record, requests = recorded(says(answer))
    assert (record.holds, record.reason) == (True, "it says so")
    assert len(requests) == 1


def test_a_record_is_asked_for_by_schema_and_in_words():
    _, (request,) = recorded(says(GOOD))
    assert request["response_format"]["type"] == "json_schema"
    assert '"holds"' in request["messages"][0]["content"]


@pytest.mark.parametrize("bad", ["I would say yes.", '{"holds": tru', '{"holds": "perhaps"}', ""])
def test_a_model_is_told_once_what_was_wrong_with_its_record(bad):
    record, (first, second) = recorded(says(bad), says(GOOD))
    assert record.holds
    assert second["messages"][1]["content"].startswith(first["messages"][1]["content"])
    assert "of no use" in second["messages"][1]["content"]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (says("I'm sorry, I can't judge that."), "I'm sorry"),
        (says("", refusal="I can't judge that."), "I can't judge"),
        (says("<think>Let me see"), "thought aloud"),
        (says('{"holds": "perhaps"}'), "holds: Input should be a valid boolean"),
    ],
)
def test_a_model_that_never_gives_the_record_is_one_failed_answer(refusal, told):
    with pytest.raises(NoAnswer, match=told):
        recorded(refusal, refusal)


@pytest.mark.parametrize("status", [400, 500])
def test_a_service_that_refuses_schemas_is_asked_in_words_from_then_on(status):
    no = refuses(status, "response_format json_schema is not supported by this model")
    with ScriptedServer(no, says(GOOD), says(GOOD)) as server:
        model = server.open()
        assert model.record("Judge.", "A claim.", Verdict).holds
        assert model.record("Judge.", "Another.", Verdict).holds
        assert not model.takes_schemas
        assert ["response_format" in request for request in server.requests] == [True, False, False]


def test_a_model_without_schemas_gives_records_in_words():
    assert scripted_model(GOOD).record("Judge.", "A claim.", Verdict).holds


def test_a_chat_model_that_knows_no_schemas_is_asked_in_words_from_then_on():
    chat = FakeListChatModel(responses=[GOOD])
    with pytest.raises(NotImplementedError):  # what LangChain raises for it
        chat.with_structured_output(Verdict.model_json_schema())
    model = Model(LanguageModel("scripted", chat, pause=lambda seconds: None), Meter(Budget()))
    assert model.record("Judge.", "A claim.", Verdict).holds
    assert not model.takes_schemas


def test_prose_comes_without_the_thoughts_before_it():
    assert scripted_model("<think>Hm.</think>\nYes.").text("a", "b") == "Yes."
    with pytest.raises(NoAnswer, match="thought aloud"):
        scripted_model("<think>Hm").text("a", "b")


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("A graph is a set of nodes.", "A graph is a set of nodes."),
        ("<think>Is it? It is.</think> It is a set.", "It is a set."),
        ("a < b and b <c", "a < b and b <c"),
        ("thought without a start </think> It is.", "It is."),
    ],
)
def test_a_stream_brings_the_answer_in_pieces_and_no_thought(answer, shown):
    with ScriptedServer(says(answer)) as server:
        pieces = list(server.open().stream([("human", "What is a graph?")]))
    assert "".join(pieces).endswith(shown)
    if "</think>" not in answer:
        assert len(pieces) > 3


def test_a_stream_that_breaks_off_is_an_error_after_what_came():
    with ScriptedServer(breaks("The first half of")) as server:
        stream = server.open().stream([("human", "Go on.")])
        assert next(stream).startswith("The")
        with pytest.raises(ModelError, match="scripted"):
            list(stream)


def test_a_stream_that_does_not_begin_is_tried_again():
    with ScriptedServer(refuses(429, "slow down"), says("Now it goes.")) as server:
        assert "".join(server.open().stream([("human", "Go.")])) == "Now it goes."
        assert server.waits == [2.0]


def test_everything_that_is_asked_counts():
    with ScriptedServer(says("Yes."), says(GOOD), otherwise=says("A stream of words.")) as server:
        model = server.open()
        model.text("a", "b")
        model.record("a", "b", Verdict)
        list(model.stream([("human", "Go on.")]))
    assert model.meter.steps == 3
    assert model.meter.tokens > 220  # 110 each, as the service says, and an estimate


@pytest.mark.parametrize("limits", [{"steps": 2}, {"tokens": 150}])
def test_a_spent_budget_stops_before_the_next_request(limits):
    with ScriptedServer(otherwise=says("Yes.")) as server:
        model = server.open(**limits)
        model.text("a", "b")
        model.text("a", "b")
        with pytest.raises(BudgetSpent, match="budget of") as caught:
            model.text("a", "b")
        assert len(server.requests) == 2
    assert "kept" in caught.value.hint


def test_time_and_money_are_budgets_too():
    now = iter([0.0, 5.0, 11.0])
    meter = Meter(Budget(seconds=10), clock=lambda: next(now))
    meter.check()
    with pytest.raises(BudgetSpent, match="seconds"):
        meter.check()
    meter = Meter(Budget(cost=0.01), prices=(1.0, 10.0))
    meter.count(1000, 900)
    assert meter.cost == pytest.approx(0.01)
    with pytest.raises(BudgetSpent, match="cost"):
        meter.step()


def test_an_agent_calls_its_tools_and_waits_as_the_model_does():
    @tool
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    def last(request):
        return says(f"It is {request['messages'][-1]['content']}.")

    with ScriptedServer(refuses(429, "slow"), calls(("add", {"a": 2, "b": 3})), last) as server:
        model = server.open()
        found = model.agent([add], "You add.").invoke({"messages": [("human", "2 + 3?")]})
        assert found["messages"][-1].text == "It is 5."
        assert server.waits == [2.0]
    assert model.meter.steps == 3


@pytest.mark.parametrize(
    ("script", "kind", "told"),
    [
        ([SILENCE, SILENCE], NoAnswer, "gave no answer in time"),
        ([refuses(401, "bad key")], ModelError, "refuses the key"),
        ([refuses(400, "the prompt is too long")], TooLong, "too long"),
        ([refuses(429, "quota", **{"retry-after": "9999"})], ModelError, "limits how often"),
    ],
)
def test_an_agent_s_model_fails_with_a_line_of_its_own(script, kind, told):
    with ScriptedServer(*script) as server, pytest.raises(kind, match=told):
        server.open(patience=0.2).agent([], "Talk.").invoke(HELLO)


@pytest.mark.parametrize(
    ("said", "shouted"),
    [
        ('<tool_call>{"name": "shout", "arguments": {"text": "graph"}}</tool_call>', True),
        (
            '<think>Hm</think>\n```json\n{"name": "shout", "parameters": {"text": "graph"}}\n```',
            True,
        ),
        ('{"name": "shout", "arguments": {"text": "graph"}', False),
        ('{"name": "erase", "arguments": {"text": "graph"}}', False),
        ('I could call {"name": "shout", "arguments": {"text": "graph"}}', False),
    ],
)
def test_a_call_that_a_model_writes_as_text_is_a_call_of_a_known_tool(said, shouted):
    @tool
    def shout(text: str) -> str:
        """Shout."""
        return text.upper()

    model = scripted_model(said, "Done.")
    found = model.agent([shout], "Shout.").invoke({"messages": [("human", "graph")]})
    assert ("GRAPH" in [message.text for message in found["messages"]]) == shouted


def test_a_scripted_model_calls_tools_in_the_process():
    @tool
    def shout(text: str) -> str:
        """Shout."""
        return text.upper()

    call = {"name": "shout", "args": {"text": "graph"}, "id": "1"}
    model = scripted_model(AIMessage("", tool_calls=[call]), "Done.")
    found = model.agent([shout], "Shout.").invoke({"messages": [("human", "graph")]})
    assert [message.text for message in found["messages"]] == ["graph", "", "GRAPH", "Done."]


def test_a_model_that_can_t_be_given_tools_is_told_apart(monkeypatch):
    no = refuses(400, "registry.ollama.ai/library/gemma does not support tools")
    with ScriptedServer(no, no) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        for model in (server.open(), Model(connect("ollama:gemma"))):
            with pytest.raises(NoTools):
                model.agent([len], "Talk.").invoke(HELLO)
            assert not model.takes_tools


def test_the_model_of_a_workspace_is_the_options_then_the_settings_then_none(tmp_path):
    workspace = find_workspace(tmp_path, create=True)
    assert open_model(workspace) is None
    settings = 'model = "kept"\nmodel_url = "http://127.0.0.1:1/v1"\nmodel_prices = "1/2"\n'
    (workspace.home / "paperflow.toml").write_text(settings)
    workspace = find_workspace(tmp_path)
    model = open_model(workspace, budget=Budget(steps=3))
    assert model is not None
    assert (model.name, model.meter.budget.steps, model.meter.prices) == ("kept", 3, (1.0, 2.0))
    named = open_model(workspace, "other")
    assert named is not None
    assert named.name == "other"


def test_requests_are_what_the_server_was_sent():
    with ScriptedServer() as server:
        server.open().text("Be brief.", "Hello")
        (request,) = server.requests
    assert [message["content"] for message in request["messages"]] == ["Be brief.", "Hello"]
