"""Commands that ask the web: expand, watch, fetch."""

from collections.abc import Iterable
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
    from paperflow.records import Paper

Papers = Annotated[
    list[str] | None, typer.Argument(help="Papers by id, DOI, arXiv id, or title; default: all.")
]


def expand(
    papers: Papers = None,
    depth: Annotated[int, typer.Option(min=1, max=2, help="How many citations away.")] = 1,
    budget: Annotated[int, typer.Option(min=1, help="Bring at most this many papers.")] = 200,
    alike: Annotated[
        bool, typer.Option("--alike", help="Also what Semantic Scholar recommends beside each.")
    ] = False,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add what papers cite and what cites them, and who cites whom."""
    from paperflow import discovery
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    opened.require_papers()
    web = opened.web.but(offline=offline, refresh=refresh)
    done = discovery.expand(opened, papers or (), depth=depth, budget=budget, alike=alike, web=web)
    for answer in done.answers.values():
        tell_answer(answer)
    if as_json:
        found = [paper.as_dict() for paper in done.papers]
        write_json({"followed": done.followed, "added": done.added, "papers": found})
    else:
        typer.echo(f"followed {done.followed}, found {len(done.papers)}, added {done.added}")
    if done.dead and not done.papers:
        raise typer.Exit(1)


def watch(
    query: Annotated[str | None, typer.Argument(help="What to keep; default: all kept.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Ask there; may be repeated.",
            autocompletion=names_of("paperflow.sources:SOURCES"),
        ),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Keep the query no longer.")] = False,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a query, and tell only what is new since it was last asked."""
    from paperflow import discovery
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace, create=True)
    if forget:
        discovery.forget(opened, query or "")
        return
    web = opened.web.but(offline=offline, refresh=refresh)
    news = discovery.watch(opened, query or "", source or (), web=web, told=tell_answer)
    if as_json:
        write_json([
            {"query": item.query, "new": [paper.as_dict() for paper in item.papers]}
            for item in news
        ])  # fmt: skip
        return
    for item in news:
        say(f"\n{item.query}: {len(item.papers)} new")
        _list(item.papers)


def fetch(
    papers: Papers = None,
    source: Annotated[
        bool, typer.Option("--source", help="LaTeX sources from arXiv instead of PDFs.")
    ] = False,
    offline: OfflineOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch open full texts and read them: from arXiv, the record's address, Unpaywall."""
    from paperflow import discovery
    from paperflow.workspace import find_workspace

    opened = find_workspace(workspace)
    opened.require_papers()
    kind = "source" if source else "pdf"
    with progress("fetching", len(papers) if papers else opened.store.papers.count()) as advance:
        web = opened.web.but(offline=offline)
        done = discovery.fetch(opened, papers or (), kind=kind, web=web, progress=advance)
    if as_json:
        failed = [{"item": item.item, "reason": item.reason} for item in done.failures]
        write_json({"files": list(map(str, done.files)), "there": len(done.there),
                    "read": done.read, "failed": failed})  # fmt: skip
    else:
        for path in done.files:
            typer.echo(str(path))
        say(f"fetched {len(done.files)}, there {len(done.there)}, read {done.read}, "
            f"failed {len(done.failures)}")  # fmt: skip
        for failure in done.failures:
            say(f"failed: {failure.item}: {failure.reason}")
    if done.failures and not done.files and not done.there:
        raise typer.Exit(1)


def _list(papers: "Iterable[Paper]") -> None:
    rows = [[p.title, p.year, "; ".join(p.authors[:3]), p.id] for p in papers]
    if rows:
        table(["title", "year", "authors", "id"], rows)
