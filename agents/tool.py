"""What a tool is: a function of the workspace with a schema, and what must be asked first."""

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from traceback import format_exc
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from paperflow.agents.prompting import fenced
from paperflow.config import without_keys
from paperflow.errors import PaperflowError
from paperflow.reports.text import clean
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

Query = Annotated[str, Field(description="What to look for, in words.", max_length=1000)]
Limit = Annotated[int, Field(ge=1, le=50, description="At most this many.")]
Ask = Callable[[str], bool]
"""Put a question to the person; return whether they agree."""


class ToolFailed(Exception):
    """A call came to nothing; the message says why, in words for the model."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that takes the workspace, then named arguments, and returns text.

    `question` takes the same and returns what a person must agree to before the call, "" where
    these arguments need no consent; a tool without one changes nothing and stays on the machine.
    """

    function: Callable[..., str]
    title: str
    question: Callable[..., str] | None = None
    leaves_machine: bool = False
    replaces: bool = False  # may put something in the place of what was there

    @property
    def name(self) -> str:
        """Return the name by which a model calls it."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """Return what the model is told of it."""
        return inspect.getdoc(self.function) or ""

    @property
    def read_only(self) -> bool:
        """Tell whether it changes nothing."""
        return self.question is None

    @property
    def asks_first(self) -> bool:
        """Tell whether a person may be asked before it runs."""
        return self.question is not None

    @property
    def signature(self) -> inspect.Signature:
        """Return its arguments, the workspace left out."""
        whole = inspect.signature(self.function)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    def asks(self, workspace: Workspace, arguments: dict[str, Any]) -> str:
        """Return what a person must agree to first, or ""; raise ToolFailed for bad arguments."""
        question = self.question
        return _guarded(lambda: question(workspace, **arguments)) if question else ""

    def run(self, workspace: Workspace, arguments: dict[str, Any]) -> str:
        """Return the result as text; raise ToolFailed with the reason, never another error."""
        return _guarded(lambda: self.function(workspace, **arguments))

    def ask_and_run(self, workspace: Workspace, arguments: dict[str, Any], ask: Ask | None) -> str:
        """Run after a person agreed, where one must; nobody to `ask` means no."""
        question = self.asks(workspace, arguments)
        if question and not (ask and ask(question)):
            raise ToolFailed(NOT_ALLOWED)
        return self.run(workspace, arguments)

    def bound(self, call: Callable[[dict[str, Any]], str]) -> Callable[..., str]:
        """Return a function with this tool's name, words, and arguments that runs `call`."""

        def function(**arguments: Any) -> str:
            return call(arguments)

        return dressed(function, self, self.signature)


NOT_ALLOWED = "not done: the person did not allow it. Do not try again; go on without it."


def dressed(
    function: Callable[..., Any], tool: Tool, signature: inspect.Signature
) -> Callable[..., Any]:
    """Give a function the name and words of a tool, and a signature, as libraries read them."""
    function.__name__ = function.__qualname__ = tool.name
    function.__doc__ = tool.description
    function.__annotations__ = {
        **{name: item.annotation for name, item in signature.parameters.items()},
        "return": signature.return_annotation,
    }
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def langchain_tool(tool: Tool, workspace: Workspace, ask: Ask | None) -> "BaseTool":
    """Return a tool for LangChain's agents; what fails is told to the model as text."""
    from langchain_core.tools import StructuredTool, ToolException

    def call(arguments: dict[str, Any]) -> str:
        try:
            return tool.ask_and_run(workspace, arguments, ask)
        except ToolFailed as error:
            raise ToolException(str(error)) from error

    return StructuredTool.from_function(
        tool.bound(call),
        name=tool.name,
        description=tool.description,
        handle_tool_error=True,
        handle_validation_error=_wrong_arguments,
    )


def _wrong_arguments(error: Any) -> str:
    told = ((".".join(map(str, item["loc"])), item["msg"]) for item in error.errors())
    return "wrong arguments: " + "; ".join(f"{place}: {reason}" for place, reason in told)


def _guarded(call: Callable[[], str]) -> str:
    """Turn what a user can mend into words, and a fault of the program into its name."""
    try:
        return call()
    except PaperflowError as error:
        reason = clean(f"{error.message}\nhint: {error.hint}" if error.hint else error.message)
        raise ToolFailed(f"this did not work:\n{fenced('error', reason)}") from error
    except Exception as error:
        logging.getLogger(__name__).error(without_keys(format_exc()))
        raise ToolFailed(f"paperflow itself failed here: {type(error).__name__}") from error
