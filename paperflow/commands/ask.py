"""Command: ask."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from paperflow.commands.output import (
    JsonOption,
    ModelOption,
    ModelUrlOption,
    NoModelOption,
    WorkspaceOption,
    say,
    write_json,
)
from paperflow.errors import ModelError

if TYPE_CHECKING:
    from paperflow.agents.model import Model
    from paperflow.reports.report import Answer
    from paperflow.workspace import Workspace


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many quotes.")] = 5,
    lexical: Annotated[
        bool, typer.Option("--lexical", help="Rank by words alone, without the encoder.")
    ] = False,
    citations: Annotated[
        bool, typer.Option("--citations", help="Read what the found papers cite, too.")
    ] = False,
    model: ModelOption = "",
    model_url: ModelUrlOption = "",
    no_model: NoModelOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer from the library with ranked quotes, or say that it does not say.

    With a language model, in prose: each sentence cites quotes, and what they don't bear is
    left out.
    """
    from dataclasses import asdict

    from paperflow.agents.model import open_model
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    chosen = None if no_model else open_model(opened, model, model_url)
    options = {"limit": limit, "dense": not lexical, "citations": citations}
    answer, stopped = _answer(opened, question, chosen, options)
    if as_json:
        write_json(asdict(answer))
    else:
        write_answer(answer)
    if stopped:
        raise stopped


def _answer(
    opened: "Workspace", question: str, model: "Model | None", options: dict[str, Any]
) -> tuple["Answer", ModelError | None]:
    """Return the answer in prose, or in quotes where there is no model or it refuses."""
    from paperflow.agents.answering import answer
    from paperflow.answers import ask as quotes_for

    stopped = None
    if model:
        try:
            return answer(opened, question, model, **options), None
        except ModelError as error:
            stopped = error
    return quotes_for(opened, question, **options), stopped


def write_answer(answer: "Answer") -> None:
    """Print the prose and the quotes, each with its key and place, or the refusal."""
    from paperflow.reports.prose import cited

    if answer.refusal:
        typer.echo(answer.refusal)
    if answer.prose:
        typer.echo(" ".join(map(cited, answer.prose)) + "\n")
    for number, quote in enumerate(answer.quotes, start=1):
        place = f"{quote.section}, p. {quote.page}" if quote.page else quote.section
        typer.echo(f"[{number}] “{quote.text}”" if answer.prose else f"“{quote.text}”")
        typer.echo(f"    [{quote.key}] {place} · {quote.title}\n")
    for item in answer.removed:
        say(f"left out: {item.text} ({item.reason})")
    if answer.model and not answer.prose:
        wrong = f"nothing that {answer.model} wrote is borne by the quotes"
        say(wrong if answer.removed else f"{answer.model} finds no answer in the quotes")
