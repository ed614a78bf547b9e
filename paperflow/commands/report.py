"""Commands that hand things over: report, export."""

from pathlib import Path
from typing import Annotated

import typer

from paperflow.commands.output import WorkspaceOption, names_of, say


def report(
    out: Annotated[str, typer.Option(help="File to write; - is standard output.")] = "report.html",
    query: Annotated[
        str | None, typer.Option(help="List what this query discovers, instead of all papers.")
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="Answer this question at the top of the report.")
    ] = None,
    path: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Draw how these two concepts are joined at the top of the report."),
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the report.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Papers that the query lists.")] = 30,
    workspace: WorkspaceOption = None,
) -> None:
    """Write one HTML file with papers, scores, graph, timeline, and answer."""
    from paperflow.analysis import library_report
    from paperflow.answers import ask
    from paperflow.answers.connect import connect
    from paperflow.discovery import Choices, discover
    from paperflow.reports.files import write_text_atomically
    from paperflow.reports.html import render
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    found = discover(opened, query, Choices(limit=limit)).report if query else None
    answer = ask(opened, question) if question else None
    connection, notes = connect(opened, *path) if path else (None, [])
    for note in notes:
        say(f"note: {note}")
    page = render(
        library_report(opened, title=title, discovered=found, answer=answer, connection=connection)
    )
    write_text_atomically(out, lambda file: file.write(page))
    if out != "-":
        say(f"wrote {Path(out).absolute()}")


def export(
    format: Annotated[
        str,
        typer.Argument(
            help="bib, csl, ris, csv, json, or md.",
            autocompletion=names_of("paperflow.reports:EXPORTERS"),
        ),
    ],
    out: Annotated[str, typer.Option(help="File to write; - is standard output.")] = "-",
    workspace: WorkspaceOption = None,
) -> None:
    """Write every paper of the library in a bibliographic format."""
    from paperflow.analysis import export_papers
    from paperflow.reports.files import write_text_atomically
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    opened.require_papers()
    write_text_atomically(out, lambda file: export_papers(opened, format, file))
