"""Language models that follow a script: a server on this machine, and one inside the process.

The server's script has one line for each request: `says`, `calls`, `refuses`, `SILENCE`, `breaks`,
or a function from the request's JSON to one of these. It streams where it is asked to.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from paperflow.agents.model import Budget, Meter, Model
from paperflow.extract.language_model import LanguageModel
from tests.extract.model_server import SILENCE, ModelServer, refuses, says
from tests.sources.loopback import Reply, Seen

__all__ = ["SILENCE", "ScriptedServer", "breaks", "calls", "refuses", "says", "scripted_model"]

Line = Reply | Callable[[dict[str, Any]], Reply]
_EVENTS = {"content-type": "text/event-stream"}


def calls(*tools: tuple[str, Mapping[str, Any]], text: str = "") -> Reply:
    """Return an answer that calls tools, each given as its name and its arguments."""
    asked = [
        {
            "id": f"call_{name}_{place}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for place, (name, arguments) in enumerate(tools)
    ]
    return says(text, ends="tool_calls", tool_calls=asked)


def breaks(text: str) -> Reply:
    """Return an answer whose connection breaks when only this much of it has been streamed."""
    body = b"".join(_events(json.loads(says(text).body), ends=False))
    return Reply(200, body, _EVENTS, length=len(body) + 1000)


class ScriptedServer(ModelServer):
    """Plays a script to whoever asks; `requests` are what it was sent."""

    def __init__(self, *script: Line, otherwise: Line | None = None) -> None:
        self._lines = iter(script)
        self._at_last = otherwise or says("I have nothing to add.")
        self._fault: Exception | None = None
        super().__init__()

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(seen.body) for seen in self.seen]

    def close(self) -> None:
        """Stop serving; raise what went wrong in a function of the script."""
        super().close()
        if self._fault:
            raise self._fault

    def open(self, *, patience: float = 30.0, **limits: float) -> Model:
        """Return a model within these limits; it gives up after `patience` seconds of silence."""
        asked = self.model(seconds=patience)
        return Model(asked, Meter(Budget(**limits)))  # type: ignore[arg-type]

    def _next(self, seen: Seen) -> Reply:
        asked = json.loads(seen.body)
        with self._turn:
            line = next(self._lines, self._at_last)
        try:
            reply = line(asked) if callable(line) else line
        except Exception as error:
            self._fault = error
            raise
        if reply is SILENCE:
            self._over.wait(10)
        streamable = reply.headers.get("content-type") == "application/json"
        if asked.get("stream") and reply.status == 200 and streamable:
            return reply.but(body=b"".join(_events(json.loads(reply.body))), headers=_EVENTS)
        return reply


def _events(answer: dict[str, Any], *, ends: bool = True) -> Iterator[bytes]:
    """Yield a chat completion as the server-sent events that OpenAI's service would send."""
    choice = answer["choices"][0]
    message = choice["message"]
    yield _event(answer, {"role": "assistant", "content": ""})
    for piece in re.findall(r"\S+\s*|\s+", message["content"]):
        yield _event(answer, {"content": piece})
    for index, call in enumerate(message.get("tool_calls", ())):
        arguments = call["function"]["arguments"]
        begun = {**call, "function": {**call["function"], "arguments": ""}}
        yield _event(answer, {"tool_calls": [{"index": index, **begun}]})
        for part in (arguments[:5], arguments[5:]):
            yield _event(
                answer, {"tool_calls": [{"index": index, "function": {"arguments": part}}]}
            )
    if ends:
        yield _event(answer, {}, choice["finish_reason"])
        yield b"data: [DONE]\n\n"


def _event(answer: dict[str, Any], delta: dict[str, Any], ends: str | None = None) -> bytes:
    body = {
        "id": answer["id"], "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": ends}],
    }  # fmt: skip
    return f"data: {json.dumps(body)}\n\n".encode()


class _ScriptedChat(GenericFakeChatModel):
    """LangChain's scripted model, which can be given tools."""

    def bind_tools(self, tools: Any, **options: Any) -> Any:
        return self


def scripted_model(*answers: str | AIMessage, **limits: float) -> Model:
    """Return a model that gives these answers, without any server; none after the last."""
    messages = iter(AIMessage(answer) if isinstance(answer, str) else answer for answer in answers)
    asked = LanguageModel("scripted", _ScriptedChat(messages=messages), pause=lambda seconds: None)
    return Model(asked, Meter(Budget(**limits)))  # type: ignore[arg-type]
