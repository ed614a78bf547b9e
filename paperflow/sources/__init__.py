"""Where papers come from. Each source answers with papers and says how it went.

A source is one file with a class that has `search`, and one line in SOURCES. The
`local` source, the library itself, is handed in by discovery.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from paperflow.errors import PaperflowError
from paperflow.records import Paper
from paperflow.registry import Registry

Status = Literal["ok", "rate_limited", "unauthorized", "failed", "skipped"]


class Source(Protocol):
    """A place that can be searched."""

    def search(self, query: str, *, limit: int) -> Iterable[Paper]:
        """Return at most `limit` papers, best match first; raise SourceError when it can't."""
        ...


class SourceError(PaperflowError):
    """A source did not answer; `status` says why in one word."""

    def __init__(self, message: str, *, status: Status = "failed", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status: Status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source gave, and how it went."""

    name: str
    status: Status
    papers: tuple[Paper, ...] = ()
    note: str = ""


SOURCES = Registry("source", {})


def ask_sources(
    names: Sequence[str], query: str, *, limit: int, given: Mapping[str, Source]
) -> list[Answer]:
    """Ask each source in turn; one that fails is reported and never ends the run.

    `given` holds sources that need no loading, such as the library itself. An unknown
    name is the user's mistake and raises UnknownName before anything is asked.
    """
    sources = {name: given[name] if name in given else SOURCES.load(name)() for name in names}
    return [_ask(name, source, query, limit) for name, source in sources.items()]


def known_sources(given: Iterable[str] = ()) -> list[str]:
    """Return the names of all sources, sorted."""
    return sorted({*SOURCES.names(), *given})


def _ask(name: str, source: Source, query: str, limit: int) -> Answer:
    try:
        papers = tuple(source.search(query, limit=limit))
    except SourceError as error:
        return Answer(name=name, status=error.status, note=error.message)
    return Answer(name=name, status="ok", papers=papers)
