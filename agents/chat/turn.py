"""One turn of a conversation: the agent works beside, and can be left at any moment."""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any

from paperflow.agents.chat.events import Call, Event, Note, Text
from paperflow.agents.meter import hush
from paperflow.errors import NoAnswer, PaperflowError, TooLong
from paperflow.extract.model.parse import spoken

if TYPE_CHECKING:
    from langchain.agents.middleware import AgentMiddleware
    from langchain_core.callbacks import BaseCallbackHandler

MOST_STEPS = 60  # of the agent and its tools in one turn
_LEAVING = 2.0  # seconds in which what is stopped may end by itself
_SHOWN = 60  # characters of one argument of a call
_SHORTEST = 500  # characters: a tool's result is not cut below

_left: list[Thread] = []  # of turns that were stopped


class Stopped(PaperflowError):
    """A person stopped the turn."""


def events_of(graph: Any, message: Any, thread: dict[str, Any]) -> Iterator[Event]:
    """Yield what happens while the graph answers a message; each step is kept when it is done."""
    from langgraph.errors import GraphRecursionError

    config = {**thread, "recursion_limit": MOST_STEPS}
    modes = ["messages", "updates", "custom"]
    told = {"": ""}
    try:
        for mode, part in graph.stream(
            {"messages": [message]}, config, stream_mode=modes, durability="sync"
        ):
            yield from _EVENTS[mode](part, told)
    except GraphRecursionError as error:
        raise NoAnswer("the model called tools on and on without an answer") from error


def _piece(part: Any, told: dict[str, str]) -> Iterator[Event]:
    """Yield the text so far; another try of the same request begins anew."""
    piece, _ = part
    if piece.type == "AIMessageChunk" and piece.text:
        if piece.id not in told:
            told.clear()
        told[piece.id] = told.get(piece.id, "") + str(piece.text)
        yield Text(spoken(told[piece.id]))


def _update(part: Any, told: dict[str, str]) -> Iterator[Event]:
    for change in part.values():
        for message in (change or {}).get("messages", ()):
            for call in getattr(message, "tool_calls", ()):
                yield Call(call["name"], _in_words(call["args"]))


def _custom(part: Any, told: dict[str, str]) -> Iterator[Event]:
    yield Note(str(part))


_EVENTS: dict[str, Callable[[Any, dict[str, str]], Iterator[Event]]] = {
    "messages": _piece,
    "updates": _update,
    "custom": _custom,
}


def _in_words(arguments: dict[str, Any]) -> str:
    shown = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in arguments.items())
    return ", ".join(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…" for text in shown)


@dataclass(frozen=True, slots=True)
class Question:
    """What a tool asks the person from its thread, and where it waits for the reply."""

    text: str
    reply: "SimpleQueue[bool]" = field(default_factory=SimpleQueue)


Work = Callable[["BaseCallbackHandler", Callable[[Any], None]], Iterator[Any]]


def beside(work: Work) -> Generator[Any, None, None]:
    """Yield what `work` yields in a thread of its own, so that waiting for it can be stopped.

    Closing the iterator, or a key press while it waits, stops the work at its next token, tool,
    or request; it is left alone where that takes long. `work` is given what stops it, and
    what puts something between the things that it yields.
    """
    found: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    stop = Flag()

    def run() -> None:
        try:
            for item in work(_stopping(stop), lambda item: found.put(("item", item))):
                found.put(("item", item))
            found.put(("end", None))
        except BaseException as error:
            found.put(("error", error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        while (came := found.get())[0] == "item":
            yield came[1]
    except BaseException:
        stop.set()
        thread.join(_LEAVING)
        _left.append(thread)
        raise
    if came[0] == "error":
        raise came[1]


def left_running() -> bool:
    """Tell whether a stopped turn still waits for a model that does not answer."""
    return any(thread.is_alive() for thread in _left)


def _stopping(stop: Flag) -> "BaseCallbackHandler":
    """Return what ends LangChain's work as soon as the flag is set."""
    from langchain_core.callbacks import BaseCallbackHandler

    class Stopping(BaseCallbackHandler):
        raise_error = True

        def _check(self, *things: Any, **context: Any) -> None:
            if stop.is_set():
                raise Stopped("stopped")

        on_chat_model_start = on_llm_new_token = on_tool_start = on_chain_start = _check

    hush()
    return Stopping()


def shortening(name: str) -> "AgentMiddleware[Any, Any, Any]":
    """Return what asks again with less of the conversation where it is too long for the model."""
    from langchain.agents.middleware import wrap_model_call
    from langgraph.config import get_stream_writer

    @wrap_model_call
    def shortened(request: Any, handler: Callable[[Any], Any]) -> Any:
        messages = request.messages
        while True:
            try:
                return handler(request.override(messages=messages))
            except TooLong:
                messages = halved(messages)
                if messages is None:
                    raise
                get_stream_writer()(f"too long for {name}: what came first is left out")

    return shortened


def halved(messages: list[Any]) -> list[Any] | None:
    """Return the later half of the turns, or of one turn's longest result; None if it is short."""
    starts = [place for place, message in enumerate(messages) if message.type == "human"]
    if len(starts) > 1:
        return messages[starts[len(starts) // 2] :]
    results = [message for message in messages if message.type == "tool"]
    longest = max(results, key=lambda message: len(message.text), default=None)
    if longest is None or len(longest.text) <= _SHORTEST:
        return None
    text = f"{longest.text[: len(longest.text) // 2]} […the rest is left out]"
    shorter = longest.model_copy(update={"content": text})
    return [shorter if message is longest else message for message in messages]
