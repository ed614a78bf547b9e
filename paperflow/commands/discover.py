"""Command: discover."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paperflow.commands.output import (
    JsonOption,
    ModelOption,
    ModelUrlOption,
    NoModelOption,
    OfflineOption,
    RefreshOption,
    WorkspaceOption,
    names_of,
    say,
    tell_answer,
    tell_step,
    write_json,
)

if TYPE_CHECKING:
    from paperflow.agents.discovery import TeamDiscovery
    from paperflow.discovery import Choices, Discovery
    from paperflow.workspace import Workspace


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
    citations: Annotated[
        bool, typer.Option("--citations", help="Let what the found papers cite rise, too.")
    ] = False,
    offline: OfflineOption = False,
    refresh: RefreshOption = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the files of this run.")] = None,
    team: Annotated[
        bool,
        typer.Option("--team", help="Let agents judge what is missing and ask again."),
    ] = False,
    budget: Annotated[
        str,
        typer.Option(help="--team, and the most it may take: steps=20,tokens=50000,seconds=300."),
    ] = "",
    model: ModelOption = "",
    model_url: ModelUrlOption = "",
    no_model: NoModelOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find papers: one ranked, diversified list with the reasons, and a folder of files.

    Topic, venue, years, authors, and source are read from the query; options override them.

    With --team, agents take the question apart, ask for each part, judge which parts no paper
    is on, and ask again, with a language model or by rule. A run that was stopped goes on.
    """
    from paperflow.commands.listing import write_list
    from paperflow.discovery import Choices
    from paperflow.discovery import discover as find
    from paperflow.reports.run import scored_record
    from paperflow.workspace import find_workspace

    choices = Choices(
        since=since, until=until, venues=_tuple(venue), authors=_tuple(author),
        sources=_tuple(source), limit=limit, mode=mode, weights=weights, as_of=as_of,
        dense=not lexical, citations=citations, offline=offline, refresh=refresh,
    )  # fmt: skip
    opened = find_workspace(workspace)
    if team or budget or model or model_url:
        asked = None if no_model else (model, model_url)
        found: Discovery | TeamDiscovery = _by_team(opened, query, choices, out, budget, asked)
    else:
        found = find(opened, query, choices, out=out, told=tell_answer)
    if as_json:
        papers = [scored_record(item) for item in found.report.papers]
        write_json({**found.manifest, "folder": str(found.folder.absolute()), "papers": papers})
    else:
        write_list(found.report)
        say(f"\nfiles: {found.folder}")


def _by_team(
    opened: "Workspace",
    query: str,
    choices: "Choices",
    out: Path | None,
    budget: str,
    model: tuple[str, str] | None,
) -> "TeamDiscovery":
    """Let the team discover; `model` is the name and the address that were given."""
    from paperflow.agents.discovery import BUDGET, discover_by_team
    from paperflow.agents.meter import parse_budget
    from paperflow.agents.model import open_model

    limits = parse_budget(budget, BUDGET)
    chosen = open_model(opened, *model, budget=limits) if model else None
    if chosen is None:
        say("no language model: the question is taken apart and judged by its words")
    return discover_by_team(
        opened, query, choices, model=chosen, budget=limits, out=out, told=tell_step,
        answered=tell_answer,
    )  # fmt: skip


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
