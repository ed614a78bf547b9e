"""Commands that show what papers say: read, graph citations, graph statements."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, say, table, write_json
from paperflow.commands.path import (
    RelationOption,
    SinceOption,
    TypeOption,
    UntilOption,
    filter_of,
)

if TYPE_CHECKING:
    from paperflow.answers.reading import Reading

PaperArgument = Annotated[
    str, typer.Argument(help="A paper's id, citation key, DOI, arXiv id, or title.")
]


def read(
    paper: PaperArgument,
    page: Annotated[int, typer.Option(min=1, help="Which page of the text.")] = 1,
    section: Annotated[str, typer.Option(help="Only sections whose heading holds this.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a paper's text, page by page."""
    from paperflow.answers.reading import read as read_page
    from paperflow.workspace import find_workspace

    found = read_page(find_workspace(workspace), paper, page=page, section=section)
    if as_json:
        write_json({**asdict(found), "paper": found.paper.as_dict()})
    else:
        write_page(found)


def write_page(found: "Reading") -> None:
    """Print a page of a paper under its headings."""
    from paperflow.reports.text import clean, one_line

    say(f"{one_line(found.paper.title)} [{found.key}], page {found.page} of {found.pages}")
    section = None
    for passage in found.passages:
        if passage.section != section:
            typer.echo(f"\n{one_line(passage.section)}\n")
            section = passage.section
        typer.echo(clean(passage.text))


def citations(
    paper: PaperArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a paper cites and which papers of the library cite it."""
    from paperflow.answers.citations import cited, citing
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    found = {"cites": cited(opened, paper), "cited by": citing(opened, paper)}
    if as_json:
        write_json({name: [work._asdict() for work in works] for name, works in found.items()})
        return
    rows = [
        (work.title, name, work.year or "", work.key, work.id)
        for name, works in found.items()
        for work in works
    ]
    table(("work", "", "year", "key", "id"), rows)


def statements(
    name: Annotated[str, typer.Argument(help="A concept, method, dataset, …")],
    limit: Annotated[int, typer.Option(min=1, help="List at most this many.")] = 20,
    types: TypeOption = None,
    relations: RelationOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the statements in which a concept stands, the latest first, each with its quote."""
    from paperflow.answers.connect import statements_of
    from paperflow.workspace import find_workspace

    part = filter_of(types, relations, since, until)
    found, notes = statements_of(find_workspace(workspace), name, part, limit=limit)
    for note in notes:
        say(f"note: {note}")
    write_json({**found.as_dict(), "notes": notes}) if as_json else typer.echo(found.as_text())
