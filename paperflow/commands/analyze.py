"""Command: analyze."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import (
    JsonOption,
    ModelOption,
    ModelUrlOption,
    WorkspaceOption,
    progress,
    say,
    tell_step,
    write_json,
)
from paperflow.errors import BadInput, ModelError

if TYPE_CHECKING:
    from paperflow.extract.language_model import LanguageModel
    from paperflow.extract.model.asking import Asked
    from paperflow.pipeline import Summary
    from paperflow.workspace import Workspace


def analyze(
    model: ModelOption = "",
    model_url: ModelUrlOption = "",
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Leave out what a language model told.")
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Tell what the model would cost, and stop.")
    ] = False,
    rounds: Annotated[
        int,
        typer.Option(
            min=0,
            max=2,
            help="Then ask the model, so often, about parts that the graph does not link.",
        ),
    ] = 0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before sending.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn papers into passages, a typed graph, and statements with evidence.

    Only new and changed papers are read; a run that was stopped goes on where it was.

    With a language model, it reads the texts as well, chunk by chunk, once. Its facts count
    where their quotes stand in the text. What it will take is told before anything is sent.
    With --rounds, it is asked again about each section, figure, table, and equation that is
    linked to nothing, until a round brings nothing more.
    """
    from paperflow import analysis
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    if no_model:
        analysis.forget_model(opened)
    chosen = None if no_model else analysis.language_model(opened, model, model_url)
    if (estimate or rounds) and not chosen:
        raise BadInput("no model to ask", hint="name one: --model PROVIDER:NAME")
    if chosen and not _may_send(opened, chosen, as_json=as_json, only_tell=estimate, yes=yes):
        return
    if chosen and rounds:
        _in_rounds(opened, chosen, rounds, as_json=as_json)
        return
    asked, stopped = _asked(opened, chosen) if chosen else (None, None)
    with progress("analysing", analysis.to_analyze(opened)) as advance:
        summary = analysis.analyze(opened, progress=advance)
    (_write_json if as_json else _tell)(summary, asked)
    if stopped:
        raise stopped


def _may_send(
    opened: "Workspace", model: "LanguageModel", *, as_json: bool, only_tell: bool, yes: bool
) -> bool:
    """Tell what asking will take, and return whether to go on."""
    from paperflow import analysis

    found = analysis.estimate(opened, model.name)
    prices = analysis.model_prices(opened)
    cost = found.cost(prices) if prices else None
    if only_tell and as_json:
        write_json({"model": model.name, **asdict(found), "cost": cost})
        return False
    money = "" if cost is None else f", cost about {cost:.2f}"
    told = f"about {found.sent:,} tokens to send, {found.received:,} to receive{money}"
    say(f"{model.name}: {found.chunks} pieces of text to read, {found.kept} read before; {told}")
    if only_tell:
        return False
    asks = found.chunks and sys.stdin.isatty() and not yes
    return bool(not asks or typer.confirm(f"Send them to {model.name}?", err=True))


def _asked(opened: "Workspace", model: "LanguageModel") -> tuple["Asked | None", ModelError | None]:
    """Let the model read; where it refuses, the rules' analysis goes on without it."""
    from paperflow import analysis

    try:
        with progress("asking") as advance:
            return analysis.ask_model(opened, model, progress=advance), None
    except ModelError as error:
        return None, error


def _in_rounds(opened: "Workspace", model: "LanguageModel", rounds: int, *, as_json: bool) -> None:
    """Let the team read, analyse, and ask about what is not covered; tell the coverage."""
    from paperflow.agents.analysis import analyse, coverage_table
    from paperflow.agents.meter import Meter
    from paperflow.agents.model import Model
    from paperflow.analysis import model_prices

    asked = Model(model, Meter(prices=model_prices(opened)))
    run = analyse(opened, asked, rounds=rounds, told=tell_step)
    names = ("facts", "dropped", "failed", "coverage", "stopped")
    if as_json:
        write_json({name: run.state[name] for name in names})
    else:
        typer.echo(coverage_table(run.state["coverage"]), nl=False)
        for failure in run.state["failed"]:
            say(f"failed: {failure}")
    say(f"wrote {run.folder}")


def _write_json(summary: "Summary", asked: "Asked | None") -> None:
    told = {"analyzed": summary.done, "failed": [asdict(f) for f in summary.failures]}
    model = (
        {
            "model": {
                "read": asked.chunks,
                "sent": asked.sent,
                "received": asked.received,
                "facts": asked.facts,
                "dropped": [item._asdict() for item in asked.dropped],
                "failed": [asdict(f) for f in asked.failures],
            }
        }
        if asked
        else {}
    )
    write_json(told | model)


def _tell(summary: "Summary", asked: "Asked | None") -> None:
    typer.echo(f"analysed {summary.done}, failed {len(summary.failures)}")
    if asked:
        typer.echo(
            f"model: {asked.chunks} pieces of text read, {asked.sent:,} tokens sent, "
            f"{asked.received:,} received; {asked.facts} facts, {len(asked.dropped)} dropped"
        )
        for reason, count in asked.reasons.items():
            say(f"dropped {count}: {reason}")
    for failure in (*summary.failures, *(asked.failures if asked else ())):
        say(f"failed: {failure.item}: {failure.reason}")
