"""Command: hypothesize."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import (
    JsonOption,
    ModelOption,
    ModelUrlOption,
    NoModelOption,
    WorkspaceOption,
    html_wanted,
    say,
    tell_step,
    write_json,
)
from paperflow.commands.path import (
    RelationOption,
    SinceOption,
    SOption,
    TypeOption,
    UntilOption,
    filter_of,
)
from paperflow.errors import ModelError

if TYPE_CHECKING:
    from paperflow.agents.model import Model
    from paperflow.reports.hypothesis import Hypothesis
    from paperflow.workspace import Workspace


def hypothesize(
    source: Annotated[str, typer.Argument(help="A concept, method, dataset, …")],
    target: Annotated[str, typer.Argument(help="Another one.")],
    s: SOption = 1,
    k: Annotated[int, typer.Option("-k", min=1, help="At most this many paths.")] = 3,
    max_degree: Annotated[
        int | None,
        typer.Option(min=1, help="Step over no concept that more statements than this name."),
    ] = None,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    out: Annotated[
        str, typer.Option(help="File to write, Markdown or .html; - is standard output.")
    ] = "-",
    model: ModelOption = "",
    model_url: ModelUrlOption = "",
    no_model: NoModelOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay out how two concepts may be joined: paths with quotes, what is known, what is weak.

    Only statements that don't name both concepts are steps; those that do tell what is known.

    With a language model: a mechanism whose sentences cite these statements, what a critic holds
    against each, and experiments that would decide. What the statements don't bear is left out.
    """
    from paperflow.agents.model import open_model
    from paperflow.answers.connect import Route
    from paperflow.answers.hypothesis import hypothesis
    from paperflow.workspace import find_workspace

    html_wanted(out)  # refused before the work
    opened = find_workspace(workspace)
    chosen = None if no_model else open_model(opened, model, model_url)
    route = Route(s=s, k=k, max_degree=max_degree)
    part = filter_of(types, relations, since, until)
    found, notes = hypothesis(opened, source, target, route, part)
    for note in notes:
        say(f"note: {note}")
    if chosen is None:
        say("no language model: paths, what is known, and doubts are found by rule alone")
    told, stopped = _reasoned(opened, found, chosen) if chosen else (found, None)
    if as_json:
        write_json({**told.as_dict(), "notes": notes})
    if out != "-" or not as_json:
        _write(opened, told, out)
    if stopped:
        raise stopped


def _reasoned(
    opened: "Workspace", found: "Hypothesis", model: "Model"
) -> tuple["Hypothesis", ModelError | None]:
    """Let the team reason; where the model refuses, what was found by rule goes on without it."""
    from paperflow.agents.reasoning import reason

    try:
        told, run = reason(opened, found, model, told=tell_step)
    except ModelError as error:
        return found, error
    if run is None:
        say("no path: there is nothing to reason about")
    else:
        say(f"wrote {run.folder}")
        if run.state["stopped"]:
            say(run.state["stopped"])
    return told, None


def _write(opened: "Workspace", found: "Hypothesis", out: str) -> None:
    from paperflow.analysis import library_report
    from paperflow.reports.files import write_text_atomically
    from paperflow.reports.html import render

    if html_wanted(out):
        text = render(library_report(opened, title=found.title, hypothesis=found))
    else:
        text = found.as_markdown()
    write_text_atomically(out, lambda file: file.write(text))
    if out != "-":
        say(f"wrote {Path(out).absolute()}")
