"""Commands on the library as a whole: add, authors, status."""

from typing import Annotated

import typer

from paperflow.commands.output import (
    JsonOption,
    OfflineOption,
    RefreshOption,
    WorkspaceOption,
    names_of,
    progress,
    say,
    table,
    write_json,
)


def add(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, patterns, DOIs, arXiv ids, or their addresses; "
            "- reads from standard input."
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            help="Read the files as this kind, whatever they look like.",
            autocompletion=names_of("paperflow.readers:READERS"),
        ),
    ] = None,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add papers from PDF, LaTeX, HTML, JATS, TEI, BibTeX, RIS, CSL-JSON, JSONL, CSV, and text.

    DOIs and arXiv ids, also as addresses or as a file that lists them, are looked up on the web.

    A paper that comes with its full text is analysed with it. Adding the same thing twice
    changes nothing. What can't be read is listed with its reason and does not stop the rest.
    """
    from paperflow.discovery import add_files
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace, create=True)
    with progress("adding") as advance:
        web = opened.web.but(offline=offline, refresh=refresh)
        summary = add_files(opened, files, kind=kind, web=web, progress=advance)
    if as_json:
        write_json(summary.as_dict())
    else:
        typer.echo(
            f"added {summary.added}, merged {summary.merged}, unchanged {summary.unchanged}, "
            f"failed {len(summary.failures)}"
            + (f", with full text {summary.texts}" if summary.texts else "")
        )
        for failure in summary.failures:
            say(f"failed: {failure.item}: {failure.reason}")
    if summary.failures and not summary.read:
        raise typer.Exit(1)


def authors(
    limit: Annotated[int, typer.Option(min=1, help="List at most this many.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who wrote the papers, each person once, under all names that are theirs."""
    from paperflow.analysis import library_authors
    from paperflow.workspace import find_workspace

    found = library_authors(find_workspace(workspace))
    if as_json:
        write_json([{"names": p.names, "papers": p.works} for p in found[:limit]])
        return
    rows = [[p.names[0], len(p.works), " | ".join(p.names[1:])] for p in found[:limit]]
    table(["author", "papers", "also"], rows)
    say(f"{len(found)} persons")


def status(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show what the library holds and which steps are still to do."""
    from paperflow.analysis import library_status
    from paperflow.workspace import find_workspace

    found = library_status(find_workspace(workspace))
    if as_json:
        write_json(found)
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' '):24} {value}")
