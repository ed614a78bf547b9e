"""The way to a language model: whatever the service does, a clear error or an answer."""

import json

import pytest

from paperflow.errors import BadInput, MissingExtra, ModelError, NoAnswer, TooLong
from paperflow.extract.language_model import Answer, connect
from tests.extract.model_server import SILENCE, ModelServer, refuses, says


def ask(*script):
    """Return what the model answers to one request, and the pauses on the way."""
    with ModelServer(*script) as server:
        return server.model().ask("instructions", "text"), server.waits


def refused(*script):
    with pytest.raises(ModelError) as caught, ModelServer(*script) as server:
        server.model().ask("instructions", "text")
    return caught.value


def test_an_answer_comes_with_what_it_took():
    with ModelServer(says("Hello.")) as server:
        assert server.model("qwen3:8b").ask("Do this.", "This.") == Answer("Hello.", 100, 10)
        sent = json.loads(server.seen[0].body)
    assert sent["model"] == "qwen3:8b"
    assert [message["content"] for message in sent["messages"]] == ["Do this.", "This."]


def test_a_server_of_one_s_own_needs_no_key_and_gets_none():
    with ModelServer() as server:
        server.model().ask("a", "b")
    assert server.seen[0].headers["authorization"] == "Bearer none"


def test_a_rate_limit_is_waited_out_as_long_as_the_service_asks():
    limit = refuses(429, "slow down", **{"retry-after": "7"})
    answer, waits = ask(limit, limit, says("Now."))
    assert (answer.text, waits) == ("Now.", [7.0, 7.0])


def test_a_rate_limit_without_an_end_is_told_with_what_to_do():
    error = refused(*[refuses(429, "slow down")] * 4)
    assert not isinstance(error, NoAnswer)
    assert "limits how often it may be asked" in error.message
    assert "what was answered is kept" in error.hint
    error = refused(refuses(429, "quota used up", **{"retry-after": "86400"}))
    assert "86400 s" in error.hint


@pytest.mark.parametrize("message", [
    "This model's maximum context length is 4096 tokens. context_length_exceeded",
    "the request exceeds the available context size, try increasing it",
    "Input is too long for requested model.",
])  # fmt: skip
def test_an_overflown_context_is_told_apart(message):
    assert isinstance(refused(refuses(400, message)), TooLong)


def test_an_answer_that_was_cut_off_is_too_long():
    assert "cut off" in refused(says('{"terms": [', ends="length")).message
    assert isinstance(refused(says("", ends="length")), TooLong)


def test_a_fault_of_the_server_is_tried_again():
    answer, waits = ask(refuses(500, "oops"), refuses(503, "busy"), says("Now."))
    assert (answer.text, waits) == ("Now.", [2.0, 4.0])
    assert isinstance(refused(*[refuses(500, "oops")] * 4), NoAnswer)


def test_a_server_that_does_not_answer_is_given_up():
    error = refused(SILENCE, SILENCE)
    assert isinstance(error, NoAnswer)
    assert "gave no answer" in error.message


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "refuses the key"), (403, "refuses the key"), (404, "no model called")],
)
def test_what_no_patience_helps_against_is_told_at_once(status, message):
    error = refused(refuses(status, "no"))
    assert not isinstance(error, NoAnswer)
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize("body", [b"<html>proxy</html>", b"{}", b'{"choices": []}', b"\xff{"])
def test_what_is_no_answer_at_all_is_one_failed_request(body):
    error = refused(says("").but(body=body))
    assert isinstance(error, NoAnswer)
    assert error.message.startswith("scripted failed: ")


def test_nobody_there_is_told_with_where_to_look():
    with ModelServer() as server:
        model = server.model()
    with pytest.raises(ModelError, match="can't be reached") as caught:
        model.ask("a", "b")
    assert "--model-url" in caught.value.hint


def test_a_refusal_in_its_own_field_is_the_answer():
    answer, _ = ask(says("", refusal="I can't help with that."))
    assert answer.text == "I can't help with that."


def test_a_name_that_says_no_provider_is_refused_with_a_hint():
    with pytest.raises(BadInput, match="can't use the model 'foo'") as caught:
        connect("foo")
    assert "provider:model" in caught.value.hint


def test_a_missing_package_or_key_is_named(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(BadInput, match="credentials") as refused:
        connect("openai:gpt-5-mini")
    assert "OPENAI_API_KEY" in refused.value.hint
    with pytest.raises(MissingExtra, match="mistralai") as caught:
        connect("mistralai:small")
    assert caught.value.hint == "pip install langchain-mistralai"


def ollama(*script, **environment):
    """Return the error that asking Ollama ends with, and how often it was asked."""
    with ModelServer(*script, otherwise=script[-1]) as server:
        environment["monkeypatch"].setenv("OLLAMA_HOST", server.url)
        model = connect("ollama:qwen3", seconds=0.2, pause=server.waits.append)
        with pytest.raises(ModelError) as caught:
            model.ask("a", "b")
        return caught.value, len(server.seen)


def test_a_provider_s_own_errors_are_told_like_any_other_s(monkeypatch):
    error, asked = ollama(refuses(404, "model 'qwen3' not found"), monkeypatch=monkeypatch)
    assert error.message.startswith("no model called ollama:qwen3 there")
    assert asked == 1
    error, asked = ollama(refuses(503, "busy"), monkeypatch=monkeypatch)
    assert isinstance(error, NoAnswer)
    assert asked == 4
    error, asked = ollama(SILENCE, monkeypatch=monkeypatch)
    assert "in time" in error.message
    assert asked == 2
    error, _ = ollama(refuses(400, "input length exceeds context length"), monkeypatch=monkeypatch)
    assert isinstance(error, TooLong)


def test_a_provider_that_is_not_running_is_told_with_where_to_look(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    with pytest.raises(ModelError, match="can't be reached") as caught:
        connect("ollama:qwen3", pause=lambda seconds: None).ask("a", "b")
    assert "--model-url" in caught.value.hint


def test_offline_asks_only_models_on_this_machine():
    assert connect("m", "http://127.0.0.1:8080/v1", offline=True, environment={}).name == "m"
    assert connect("ollama:qwen3", offline=True).name == "ollama:qwen3"
    for name, url in (("openai:gpt-5", ""), ("m", "https://models.example/v1")):
        with pytest.raises(BadInput, match="offline"):
            connect(name, url, offline=True, environment={})


@pytest.mark.parametrize("url", ["notaurl", "127.0.0.1:8000", "ftp://here", "http://"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(BadInput, match="no address") as caught:
        connect("any", url)
    assert "http://127.0.0.1:11434/v1" in caught.value.hint
