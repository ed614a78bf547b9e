"""What exactly is looked for: the query as it was read, and the choices that win over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from paperflow.errors import BadInput, UnknownName
from paperflow.retrieval.query import Intent, parse_intent
from paperflow.retrieval.scores import Mode, mode, parse_weights, weights_of
from paperflow.sources import known_sources
from paperflow.workspace import Workspace

LOCAL = "local"  # the library itself, as a source


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a user sets for one discovery; None leaves it to the query or the settings."""

    since: str | None = None
    until: str | None = None
    venues: tuple[str, ...] | None = None
    authors: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    limit: int | None = None
    mode: str | None = None
    weights: str | None = None
    as_of: str | None = None
    dense: bool = True
    citations: bool = False
    offline: bool = False
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A discovery with everything settled."""

    query: str
    intent: Intent
    sources: tuple[str, ...]
    skipped: tuple[str, ...]  # that the query speaks of; leaving the machine is asked for by option
    limit: int
    mode_name: str
    mode: Mode
    weights: dict[str, float]
    as_of: str
    earliest: str
    dense: bool
    by_words: bool  # as the user asked
    citations: bool  # does search follow them?


def planned(workspace: Workspace, query: str, choices: Choices) -> Plan:
    """Read the query, let the choices win over it, and fill what is left from the settings."""
    earliest, newest = workspace.store.papers.date_range()
    as_of = choices.as_of or newest
    intent = parse_intent(query, as_of=as_of).override(
        since=choices.since, until=choices.until, venues=choices.venues,
        authors=choices.authors, sources=choices.sources,
    )  # fmt: skip
    _check_dates(since=intent.since, until=intent.until, as_of=as_of)
    sources = choices.sources or listed(workspace.settings.sources)
    check_sources(sources)
    name = choices.mode or workspace.settings.mode
    given = parse_weights(choices.weights) if choices.weights else None
    return Plan(
        query=query,
        intent=intent,
        sources=sources or (LOCAL,),
        skipped=tuple(
            name for name in intent.sources if name in known_sources() and name not in sources
        ),
        limit=choices.limit or workspace.settings.limit,
        mode_name=name,
        mode=mode(name),
        weights=weights_of(name, given),
        as_of=as_of,
        earliest=earliest,
        dense=choices.dense and workspace.is_embedded,
        by_words=not choices.dense,
        citations=choices.citations,
    )


def _check_dates(**dates: str) -> None:
    """Refuse what is no date, and a window that ends before it begins."""
    for name, value in dates.items():
        if value and not _is_date(value):
            hint = "write YYYY, YYYY-MM, or YYYY-MM-DD"
            raise BadInput(f"--{name.replace('_', '-')} can't be {value!r}", hint=hint)
    since, until = dates["since"], dates["until"]
    if since and until and until < since[: len(until)]:
        raise BadInput(f"nothing is since {since} and until {until}", hint="turn the dates round")


def _is_date(text: str) -> bool:
    parts = text.split("-")
    if [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
        return False
    try:
        date(*map(int, [*parts, "01", "01"][:3]))
    except ValueError:
        return False
    return True


def listed(text: str) -> tuple[str, ...]:
    """Return the distinct names in a text with commas between them."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def check_sources(names: Iterable[str]) -> None:
    """Refuse a source that the user named and that is not there."""
    known = known_sources([LOCAL])
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise UnknownName(f"no source named {name!r}", hint=hint)
