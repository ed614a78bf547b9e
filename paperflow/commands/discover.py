"""Commands that find: discover, embed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    tell_answer,
    write_json,
)

if TYPE_CHECKING:
    from paperflow.reports.report import Report

LONG = 1000  # texts from which it is worth saying how long they take


def discover(
    query: Annotated[str, typer.Argument(help="What to look for, in words.")],
    since: Annotated[str | None, typer.Option(help="Published since: YYYY[-MM[-DD]].")] = None,
    until: Annotated[str | None, typer.Option(help="Published on or before.")] = None,
    venue: Annotated[
        list[str] | None, typer.Option(help="Published there; may be repeated.")
    ] = None,
    author: Annotated[list[str] | None, typer.Option(help="Written by; may be repeated.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Search there too; may be repeated. local is the library itself.",
            autocompletion=names_of("paperflow.sources:SOURCES"),
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most this many papers, and those that the views add."),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(
            help="stable, balanced, or discovery: what counts how much.",
            autocompletion=names_of("paperflow.retrieval.scores:MODES"),
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help="Own weights, such as relevance=2,recency=0.5."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Day that recency counts from; by default the newest."),
    ] = None,
    lexical: Annotated[
        bool, typer.Option("--lexical", help="Search by words alone, without vectors.")
    ] = False,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the files of this run.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find papers: one ranked, diversified list with the reasons, and a folder of files.

    Topic, venue, years, authors, and source are read from the query; options override them.
    """
    from paperflow.discovery import Choices
    from paperflow.discovery import discover as find
    from paperflow.reports.run import scored_record
    from paperflow.workspace import find_workspace

    choices = Choices(
        since=since, until=until, venues=_tuple(venue), authors=_tuple(author),
        sources=_tuple(source), limit=limit, mode=mode, weights=weights, as_of=as_of,
        dense=not lexical, offline=offline, refresh=refresh,
    )  # fmt: skip
    found = find(find_workspace(workspace), query, choices, out=out, told=tell_answer)
    if as_json:
        papers = [scored_record(item) for item in found.report.papers]
        write_json({**found.manifest, "folder": str(found.folder.absolute()), "papers": papers})
    else:
        write_list(found.report)
        say(f"\nfiles: {found.folder}")


def write_list(report: "Report") -> None:
    """Print the ranked list with each part's share of the total, and how it was made."""
    from paperflow.reports.report import PARTS

    for name, value in report.reading:
        say(f"{name:10} {value}")
    for note in report.notes:
        say(f"{'note':10} {note}")
    if not report.papers:
        say("no paper fits: try fewer words, or a wider window")
        return
    rows = []
    for item in report.papers:
        shares = {part.name: part.share for part in item.parts}
        marks = f"  [{', '.join(item.marks)}]" if item.marks else ""
        cells = [f"{shares[name]:.2f}" if name in shares else "" for name in PARTS]
        total = "" if item.total is None else f"{item.total:.2f}"
        title = f"{item.paper.title}{marks}"
        rows.append([title, item.rank, item.key, item.paper.year, total, *cells])
    table(["title", "rank", "key", "year", "total", *PARTS], rows)


def embed(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Make the vectors of titles and abstracts that dense search needs.

    Every text is embedded once; a run that was stopped goes on where it was.
    """
    from paperflow import discovery
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    waiting = discovery.to_embed(opened)
    if waiting > LONG:
        minutes = discovery.embedding_time(opened) / 60
        say(f"{waiting:,} texts to embed, about {minutes:.0f} minutes; it may be stopped any time")
    with progress("embedding", discovery.to_embed(opened)) as advance:
        discovery.embed(opened, progress=advance)
    done = waiting - discovery.to_embed(opened)
    write_json({"embedded": done}) if as_json else typer.echo(f"embedded {done}")


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
