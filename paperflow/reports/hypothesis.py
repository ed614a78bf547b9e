"""A hypothesis on how two concepts are joined: the statements, what they bear, what would decide.

The statements of all routes are numbered from 1 in the order of reading; everything said of
them cites these numbers.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from paperflow.reports.connection import Connection, Step
from paperflow.reports.markdown import escape, escape_block
from paperflow.reports.prose import Removed, Sentence, cited

Known = Literal["stated", "named together", "new to the library"]
KNOWN: dict[Known, str] = {
    "stated": "The library states it already: these statements name both.",
    "named together": "No statement joins both, but these sentences name both.",
    "new to the library": "No sentence of the library names both.",
}
NEAREST = "Nearest to the hypothesis is what these sentences say."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sentence of a paper, by the paper's id and citation key."""

    quote: str
    paper_id: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """Whether the library joins both concepts already, and the sentences that name both."""

    known: Known
    sources: tuple[Source, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """What speaks against a statement as a step; a model's `verdict` is holds, weak, or breaks."""

    step: int
    text: str
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What could be done, which statements it decides, and what either outcome would be."""

    test: str
    decides: tuple[int, ...]
    if_true: str
    if_false: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """The routes between two concepts, what is known, and what speaks against each statement.

    `doubts` are found by rule. With a language model, called `model`, there is a `claim` with
    the sentences of the library `nearest` to it, its mechanism, the critic's attacks,
    experiments, and what was removed after checks.
    """

    connection: Connection
    novelty: Novelty
    doubts: tuple[Attack, ...] = ()
    model: str = ""
    claim: str = ""
    nearest: tuple[Source, ...] = ()
    mechanism: tuple[Sentence, ...] = ()
    attacks: tuple[Attack, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    removed: tuple[Removed, ...] = ()

    @property
    def title(self) -> str:
        """Return what the hypothesis is about, in a line."""
        source, target = (end.label for end in self.connection.ends)
        return f"How {source} and {target} may be joined"

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the statements by their numbers: number n is at n - 1."""
        return tuple({step.id: step for route in self.connection.routes for step in route}.values())

    @property
    def numbers(self) -> dict[str, int]:
        """Return the number of each statement by its id."""
        return {step.id: number for number, step in enumerate(self.steps, start=1)}

    @property
    def papers(self) -> tuple[str, ...]:
        """Return the ids of the papers that are quoted, sorted."""
        sources = {source.paper_id for source in (*self.novelty.sources, *self.nearest)}
        return tuple(sorted(sources | {step.paper_id for step in self.steps}))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def as_json(self) -> str:
        """Return `as_dict` as a file holds it."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"

    def as_markdown(self) -> str:
        """Return the whole as a report to read."""
        return "\n".join(_lines(self)).rstrip() + "\n"


def _lines(found: Hypothesis) -> Iterator[str]:
    yield f"# {escape(found.title)}\n"
    yield f"{escape(found.connection.headline)}\n"
    yield from (f"*{escape(note)}*\n" for note in found.connection.notes)
    if found.claim:
        yield f"## Hypothesis\n\n{escape_block(found.claim)}\n"
    if found.mechanism:
        yield "## Mechanism\n"
        yield from map(_sentence, found.mechanism)
        yield ""
    yield from _known(found)
    yield from _paths(found)
    yield from _against(found)
    if found.experiments:
        yield "## What would decide\n"
        yield from map(_experiment, found.experiments)
        yield ""
    if found.removed:
        yield "## Left out after checks\n"
        yield from (f"- {escape(item.text)} — {escape(item.reason)}" for item in found.removed)
        yield ""
    if found.model:
        yield f"*Hypothesis, attacks, and experiments were written by {escape(found.model)}.*"


def _sentence(item: Sentence) -> str:
    doubt = f"  \n  *{escape(item.doubt)}*" * bool(item.doubt)
    return f"- {escape(cited(item))}{doubt}"


def _known(found: Hypothesis) -> Iterator[str]:
    novelty = found.novelty
    yield f"## Is it known?\n\n{KNOWN[novelty.known]}\n"
    yield from (f"- {_quoted(item.quote, item.key)}" for item in novelty.sources)
    if novelty.left_out:
        yield f"- and {novelty.left_out} more"
    if novelty.sources:
        yield ""
    if found.nearest:
        yield f"{NEAREST}\n"
        yield from (f"- {_quoted(item.quote, item.key)}" for item in found.nearest)
        yield ""


def _paths(found: Hypothesis) -> Iterator[str]:
    numbers = found.numbers
    for place, route in enumerate(found.connection.routes, start=1):
        yield f"## Path {place}\n"
        for step in route:
            members = ", ".join(escape(member.label) for member in step.members)
            relation = escape(step.relation.replace("_", " "))
            yield f"- **\\[{numbers[step.id]}\\] {relation}**: {members}  "
            yield f"  {_quoted(step.quote, step.key or step.paper_id)}"
            if step.shared:
                shared = ", ".join(map(escape, step.labels(step.shared)))
                yield f"  shared with the next: {shared}"
        yield ""


def _against(found: Hypothesis) -> Iterator[str]:
    if not found.doubts and not found.attacks:
        return
    yield "## What speaks against it\n"
    for number in range(1, len(found.steps) + 1):
        for item in (*found.attacks, *found.doubts):
            if item.step == number:
                verdict = f"*{escape(item.verdict)}*: " * bool(item.verdict)
                yield f"- \\[{number}\\] {verdict}{escape(item.text)}"
    yield ""


def _experiment(item: Experiment) -> str:
    decides = ", ".join(map(str, item.decides))
    return (
        f"- {escape(item.test)} (decides \\[{decides}\\])\n"
        f"  - if it holds: {escape(item.if_true)}\n"
        f"  - if not: {escape(item.if_false)}"
    )


def _quoted(quote: str, key: str) -> str:
    return f"“{escape(quote)}” `[@{key}]`"
