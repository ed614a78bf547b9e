"""A conversation: turns with a model and its tools, or without a model by commands."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from paperflow.agents.chat.cite import checked
from paperflow.agents.chat.events import Answer, Call, Event, Note, Text
from paperflow.agents.chat.route import commands
from paperflow.agents.chat.turn import Question, beside, events_of, shortening
from paperflow.agents.model import Model
from paperflow.agents.prompting import prompt
from paperflow.agents.team import checkpoints
from paperflow.agents.tool import Ask, ToolFailed
from paperflow.agents.tools import TOOLS, langchain_tools
from paperflow.errors import BadInput, NoAnswer, NoTools, TooLong
from paperflow.extract.model.parse import spoken
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

NO_MODEL = (
    "no language model: what you type is read as a command (/help lists them); "
    "name a model with --model PROVIDER:NAME to talk"
)
_NO_ANSWER = "[no answer]"
_LEFT = "not finished: the person stopped it"
_CUT = "the answer was cut off at the model's limit"
_QUOTES = 4  # with a question, for a model that can't ask for more
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_TYPED = "typed"  # what the person typed, where more was sent


@contextmanager
def open_chat(
    workspace: Workspace, model: Model | None, thread: str = "", ask: Ask | None = None
) -> Iterator["Chat"]:
    """Open the conversation of this id, or a new one; `ask` puts a tool's question to the person.

    Its state is kept in the workspace at every step.
    """
    if thread and not _ID.fullmatch(thread):
        raise BadInput(f"a conversation can't be called {thread!r}", hint="letters, digits, . _ -")
    with checkpoints(workspace) as saver:
        yield Chat(workspace, model, saver, thread or _next_id(saver), ask)


def _next_id(saver: Any) -> str:
    """Return the first of chat-1, chat-2, … that is no conversation yet."""
    number = 1
    while saver.get_tuple({"configurable": {"thread_id": f"chat-{number}"}}):
        number += 1
    return f"chat-{number}"


class Chat:
    """The conversation `thread` about a library."""

    def __init__(
        self,
        workspace: Workspace,
        model: Model | None,
        saver: Any,
        thread: str,
        ask: Ask | None = None,
    ) -> None:
        self.workspace = workspace
        self.model = model
        self.thread = thread
        self._saver = saver
        self._ask = ask
        self._takes_tools = True
        self._post: Callable[[Question], None] = lambda question: None  # of the turn under way
        self._config = {"configurable": {"thread_id": thread}}
        if model:
            tools = langchain_tools(workspace, self._asked)
            self._graph = self._agent(model, tools, "chat")
            self._plain = self._agent(model, [], "chat_without_tools")
        else:
            answers = commands(workspace, self._asked if ask else None)
            self._graph = self._plain = answers.compile(checkpointer=saver)

    def _agent(self, model: Model, tools: list[Any], name: str) -> Any:
        instructions = prompt(name).text
        less = [shortening(model.name)]
        return model.agent(tools, instructions, middleware=less, checkpointer=self._saver)

    @property
    def history(self) -> list[tuple[str, str]]:
        """Return what was said, as "you" or "paperflow" and the text, oldest first."""
        said = []
        for message in self._messages():
            text = message.additional_kwargs.get(_TYPED) or spoken(str(message.text))
            if message.type in ("human", "ai") and text.strip():
                said.append(("you" if message.type == "human" else "paperflow", text.strip()))
        return said

    def say(self, typed: str) -> Generator[Event, None, None]:
        """Yield what happens until the answer, which comes last.

        What is closed or interrupted before keeps the state, and what was answered so far.
        """
        from langchain_core.messages import HumanMessage

        self._mend()
        if self.model is None or (self._takes_tools and self.model.takes_tools):
            try:
                yield from self._turn(self._graph, HumanMessage(typed))
                return
            except (NoTools, TooLong) as error:
                yield Note(f"{error.message}: it gets what the library says on each question")
        for event in self._turn(self._plain, self._with_quotes(typed)):
            if isinstance(event, Answer):  # what was too long with the tools is not without
                self._takes_tools = False
            yield event

    def _with_quotes(self, typed: str) -> "BaseMessage":
        """Return the question with what the library says, for a model that can't look it up."""
        from langchain_core.messages import HumanMessage, RemoveMessage

        last = self._messages()[-1:]
        if last and last[0].type == "human" and last[0].text == typed:
            self._put([RemoveMessage(id=str(last[0].id))])
        try:
            said = TOOLS["ask_library"].run(self.workspace, {"question": typed, "limit": _QUOTES})
        except ToolFailed as error:
            said = str(error)
        return HumanMessage(f"{typed}\n\n{said}", additional_kwargs={_TYPED: typed})

    def _turn(self, graph: Any, message: "BaseMessage") -> Iterator[Event]:
        before, told = len(self._messages()), ""
        happens = beside(partial(self._events, graph, message))
        try:
            for event in happens:
                if isinstance(event, Question):
                    self._reply(event)
                    continue
                told = event.text if isinstance(event, Text) else told
                told = "" if isinstance(event, Call) else told  # kept with the call
                yield event
        except (KeyboardInterrupt, GeneratorExit):
            happens.close()
            self._keep(told)
            raise
        yield self._answer(self._messages()[before:])

    def _events(
        self, graph: Any, message: "BaseMessage", stop: Any, post: Callable[[Any], None]
    ) -> Iterator[Event]:
        self._post = post
        return events_of(graph, message, {**self._config, "callbacks": [stop]})

    def _asked(self, question: str) -> bool:
        """Let the person be asked by who shows the conversation, not from a tool's thread."""
        asked = Question(question)
        self._post(asked)
        return asked.reply.get()

    def _reply(self, question: Question) -> None:
        agreed = False
        try:
            agreed = bool(self._ask and self._ask(question.text))
        finally:
            question.reply.put(agreed)

    def _answer(self, messages: list["BaseMessage"]) -> Answer:
        from langchain_core.messages import AIMessage

        last = messages[-1]
        text = spoken(str(last.text))
        if self.model is None:
            return Answer(text)
        if not text.strip():
            self._put([AIMessage(_NO_ANSWER, id=last.id)])
            message = f"{self.model.name} gave no answer; it may have refused"
            raise NoAnswer(message, hint="ask in other words")
        answer = checked(self.workspace, text.strip())
        cut = last.response_metadata.get("finish_reason") == "length"
        return replace(answer, doubts=(_CUT, *answer.doubts)) if cut else answer

    def _messages(self) -> list["BaseMessage"]:
        found = self._graph.get_state(self._config).values.get("messages", [])
        return list(found)

    def _put(self, messages: list[Any]) -> None:
        self._graph.update_state(self._config, {"messages": messages}, as_node="model")

    def _keep(self, told: str) -> None:
        """Keep what was answered before the person stopped it."""
        from langchain_core.messages import AIMessage

        messages = self._messages()
        if told and messages and messages[-1].type != "ai":
            self._put([AIMessage(f"{told} […stopped]")])
        self._mend()

    def _mend(self) -> None:
        """Answer what was left open as a turn was stopped, failed, or killed: calls, and messages.

        Services want an answer to every call, and many that the two sides take turns.
        """
        from langchain_core.messages import AIMessage, ToolMessage

        messages = self._messages()
        done = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
        calls = [call for message in messages for call in getattr(message, "tool_calls", ())]
        left = [ToolMessage(_LEFT, tool_call_id=c["id"]) for c in calls if c["id"] not in done]
        if left or (messages and messages[-1].type != "ai"):
            self._put([*left, AIMessage(_NO_ANSWER)])
