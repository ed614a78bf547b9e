"""Command: demo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import progress, say

if TYPE_CHECKING:
    from paperflow.discovery import Discovery
    from paperflow.reports.report import Answer, Report
    from paperflow.workspace import Workspace

QUERY = "graph transformers for large graphs"
QUESTION = "Which graph transformers scale to large graphs?"


def demo(
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="Folder for the demo's library.")
    ] = Path("demo-workspace"),
) -> None:
    """Take the whole journey on the bundled corpus: papers in, list, graph, answer, report."""
    from paperflow.commands.ask import write_answer
    from paperflow.commands.listing import write_list
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace, create=True)
    _prepare(opened)
    found, answer = _look(opened)
    say(f"\n$ paperflow discover {QUERY!r}")
    write_list(found.report)
    say(f"\n$ paperflow ask {QUESTION!r}")
    write_answer(answer)
    say("\nThe report, the bibliography, and the graph are here:")
    for path in _hand_over(opened, found.report, answer):
        typer.echo(str(path))


def _prepare(opened: "Workspace") -> None:
    """Add, embed, and analyse the bundled papers."""
    from importlib.resources import as_file, files

    from paperflow import analysis, discovery

    with as_file(files("paperflow") / "data" / "demo" / "papers.jsonl") as path:
        added = discovery.add_files(opened, [str(path)])
    say(f"added {added.added} papers, {added.unchanged} were there")
    with progress("embedding", discovery.to_embed(opened)) as advance:
        discovery.embed(opened, progress=advance)
    with progress("analysing", analysis.to_analyze(opened)) as advance:
        analysis.analyze(opened, progress=advance)
    counts = analysis.library_status(opened)
    told = (f"{counts[name]:,} {name}" for name in ("passages", "nodes", "edges", "hyperedges"))
    say(f"analysed: {', '.join(told)}")


def _look(opened: "Workspace") -> tuple["Discovery", "Answer"]:
    """Discover and ask."""
    from paperflow.answers import ask
    from paperflow.discovery import Choices, discover

    return discover(opened, QUERY, Choices(limit=10)), ask(opened, QUESTION)


def _hand_over(opened: "Workspace", listed: "Report", answer: "Answer") -> list[Path]:
    """Write the report, the bibliography, and the graph beside the library."""
    from paperflow import analysis
    from paperflow.graphs.selection import Selection
    from paperflow.reports.files import write_text_atomically
    from paperflow.reports.html import render

    folder = opened.folder.absolute()
    report = analysis.library_report(opened, discovered=listed, answer=answer)
    paths = [folder / name for name in ("report.html", "library.bib", "graph.graphml")]
    page = render(report)
    write_text_atomically(paths[0], lambda out: out.write(page))
    write_text_atomically(paths[1], lambda out: analysis.export_papers(opened, "bib", out))
    write_text_atomically(
        paths[2], lambda out: analysis.export_graph(opened, "graphml", out, Selection())
    )
    return paths
