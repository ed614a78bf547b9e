"""A language model as agents use it: prose, records, streams, each within a budget.

Whatever a model does wrong comes out as one of `ModelError`, `NoAnswer`, `TooLong`, and
`BudgetSpent`; nothing of LangChain's or of the service's is to be caught.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from paperflow.agents.meter import Budget, Meter, counting
from paperflow.agents.spoken_calls import with_calls
from paperflow.errors import NoAnswer, NoTools
from paperflow.extract.language_model import LanguageModel, answer_of, known_error
from paperflow.extract.model.parse import Unreadable, object_in, spoken, without_thoughts

if TYPE_CHECKING:
    from langchain.agents.middleware import AgentMiddleware
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, AIMessageChunk

    from paperflow.workspace import Workspace

__all__ = ["Budget", "Meter", "Model", "open_model"]

Record = TypeVar("Record", bound=BaseModel)
Message = tuple[str, str]

_IN_WORDS = """

Answer with one JSON object and nothing else. It has to fit this JSON schema:
{schema}"""
_AGAIN = "\n\nYour last answer was of no use: {reason}. Answer with one complete JSON object alone."
_NO_SCHEMA = re.compile(
    r"response_?format|json_?schema|structured[ _]output|grammar|output_?format", re.I
)
_NO_TOOLS = re.compile(r"\btools?\b|tool_|function[ _-]?call", re.I)


def open_model(
    workspace: "Workspace", name: str = "", url: str = "", *, budget: Budget | None = None
) -> "Model | None":
    """Return the model of this name and address, else that of the settings, else None.

    Raises BadInput or MissingExtra where it can't be used; nothing is sent yet.
    """
    from paperflow.analysis import language_model, model_prices

    asked = language_model(workspace, name, url)
    if asked is None:
        return None
    return Model(asked, Meter(budget or Budget(), model_prices(workspace)))


class Model:
    """A chat model called `name`; what it is asked, by whatever way, counts on its `meter`."""

    def __init__(self, asked: LanguageModel, meter: Meter | None = None) -> None:
        self.name = asked.name
        self.chat: BaseChatModel = asked.chat
        self.meter = meter or Meter()
        self.takes_schemas = self.takes_tools = True  # until the service refuses
        self._asked = asked
        self.chat.callbacks = [counting(self.meter)]

    @property
    def language_model(self) -> LanguageModel:
        """Return the model as extraction asks it; its requests count on the same meter."""
        return self._asked

    def text(self, instructions: str, text: str) -> str:
        """Return the answer to `text` without the thoughts before it."""
        return self._spoken(self._asked.ask(instructions, text).text)

    def record(self, instructions: str, text: str, schema: type[Record]) -> Record:
        """Return the answer as a record of this schema; raise NoAnswer where none can be had.

        The service is asked to hold the schema, where it can, and the model in words as well.
        An answer that can't be read is asked for once more, with what was wrong.
        """
        words = json.dumps(schema.model_json_schema(), ensure_ascii=False)
        instructions += _IN_WORDS.format(schema=words)
        try:
            return _read(self._structured(instructions, text, schema), schema)
        except Unreadable as error:
            text += _AGAIN.format(reason=error)
        try:
            return _read(self._structured(instructions, text, schema), schema)
        except Unreadable as error:
            raise NoAnswer(f"{self.name} gave no answer of the form asked for: {error}") from error

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer piece by piece, without the thoughts before it.

        A message is its role, "system", "human", or "ai", and its text.
        """
        told, shown = "", ""
        for piece in self._pieces(list(messages)):
            told += str(piece.text)
            new = spoken(told)
            if new.startswith(shown) and new != shown:
                yield new[len(shown) :]
                shown = new
        rest = self._spoken(told)
        yield rest[len(shown) :] if rest.startswith(shown) else rest

    def agent(
        self,
        tools: Sequence[Any],
        instructions: str,
        *,
        middleware: Sequence["AgentMiddleware[Any, Any, Any]"] = (),
        checkpointer: Any = None,
    ) -> Any:
        """Return LangChain's agent with this model and these tools, as a compiled graph.

        Its requests wait, are tried again, and fail as those of this class.
        """
        from langchain.agents import create_agent

        return create_agent(
            self.chat,
            list(tools),
            system_prompt=instructions,
            middleware=[*middleware, self._patience()],
            checkpointer=checkpointer,
        )

    def _patience(self) -> "AgentMiddleware[Any, Any, Any]":
        from langchain.agents.middleware import wrap_model_call

        @wrap_model_call
        def patience(request: Any, handler: Callable[[Any], Any]) -> Any:
            response = self._asked.attempt(lambda: self._with_tools(request, handler))
            names = {tool.name for tool in request.tools}
            response.result = [with_calls(message, names) for message in response.result]
            return response

        return patience

    def _with_tools(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Return the answer to a request; raise NoTools where the service refuses its tools."""
        try:
            return handler(request)
        except Exception as error:
            if request.tools and _refuses(error, _NO_TOOLS):
                self.takes_tools = False
                raise NoTools(f"{self.name} can't be given tools") from error
            raise

    def _spoken(self, answer: str) -> str:
        try:
            return without_thoughts(answer).strip()
        except Unreadable as error:
            raise NoAnswer(f"{self.name} gave no answer: {error}") from error

    def _pieces(self, messages: list[Message]) -> Iterator["AIMessageChunk"]:
        """Yield the parts of an answer; only a request of which nothing came is tried again."""
        from langchain_core.messages import AIMessageChunk

        def started() -> Iterator[AIMessageChunk]:
            pieces = self.chat.stream(messages)
            return chain([next(pieces, AIMessageChunk(content=""))], pieces)

        pieces = self._asked.attempt(started)
        while (piece := self._asked.told(lambda: next(pieces, None))) is not None:
            yield piece

    def _structured(self, instructions: str, text: str, schema: type[BaseModel]) -> str:
        messages = [("system", instructions), ("human", text)]
        message = self._asked.attempt(lambda: self._by_schema(messages, schema))
        calls = message.tool_calls  # the way of those that know no other
        return answer_of(message).text or (json.dumps(calls[0]["args"]) if calls else "")

    def _by_schema(self, messages: list[Message], schema: type[BaseModel]) -> "AIMessage":
        """Return the answer; a service that refuses schemas is asked without, from then on."""
        if self.takes_schemas:
            form = schema.model_json_schema()
            try:
                bound = self.chat.with_structured_output(
                    form, method="json_schema", include_raw=True
                )
                message: AIMessage = bound.invoke(messages)["raw"]  # type: ignore[index]
                return message
            except NotImplementedError:  # raised by LangChain for chat models that know no schemas
                self.takes_schemas = False
            except Exception as error:
                if not _refuses(error, _NO_SCHEMA):
                    raise
                self.takes_schemas = False
        return self.chat.invoke(messages)


def _read(answer: str, schema: type[Record]) -> Record:
    """Return the record in an answer; raise Unreadable where there is none of this schema."""
    values = object_in(without_thoughts(answer), schema.model_fields)
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the object"
        raise Unreadable(f"{place}: {first['msg']}") from error


def _refuses(error: Exception, what: re.Pattern[str]) -> bool:
    """Tell whether a service refuses a request because of what it can't do."""
    from langchain_core import exceptions as known

    kinds = (known.ModelInvalidRequestError, known.ModelAPIError, known.ModelNotFoundError)
    return isinstance(known_error(error), kinds) and bool(what.search(str(error)))
