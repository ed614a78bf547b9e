"""Command: path."""

from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, say, write_json

if TYPE_CHECKING:
    from paperflow.answers.statements import Filter

SOption = Annotated[int, typer.Option("--s", "-s", min=1, help="Concepts or statements shared.")]
TypeOption = Annotated[
    list[str] | None, typer.Option("--type", help="Count nodes of this type; may be repeated.")
]
RelationOption = Annotated[
    list[str] | None,
    typer.Option("--relation", help="Count statements of this relation; may be repeated."),
]
SinceOption = Annotated[int | None, typer.Option(help="First year of the statements.")]
UntilOption = Annotated[int | None, typer.Option(help="Last year of the statements.")]


def path(
    source: Annotated[str, typer.Argument(help="A concept, method, dataset, …")],
    target: Annotated[str, typer.Argument(help="Another one.")],
    s: SOption = 1,
    k: Annotated[int, typer.Option("-k", min=1, help="At most this many paths.")] = 3,
    max_degree: Annotated[
        int | None,
        typer.Option(min=1, help="Step over no concept that more statements than this name."),
    ] = None,
    through: Annotated[
        list[str] | None, typer.Option(help="A concept on every path; may be repeated.")
    ] = None,
    avoid: Annotated[
        list[str] | None, typer.Option(help="A concept on no path; may be repeated.")
    ] = None,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how two concepts are joined: statements that share concepts, each with its quote."""
    from paperflow.answers.connect import Route, connect
    from paperflow.workspace import find_workspace

    route = Route(
        s=s, k=k, max_degree=max_degree, through=tuple(through or ()), avoid=tuple(avoid or ())
    )
    part = filter_of(types, relations, since, until)
    found, notes = connect(find_workspace(workspace), source, target, route, part)
    for note in notes:
        say(f"note: {note}")
    write_json({**found.as_dict(), "notes": notes}) if as_json else typer.echo(found.as_text())


def filter_of(
    types: list[str] | None, relations: list[str] | None, since: int | None, until: int | None
) -> "Filter":
    """Return the filter that the options of a command mean."""
    from paperflow.answers.statements import Filter

    return Filter(
        types=tuple(types or ()), relations=tuple(relations or ()), since=since, until=until
    )
