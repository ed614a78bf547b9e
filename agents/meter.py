"""What an agent may spend, and what it has spent."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

from paperflow.errors import BadInput, BudgetSpent

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.messages import BaseMessage

_BYTES_A_TOKEN = 3.5  # of English, where a service does not say how many tokens it counted


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be spent; 0 is no limit."""

    steps: int = 0  # requests to the model
    tokens: int = 0  # sent and received
    seconds: float = 0.0
    cost: float = 0.0  # in the money of the setting model_prices, or as the service reports it


_LIMITS: dict[str, Callable[[str], float]] = {
    "steps": int, "tokens": int, "seconds": float, "cost": float
}  # fmt: skip


def parse_budget(text: str, otherwise: Budget) -> Budget:
    """Return the limits that a text such as "tokens=50000,seconds=300" states, over others."""
    limits: dict[str, float] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = item.partition("=")
        try:
            limits[name] = _LIMITS[name](value)
        except (KeyError, ValueError) as error:
            hint = "write --budget steps=20,tokens=50000,seconds=300,cost=0.5"
            raise BadInput(f"{item!r} is no limit", hint=hint) from error
    if not all(value >= 0 for value in limits.values()):
        raise BadInput(f"a limit of {text!r} is below 0", hint="0 is no limit")
    return replace(otherwise, **limits)  # type: ignore[arg-type]


@dataclass(slots=True)
class Meter:
    """What was spent; several threads may share it."""

    budget: Budget = field(default_factory=Budget)
    prices: tuple[float, float] | None = None  # of a million tokens sent and received
    clock: Callable[[], float] = time.monotonic
    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    _start: float = field(init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    @property
    def seconds(self) -> float:
        """Return the seconds since the meter was made."""
        return self.clock() - self._start

    def spent(self) -> dict[str, float]:
        """Return what was spent so far, by name."""
        return {
            "steps": self.steps, "tokens": self.tokens, "seconds": self.seconds, "cost": self.cost
        }  # fmt: skip

    def resume(self, *, steps: int, tokens: int, seconds: float, cost: float) -> None:
        """Count what an earlier process spent on the same run."""
        self.steps += steps
        self.tokens += tokens
        self.cost += cost
        self._start -= seconds

    def check(self) -> None:
        """Raise BudgetSpent, with what ran out, where nothing is left."""
        for name in ("steps", "tokens", "seconds", "cost"):
            most = getattr(self.budget, name)
            if most and getattr(self, name) >= most:
                what = "requests to the model" if name == "steps" else name
                raise BudgetSpent(
                    f"the budget of {most:,} {what} is spent",
                    hint="what was done is kept; go on with a larger budget",
                )

    def step(self) -> None:
        """Count a request that is about to be made; raise BudgetSpent where it may not be."""
        with self._lock:
            self.check()
            self.steps += 1

    def count(self, sent: int, received: int, cost: float | None = None) -> None:
        """Count the tokens of a request, and its cost where the service tells it."""
        with self._lock:
            self.tokens += sent + received
            if cost is None and self.prices:
                cost = (sent * self.prices[0] + received * self.prices[1]) / 1e6
            self.cost += cost or 0.0


def counting(meter: Meter) -> "BaseCallbackHandler":
    """Return what lets LangChain count every request of a chat model on the meter."""
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.outputs import ChatGeneration, LLMResult

    class Counting(BaseCallbackHandler):
        raise_error = True  # a spent budget stops the request

        def __init__(self) -> None:
            self._sent: dict[Any, int] = {}

        def on_chat_model_start(
            self,
            serialized: dict[str, Any],
            messages: list[list["BaseMessage"]],
            **context: Any,
        ) -> None:
            meter.step()
            self._sent[context["run_id"]] = _tokens(*messages)

        def on_llm_end(self, response: LLMResult, **context: Any) -> None:
            guess = self._sent.pop(context["run_id"], 0)
            last = response.generations[0][0]
            if isinstance(last, ChatGeneration):
                meter.count(*_told(last.message, guess))

        def on_llm_error(self, error: BaseException, **context: Any) -> None:
            self._sent.pop(context["run_id"], None)

    hush()
    return Counting()


def hush() -> None:
    """Keep LangChain from logging what a callback raises on purpose; a user is told elsewhere."""
    logging.getLogger("langchain_core.callbacks.manager").setLevel(logging.ERROR)


def _told(message: "BaseMessage", guess: int) -> tuple[int, int, float | None]:
    """Return the tokens sent and received and the cost, as told by the service or estimated."""
    usage = getattr(message, "usage_metadata", None)
    told: Mapping[str, Any] = message.response_metadata.get("token_usage") or {}
    cost = told.get("cost")
    if usage:
        return usage["input_tokens"], usage["output_tokens"], cost
    return guess, _tokens([message]), cost


def _tokens(*conversations: Sequence["BaseMessage"]) -> int:
    """Return about how many tokens the messages are."""
    texts = (str(message.content) for messages in conversations for message in messages)
    return ceil(sum(len(text.encode()) for text in texts) / _BYTES_A_TOKEN)
