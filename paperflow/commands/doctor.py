"""Command: doctor."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, progress, say, write_json
from paperflow.errors import BadInput, PaperflowError

if TYPE_CHECKING:
    from paperflow.workspace import Workspace


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Make again whatever is derived from the papers.")
    ] = False,
    model: Annotated[
        str,
        typer.Option(
            help="Check this language model too: PROVIDER:NAME, or settings for the one set there."
        ),
    ] = "",
    model_url: Annotated[
        str, typer.Option(help="OpenAI-compatible address of the model, such as a local server.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the whole store and the installation; repair what is derived.

    A language model is asked a few questions: whether it answers, streams, calls tools, gives
    records of a schema, and how much text it bears. What will be degraded is told.
    """
    from paperflow.analysis import examine, repair_derived
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    if repair:
        with progress("repairing") as advance:
            repair_derived(opened, progress=advance)
    found = examine(opened)
    if not as_json:
        for name, value in found["parts"].items():
            typer.echo(f"{name:24} {value}")
        for problem in found["problems"]:
            typer.echo(f"problem: {problem}")
        typer.echo("the store is whole" if not found["problems"] else "")
    try:
        checks = _model_checks(opened, model, model_url, tell=not as_json)
    except PaperflowError as error:
        if as_json:
            write_json(found | {"model": [], "error": error.message})
        raise
    if as_json:
        write_json(found | ({"model": checks} if checks else {}))
    if found["problems"]:
        say("hint: `paperflow doctor --repair` makes derived data again")
    if found["problems"] or not all(check["holds"] for check in checks):
        raise typer.Exit(1)


def _model_checks(opened: "Workspace", name: str, url: str, *, tell: bool) -> list[dict[str, Any]]:
    """Return what was found out about the model, if one is named; tell each check when done."""
    from dataclasses import asdict

    from paperflow.agents.doctor import examine_model
    from paperflow.agents.model import open_model

    if not (name or url):
        return []
    found = open_model(opened, "" if name == "settings" else name, url)
    if not found:
        raise BadInput("no model is set", hint="name one: --model PROVIDER:NAME")
    checks = []
    for check in examine_model(found):
        checks.append(asdict(check))
        if tell:
            typer.echo(f"{check.name:24} {'yes' if check.holds else 'no'}: {check.found}")
        if tell and not check.holds:
            typer.echo(f"{'':24} degraded: {check.degraded}")
    return checks
