"""Commands on the typed graph and the hypergraph: stats, show, export, and others'."""

from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands import hypergraph, read
from paperflow.commands.coverage import coverage
from paperflow.commands.output import (
    JsonOption,
    WorkspaceOption,
    names_of,
    say,
    table,
    write_json,
)

if TYPE_CHECKING:
    from paperflow.graphs.selection import Selection

app = typer.Typer(no_args_is_help=True, help="Look at the graph and the hypergraph; export them.")

TypesOption = Annotated[
    list[str] | None, typer.Option("--type", help="Keep nodes of this type; may be repeated.")
]
FrequencyOption = Annotated[
    int, typer.Option("--min-papers", min=0, help="Keep concepts that this many papers name.")
]


@app.command()
def stats(
    types: TypesOption = None,
    min_papers: FrequencyOption = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the graph and the hypergraph in numbers."""
    from paperflow.analysis import graph_statistics
    from paperflow.graphs.stats import as_text
    from paperflow.workspace import find_workspace

    found = graph_statistics(find_workspace(workspace), _selection(types, min_papers))
    write_json(found) if as_json else typer.echo(as_text(found))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A concept, method, author, paper, …")],
    hops: Annotated[int, typer.Option(min=1, max=4, help="How far to look.")] = 1,
    limit: Annotated[int, typer.Option(min=1, help="At most this many nodes.")] = 30,
    types: TypesOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a node with its neighbours and the sentences that join them."""
    from paperflow.analysis import around
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    found, notes = around(opened, name, hops=hops, most=limit, types=types or ())
    for note in notes:
        say(f"note: {note}")
    write_json({**found.as_dict(), "notes": notes}) if as_json else typer.echo(found.as_text())


@app.command()
def merges(
    undo: Annotated[
        str, typer.Option(help="Take back the join of this node: its id or label.")
    ] = "",
    redo: Annotated[str, typer.Option(help="Let a join stand again that was taken back.")] = "",
    similar: Annotated[
        bool, typer.Option("--similar", help="First look for terms with similar vectors.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List which nodes are one, and why; take joins back."""
    from paperflow import analysis
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    if similar:
        say(f"similar terms joined: {analysis.join_similar(opened)}")
    for name, undone in ((undo, True), (redo, False)):
        if name:
            analysis.undo_join(opened, name, undone=undone)
    found = analysis.joins(opened)
    if as_json:
        write_json([join.as_dict() for join in found])
        return
    rows = [(j.dropped, j.kept, j.type, j.reason, "undone" if j.undone else "") for j in found]
    table(("node", "is part of", "type", "reason", ""), rows)


@app.command()
def export(
    format: Annotated[
        str,
        typer.Argument(
            help="graphml, json (node-link), or hif.",
            autocompletion=names_of("paperflow.graphs.convert:GRAPH_EXPORTERS"),
        ),
    ],
    out: Annotated[str, typer.Option(help="File to write; - is standard output.")] = "-",
    types: TypesOption = None,
    min_papers: FrequencyOption = 0,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the graph (graphml, json) or the hypergraph (hif) to a file."""
    from paperflow.analysis import export_graph
    from paperflow.reports.files import write_text_atomically
    from paperflow.workspace import find_workspace

    opened, chosen = find_workspace(workspace), _selection(types, min_papers)
    write_text_atomically(out, lambda file: export_graph(opened, format, file, chosen))


app.command()(coverage)
app.command()(read.citations)
app.command()(read.statements)
for _command in ("neighbours", "components", "hubs", "powerlaw"):
    app.command()(getattr(hypergraph, _command))


def _selection(types: list[str] | None, min_papers: int) -> "Selection":
    from paperflow.graphs.selection import Selection

    return Selection(types=tuple(types or ()), min_document_frequency=min_papers)
