"""Command: ask."""

from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, write_json

if TYPE_CHECKING:
    from paperflow.reports.report import Answer


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many quotes.")] = 5,
    lexical: Annotated[
        bool, typer.Option("--lexical", help="Rank by words alone, without the encoder.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer from the library with ranked quotes, or say that it does not say."""
    from dataclasses import asdict

    from paperflow.answers import ask as answer_of
    from paperflow.workspace import find_workspace

    answer = answer_of(find_workspace(workspace), question, limit=limit, dense=not lexical)
    if as_json:
        write_json(asdict(answer))
    else:
        write_answer(answer)


def write_answer(answer: "Answer") -> None:
    """Print the quotes, each with its key and place, or the refusal."""
    if answer.refusal:
        typer.echo(answer.refusal)
    for quote in answer.quotes:
        place = f"{quote.section}, p. {quote.page}" if quote.page else quote.section
        typer.echo(f"“{quote.text}”")
        typer.echo(f"    [{quote.key}] {place} · {quote.title}\n")
