"""Commands on the hypergraph of statements: neighbours, components, hubs, powerlaw."""

from pathlib import Path
from typing import Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, say, table, write_json
from paperflow.commands.path import (
    RelationOption,
    SinceOption,
    SOption,
    TypeOption,
    UntilOption,
    filter_of,
)

LimitOption = Annotated[int, typer.Option(min=1, help="List at most this many.")]


def neighbours(
    name: Annotated[str, typer.Argument(help="A concept, method, dataset, …")],
    s: SOption = 1,
    limit: LimitOption = 20,
    draw: Annotated[
        Path | None, typer.Option(help="Draw the latest statements by HyperNetX, as SVG.")
    ] = None,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what stands in the same statements as a concept, and in how many."""
    from paperflow.answers.network import draw_beside, nodes_beside
    from paperflow.reports.files import write_text_atomically
    from paperflow.workspace import find_workspace

    opened, part = find_workspace(workspace), filter_of(types, relations, since, until)
    found, notes = nodes_beside(opened, name, part, s=s, limit=limit)
    if draw:
        picture = draw_beside(opened, name, part)
        write_text_atomically(str(draw), lambda out: out.write(picture))
        say(f"wrote {draw.absolute()}")
    for note in notes:
        say(f"note: {note}")
    if as_json:
        write_json({**found, "notes": notes})
        return
    node = found["node"]
    say(f"{node['label']} ({node['type']}): {node['degree']} statements, {found['count']} beside")
    rows = [(item["label"], item["type"], item["shared"]) for item in found["neighbours"]]
    table(("node", "type", "statements"), rows)


def components(
    s: SOption = 1,
    limit: LimitOption = 10,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what hangs together: statements by s shared concepts, concepts by s statements."""
    from paperflow.answers.network import joined_parts
    from paperflow.workspace import find_workspace

    part = filter_of(types, relations, since, until)
    found = joined_parts(find_workspace(workspace), part, s=s, limit=limit)
    if as_json:
        write_json(found)
        return
    for what in ("statements", "nodes"):
        told = found[what]
        say(
            f"{told['counted']:,} {what}: {told['components']:,} components,"
            f" {told['of_several']:,} of several, the largest of {told['largest']:,}"
        )
    rows = [(", ".join(item["hubs"]), item["statements"]) for item in found["largest"]]
    table(("hubs of the largest components", "statements"), rows)


def hubs(
    limit: LimitOption = 20,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the concepts that stand in most statements."""
    from paperflow.answers.network import central_nodes
    from paperflow.workspace import find_workspace

    part = filter_of(types, relations, since, until)
    found = central_nodes(find_workspace(workspace), part, limit=limit)
    if as_json:
        write_json(found)
    else:
        rows = [(item["label"], item["type"], item["degree"]) for item in found]
        table(("node", "type", "statements"), rows)


def powerlaw(
    by: Annotated[
        str, typer.Option(help="Fit each year, type, or relation by itself; years add up.")
    ] = "",
    draws: Annotated[
        int, typer.Option(min=0, help="Samples drawn for the test and the interval.")
    ] = 200,
    plot: Annotated[
        Path | None, typer.Option(help="Draw degrees and fit of the whole as SVG.")
    ] = None,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit a power law to the number of statements per concept, and test whether it is one."""
    from paperflow.answers.network import power_law, power_law_picture
    from paperflow.reports.files import write_text_atomically
    from paperflow.workspace import find_workspace

    opened, part = find_workspace(workspace), filter_of(types, relations, since, until)
    found = power_law(opened, part, by=by, draws=draws)
    if plot:
        picture = power_law_picture(opened, part)
        write_text_atomically(str(plot), lambda out: out.write(picture))
        say(f"wrote {plot.absolute()}")
    if as_json:
        write_json({name: item.as_dict() if item else None for name, item in found.items()})
        return
    for name, item in found.items():
        typer.echo(f"{name}: {item.as_text() if item else 'too few numbers'}")
