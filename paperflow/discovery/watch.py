"""Queries that are kept: each time only what is new is told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from paperflow.discovery.gather import Told, gather
from paperflow.discovery.plan import LOCAL, check_sources, listed
from paperflow.errors import BadInput, UnknownName
from paperflow.records import Paper
from paperflow.reports.files import write_text_atomically
from paperflow.retrieval.query import parse_intent
from paperflow.sources import Answer, Source
from paperflow.sources.web import Web
from paperflow.store.identity import identity, strong_keys
from paperflow.workspace import Workspace

FILE = "watches.json"
_POOL = 100  # papers that each source is asked for


@dataclass(frozen=True, slots=True)
class Watch:
    """A kept query, the sources that it asks, and the names of the papers that were told."""

    query: str
    sources: tuple[str, ...]
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class News:
    """What one kept query brought that was not there before."""

    query: str
    papers: tuple[Paper, ...]
    answers: tuple[Answer, ...]


def watch(
    workspace: Workspace,
    query: str = "",
    sources: Sequence[str] = (),
    *,
    web: Web | None = None,
    given: Mapping[str, Source] | None = None,
    told: Told | None = None,
) -> list[News]:
    """Keep a query and tell what is new for it; without one, do so for all that are kept.

    What a source could not give this time is told when it can.
    """
    kept = load_watches(workspace)
    chosen = [_chosen(workspace, kept, query, sources, given or {})] if query else [*kept.values()]
    news = []
    for item in chosen:
        found, item = _looked(workspace, item, web or workspace.web, given, told)
        news.append(found)
        kept[item.query] = item
        _save(workspace, kept)
    return news


def forget(workspace: Workspace, query: str) -> None:
    """Keep a query no longer; raise UnknownName where it was not kept."""
    kept = load_watches(workspace)
    if query not in kept:
        known = "; ".join(kept) or "none"
        raise UnknownName(f"no watch on {query!r}", hint=f"kept are: {known}")
    del kept[query]
    _save(workspace, kept)


def load_watches(workspace: Workspace) -> dict[str, Watch]:
    """Return the kept queries; raise BadInput where their file was damaged by hand."""
    path = _path(workspace)
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {
            row["query"]: Watch(row["query"], tuple(row["sources"]), frozenset(row["seen"]))
            for row in rows
        }
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{path} can't be read", hint="mend the file or remove it") from error


def _chosen(
    workspace: Workspace,
    kept: Mapping[str, Watch],
    query: str,
    sources: Sequence[str],
    given: Mapping[str, Source],
) -> Watch:
    names = tuple(name for name in sources or listed(workspace.settings.sources) if name != LOCAL)
    check_sources([name for name in names if name not in given])
    before = kept.get(query)
    if not names and before is None:
        hint = "name one: --source arxiv, or set PAPERFLOW_SOURCES"
        raise BadInput("a watch needs a source to ask", hint=hint)
    if before is None:
        return Watch(query, names)
    return replace(before, sources=names) if names else before


def _looked(
    workspace: Workspace,
    item: Watch,
    web: Web,
    given: Mapping[str, Source] | None,
    told: Told | None,
) -> tuple[News, Watch]:
    """Ask the sources of one watch; return what is new, and the watch that has seen it."""
    topic = parse_intent(item.query).topic
    answers = gather(
        workspace, item.sources, topic, limit=_POOL, web=web, given=given, told=told
    )  # fmt: skip
    seen = set(item.seen)
    new = []
    for paper in _merged(workspace, answers):
        strong, weak = strong_keys(paper), identity(replace(paper, doi="", arxiv_id=""))
        if seen.isdisjoint({*strong, weak}):
            new.append(paper)
        seen.update(strong or (weak,))  # the weak name also tells it when it has a DOI one day
    found = News(item.query, tuple(new), tuple(answers))
    return found, replace(item, seen=frozenset(seen))


def _merged(workspace: Workspace, answers: Sequence[Answer]) -> list[Paper]:
    """Return the library's papers that the answers became, in their order, each once."""
    said = [paper for answer in answers for paper in answer.papers]
    owners = workspace.store.papers.owners(said)
    return workspace.store.papers.many(list(dict.fromkeys(owners)))


def _path(workspace: Workspace) -> Path:
    return workspace.home / FILE


def _save(workspace: Workspace, kept: Mapping[str, Watch]) -> None:
    rows = [
        {"query": item.query, "sources": list(item.sources), "seen": sorted(item.seen)}
        for item in kept.values()
    ]
    write_text_atomically(
        _path(workspace), lambda out: json.dump(rows, out, ensure_ascii=False, indent=1)
    )
