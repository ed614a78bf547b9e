"""Command: analyze."""

from dataclasses import asdict

import typer

from paperflow.commands.output import JsonOption, WorkspaceOption, progress, say, write_json


def analyze(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Turn titles and abstracts into passages, a typed graph, and statements with evidence.

    Only new and changed papers are read; a run that was stopped goes on where it was.
    """
    from paperflow import analysis
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    with progress("analysing", analysis.to_analyze(opened)) as advance:
        summary = analysis.analyze(opened, progress=advance)
    if as_json:
        write_json({"analyzed": summary.done, "failed": [asdict(f) for f in summary.failures]})
        return
    typer.echo(f"analysed {summary.done}, failed {len(summary.failures)}")
    for failure in summary.failures:
        say(f"failed: {failure.item}: {failure.reason}")
