"""Command: embed."""

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, progress, say, write_json

LONG = 1000  # texts from which it is worth saying how long they take


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
