"""One operation of one library: what is made ready, what is timed, what is compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypergraph_bench.cases import Case


@dataclass(eq=False)
class State:
    """A graph and what earlier operations have built of it."""

    case: Case
    built: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """`run` is timed, on what `ready` returns; `said` makes its result comparable.

    What is over in a moment is repeated. With `each`, `run` is a function of one question,
    timed for each that `ready` returns.
    """

    run: Callable[[Any], Any]
    ready: Callable[[State], Any] = lambda state: state
    said: Callable[[State, Any], Any] = lambda state, result: None
    repeat: bool = False
    each: bool = False


Operations = Mapping[str, Operation]
