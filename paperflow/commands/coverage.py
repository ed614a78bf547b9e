"""Command: graph coverage."""

from dataclasses import asdict
from typing import Annotated

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, say, table, write_json


def coverage(
    paper: Annotated[
        str, typer.Argument(help="Id or citation key of a paper; by default all papers.")
    ] = "",
    limit: Annotated[
        int, typer.Option(min=0, help="List at most this many papers, and gaps.")
    ] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how much of the full texts the graph links, and list what it does not.

    Sections, figures, tables, equations, and references count, and what the text mentions but
    was not found.
    """
    from paperflow import analysis
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    found = analysis.coverage(opened, paper, most=limit)
    if as_json:
        write_json(asdict(found))
        return
    rows = [(item.name, item.value, item.of, _share(item.value, item.of)) for item in found.parts]
    linked, total = sum(row[1] for row in rows), sum(row[2] or 0 for row in rows)
    table(("part", "linked", "of", "share"), [*rows, ("all", linked, total, _share(linked, total))])
    keys = opened.citation_keys()
    if not paper:
        typer.echo("\nby paper, the least covered first:")
        texts = [(keys[c.name], c.value, c.of, _share(c.value, c.of)) for c in found.papers]
        table(("paper", "linked", "of", "share"), texts[:limit])
    gaps = [(keys[g.paper_id], g.kind, g.page, g.label, g.reason) for g in found.gaps]
    if gaps:
        typer.echo("\nnot linked:")
        table(("paper", "part", "page", "text", "reason"), gaps)
    if found.left_out:
        say(f"{found.left_out} more are not linked: --limit lists them")
    if found.unread:
        say(f"{found.unread} papers have no full text")


def _share(linked: int, total: int | None) -> str:
    return f"{linked / total:.0%}" if total else ""
