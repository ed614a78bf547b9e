"""What a language model can do, asked of the model itself, and what suffers where it can't."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from paperflow.agents.model import Model
from paperflow.errors import ModelError, NoAnswer

CONTEXTS = (4_000, 16_000)  # tokens: of a piece of text to extract from; of a talk with tools


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a model can do or can't: what was seen, and what is degraded without it."""

    name: str
    holds: bool
    found: str
    degraded: str = ""


class _City(BaseModel):
    """The record that is asked for."""

    name: str
    country: str


def examine_model(model: Model) -> Iterator[Check]:
    """Yield each check as it is done; where the model does not answer at all, only that one."""
    first = _tried("chat", lambda: _chat(model), "nothing that asks a model works")
    yield first
    if first.holds:
        yield _tried("streaming", lambda: _streaming(model), "chat shows answers when they end")
        yield _tried("tool calls", lambda: _tools(model), _NO_TOOLS)
        yield _tried("structured output", lambda: _record(model), _NO_RECORDS)
        yield _context(model)


_NO_TOOLS = (
    "chat hands it quotes on each question instead, and it can't look things up, add, or export"
)
_NO_RECORDS = (
    "analyze, discover, hypothesize, and review fall back to their rules where its records fail"
)
_CUTS = "analyze splits texts smaller, and chat forgets what was said first sooner"


def _tried(name: str, look: Callable[[], str], degraded: str) -> Check:
    try:
        return Check(name, True, look())
    except ModelError as error:
        return Check(name, False, error.message, degraded)


def _chat(model: Model) -> str:
    return model.text("Answer in one word.", "What is the capital of France?")[:60]


def _streaming(model: Model) -> str:
    pieces = sum(1 for _ in model.stream([("human", "Count from one to ten in words.")]))
    if pieces < 2:
        raise NoAnswer("the answer came in one piece")
    return f"{pieces} pieces"


def _tools(model: Model) -> str:
    from langchain_core.tools import tool

    called: list[str] = []

    @tool
    def population(city: str) -> str:
        """Look up how many people live in a city."""
        called.append(city)
        return f"{city}: 1,234,567"

    agent = model.agent([population], "Look numbers up with your tool.")
    question = "How many people live in Lisbon? Call the tool population."
    agent.invoke({"messages": [("human", question)]}, {"recursion_limit": 10})
    if not called:
        raise NoAnswer("it was given a tool and called none")
    return f"called with {called[0]!r}"


def _record(model: Model) -> str:
    city = model.record("Write down the city.", "Lisbon is the capital of Portugal.", _City)
    way = "by schema" if model.takes_schemas else "in words: the service takes no schema"
    return f"{city.name}, {city.country}; {way}"


def _context(model: Model) -> Check:
    """Return how much the model bears, as its maker tells or as texts of growing length show."""
    known = (getattr(model.chat, "profile", None) or {}).get("max_input_tokens")
    if known:
        return Check("context", known >= CONTEXTS[-1], f"{known:,} tokens", _CUTS)
    borne = 0
    for size in CONTEXTS:
        if reason := _does_not_bear(model, size):
            found = f"at least {borne:,} tokens; at {size:,}: {reason}"
            return Check("context", False, found, _CUTS)
        borne = size
    return Check("context", True, f"at least {borne:,} tokens")


def _does_not_bear(model: Model, size: int) -> str:
    """Return why a text of this many tokens does not get through; "" where it does."""
    before = model.meter.tokens
    try:
        model.text("Answer in one word.", "word " * size + "\nWhich word was that?")
    except ModelError as error:
        return error.message
    counted = model.meter.tokens - before
    return "" if counted > size / 2 else f"the service read only {counted:,} tokens of it"
