"""What the model is shown of a hypothesis, each part as data."""

from collections.abc import Iterator, Mapping
from typing import Any

from paperflow.agents.prompting import fenced
from paperflow.reports.connection import Step
from paperflow.reports.hypothesis import Hypothesis
from paperflow.reports.prose import Sentence


def paths_of(found: Hypothesis) -> str:
    """Return the paths as numbers of statements, with what these share, as data."""
    source, target = found.connection.ends
    lines = [f"from {source.label} to {target.label}"]
    for place, route in enumerate(found.connection.routes, start=1):
        links = (f" –({', '.join(step.labels(step.shared))})→ " for step in route)
        numbers = (str(found.numbers[step.id]) for step in route)
        parts = [part for pair in zip(numbers, links, strict=True) for part in pair]
        lines.append(f"path {place}: {''.join(parts[:-1])}")
    return fenced("paths", "\n".join(lines))


def statement(number: int, step: Step) -> str:
    """Return a statement as data, its sentence first."""
    concepts = ", ".join(member.label for member in step.members)
    year = f" ({step.year})" * bool(step.year)
    text = f"{step.quote}\nconcepts: {concepts}\npaper: {step.key or step.paper_id}{year}"
    return fenced(f"statement {number}", text)


def drafted(state: Mapping[str, Any]) -> str:
    """Return the claim and its mechanism, as data."""
    lines = [f"hypothesis: {state['claim']}"]
    for item in sentences_of(state):
        lines.append(f"- {item.text} {list(item.cites)}")
    return fenced("mechanism", "\n".join(lines))


def held(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the critic holds against statements, as data, where it held anything."""
    if state["attacks"]:
        lines = (f"{item['step']}: {item['verdict']}: {item['text']}" for item in state["attacks"])
        yield fenced("the critic", "\n".join(lines))


def sentences_of(state: Mapping[str, Any]) -> Iterator[Sentence]:
    """Yield the sentences of the mechanism in a team's state."""
    for item in state["mechanism"]:
        yield Sentence(text=item["text"], cites=tuple(item["cites"]))
