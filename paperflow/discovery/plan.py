"""What exactly is looked for: the query as it was read, and the choices that win over it."""

import re
from dataclasses import dataclass

from paperflow.errors import BadInput
from paperflow.retrieval.query import Intent, parse_intent
from paperflow.retrieval.scores import Mode, mode, parse_weights, weights_of
from paperflow.workspace import Workspace

LOCAL = "local"  # the library itself, as a source
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


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


@dataclass(frozen=True, slots=True)
class Plan:
    """A discovery with everything settled."""

    query: str
    intent: Intent
    sources: tuple[str, ...]
    limit: int
    mode_name: str
    mode: Mode
    weights: dict[str, float]
    as_of: str
    earliest: str
    dense: bool


def planned(workspace: Workspace, query: str, choices: Choices) -> Plan:
    """Read the query, let the choices win over it, and fill what is left from the settings."""
    for name in ("since", "until", "as_of"):
        _check_date(name, getattr(choices, name))
    earliest, newest = workspace.store.papers.date_range()
    as_of = choices.as_of or newest
    intent = parse_intent(query, as_of=as_of).override(
        since=choices.since, until=choices.until, venues=choices.venues,
        authors=choices.authors, sources=choices.sources,
    )  # fmt: skip
    name = choices.mode or workspace.settings.mode
    given = parse_weights(choices.weights) if choices.weights else None
    return Plan(
        query=query,
        intent=intent,
        sources=intent.sources or (LOCAL,),
        limit=choices.limit or workspace.settings.limit,
        mode_name=name,
        mode=mode(name),
        weights=weights_of(name, given),
        as_of=as_of,
        earliest=earliest,
        dense=choices.dense and workspace.is_embedded,
    )


def _check_date(name: str, value: str | None) -> None:
    if value is not None and not _DATE.fullmatch(value):
        hint = "write YYYY, YYYY-MM, or YYYY-MM-DD"
        raise BadInput(f"--{name.replace('_', '-')} can't be {value!r}", hint=hint)
