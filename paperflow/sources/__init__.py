"""Where papers come from. Each source answers with papers and says how it went.

A source is one file with a class that takes a `Web` and has `search`, and one line in
SOURCES. The `local` source, the library itself, is handed in by discovery. Those that also
have `find` look up papers by name, and those that have `cited` follow citations.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from paperflow.records import Paper
from paperflow.registry import Registry
from paperflow.sources.status import SourceError, Status

if TYPE_CHECKING:
    from paperflow.sources.web import Web

__all__ = [
    "SOURCES",
    "Answer",
    "Citation",
    "Citing",
    "Finder",
    "Recommending",
    "Source",
    "SourceError",
    "Status",
    "ask_sources",
    "collect",
    "known_sources",
]


class Source(Protocol):
    """A place that can be searched."""

    def search(self, query: str, *, limit: int) -> Iterable[Paper]:
        """Return at most `limit` papers, best match first; raise SourceError when it can't.

        What was given before the error counts.
        """
        ...


@runtime_checkable
class Finder(Protocol):
    """A source that knows papers by their names."""

    def find(self, names: Sequence[str]) -> Iterable[Paper]:
        """Return the papers that "doi:…" and "arxiv:…" name, as far as they are known here."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A citation of or by a paper: the other paper, and sentences with what they intend."""

    paper: Paper
    contexts: tuple[tuple[str, str], ...] = ()


@runtime_checkable
class Citing(Protocol):
    """A source that knows who cites whom."""

    def references(self, name: str, *, limit: int) -> Iterable[Citation]:
        """Return what the paper of this name cites."""
        ...

    def citations(self, name: str, *, limit: int) -> Iterable[Citation]:
        """Return what cites the paper of this name."""
        ...


@runtime_checkable
class Recommending(Protocol):
    """A source that knows papers like a paper."""

    def recommended(self, name: str, *, limit: int) -> Iterable[Paper]:
        """Return papers like the one of this name, the most alike first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source gave, how it went, and how long it took."""

    name: str
    status: Status
    papers: tuple[Paper, ...] = ()
    note: str = ""
    seconds: float = field(default=0.0, compare=False)


SOURCES = Registry(
    "source",
    {
        "arxiv": "paperflow.sources.arxiv:ArXiv",
        "crossref": "paperflow.sources.crossref:Crossref",
        "datacite": "paperflow.sources.datacite:DataCite",
        "europepmc": "paperflow.sources.europe_pmc:EuropePMC",
        "huggingface": "paperflow.sources.hugging_face:HuggingFace",
        "openalex": "paperflow.sources.openalex:OpenAlex",
        "openreview": "paperflow.sources.openreview:OpenReview",
        "semantic_scholar": "paperflow.sources.semantic_scholar:SemanticScholar",
    },
)


def ask_sources(
    names: Sequence[str],
    query: str,
    *,
    limit: int,
    given: Mapping[str, Source],
    web: "Web | None" = None,
    told: Callable[[Answer], object] | None = None,
) -> list[Answer]:
    """Ask all sources at once; one that fails is reported and never ends the run.

    `given` holds sources that need no loading, such as the library itself; the others are
    made with `web`. An unknown name is the user's mistake and raises UnknownName before
    anything is asked. `told` gets each answer as it comes; the list is in the order of `names`.
    """
    sources = {name: given[name] if name in given else SOURCES.load(name)(web) for name in names}

    def ask(name: str) -> Answer:
        answer = collect(name, lambda: sources[name].search(query, limit=limit))
        if told:
            told(answer)
        return answer

    if len(sources) < 2:  # the library alone needs no thread
        return [ask(name) for name in sources]
    with ThreadPoolExecutor(len(sources)) as pool:
        return list(pool.map(ask, sources))


def collect(name: str, ask: Callable[[], Iterable[Paper]]) -> Answer:
    """Ask one source and keep what it gives, also what came before an error."""
    begin = perf_counter()
    papers: list[Paper] = []
    status: Status = "ok"
    note = ""
    try:
        papers.extend(ask())
    except SourceError as error:
        status, note = error.status, error.message
    return Answer(
        name=name, status=status, papers=tuple(papers), note=note, seconds=perf_counter() - begin
    )


def known_sources(given: Iterable[str] = ()) -> list[str]:
    """Return the names of all sources, sorted."""
    return sorted({*SOURCES.names(), *given})
