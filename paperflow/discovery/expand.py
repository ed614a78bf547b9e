"""Follow references and citations from papers of the library, within a budget."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from time import perf_counter
from typing import TypeVar

from paperflow.records import Context, Paper
from paperflow.sources import (
    SOURCES,
    Answer,
    Citation,
    Citing,
    Recommending,
    Source,
    SourceError,
    Status,
)
from paperflow.sources.fields import name as name_of
from paperflow.sources.web import Web
from paperflow.workspace import Workspace

T = TypeVar("T")
CITING = ("semantic_scholar", "openalex")  # asked in this order; the first that answers counts
BUDGET = 200  # papers that one expansion may bring
EACH = 50  # references, and as many citations, that are followed from one paper


@dataclass(slots=True)
class Expanded:
    """What following citations brought, and how each source went."""

    alike: bool = False  # are recommended papers asked for?
    followed: int = 0
    added: int = 0
    papers: list[Paper] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def dead(self) -> bool:
        """Tell whether no source answers any more."""
        return all(answer.status != "ok" for answer in self.answers.values())


def expand(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    depth: int = 1,
    budget: int = BUDGET,
    alike: bool = False,
    web: Web | None = None,
    given: Mapping[str, Source] | None = None,
) -> Expanded:
    """Add what the named papers, or all of the library, cite and what cites them.

    `depth` 2 goes on from what was found; with `alike`, papers that a source recommends beside
    each come too. At most `budget` papers are brought, those of the
    first papers first; who cites whom is kept with them. What came before a source failed
    stays.
    """
    papers = workspace.store.papers
    level = papers.many([papers.find(name) for name in names]) if names else list(papers.all())
    sources = _sources(web or workspace.web, given or {})
    done = Expanded(alike, answers={name: Answer(name=name, status="ok") for name in sources})
    seen = {name_of(paper) for paper in level}
    for _ in range(depth):
        level = _next_level(workspace, level, sources, seen, budget, done)
    return done


def _sources(web: Web, given: Mapping[str, Source]) -> dict[str, Source]:
    return {name: given.get(name) or SOURCES.load(name)(web) for name in given or CITING}


def _next_level(
    workspace: Workspace,
    level: Sequence[Paper],
    sources: Mapping[str, Source],
    seen: set[str],
    budget: int,
    done: Expanded,
) -> list[Paper]:
    """Follow each paper of a level; return the papers that were not seen before."""
    found: list[Paper] = []
    for paper in level:
        left = budget - len(done.papers)
        if left <= 0 or done.dead:
            break
        new = _followed(workspace, paper, sources, seen, left, done) if name_of(paper) else []
        done.papers += new
        found += new
    return found


def _followed(
    workspace: Workspace,
    paper: Paper,
    sources: Mapping[str, Source],
    seen: set[str],
    left: int,
    done: Expanded,
) -> list[Paper]:
    """Add one paper's neighbours and their citations; return those that are new."""
    done.followed += 1
    source, cited, citing = _asked(name_of(paper), sources, done)
    near = [item.paper for item in (*cited, *citing)]
    new = _unseen([*near, *_alike(name_of(paper), sources, done)], seen, left)
    told = [_contexts(name_of(item.paper), item) for item in cited if name_of(item.paper)]
    links = [_citing(paper, told, source)] if told else []
    links += [
        _citing(item.paper, [_contexts(name_of(paper), item)], source)
        for item in citing
        if name_of(item.paper) in seen
    ]
    outcomes = workspace.store.papers.add([*new, *links])
    done.added += outcomes[: len(new)].count("added")
    return new


def _contexts(work: str, citation: Citation) -> list[Context]:
    """Return how a work is cited: at least that it is."""
    return [Context(work, *told) for told in citation.contexts] or [Context(work)]


def _citing(paper: Paper, told: Iterable[Iterable[Context]], source: str) -> Paper:
    """Return a record that says no more than who cites what, and how."""
    contexts = sorted(set(chain.from_iterable(told)))
    return Paper(
        title=paper.title, authors=paper.authors[:1], year=paper.year, doi=paper.doi,
        arxiv_id=paper.arxiv_id, references=tuple(sorted({item.work for item in contexts})),
        contexts=tuple(item for item in contexts if item.sentence or item.intent),
        sources=(source,),
    )  # fmt: skip


def _unseen(papers: Iterable[Paper], seen: set[str], left: int) -> list[Paper]:
    """Return the first `left` papers with a name that was not seen, and note them."""
    new: dict[str, Paper] = {}
    for paper in papers:
        if (name := name_of(paper)) and name not in seen:
            new.setdefault(name, paper)
    kept = dict(islice(new.items(), left))
    seen.update(kept)
    return list(kept.values())


def _asked(
    name: str, sources: Mapping[str, Source], done: Expanded
) -> tuple[str, list[Citation], list[Citation]]:
    """Return references and citations, and the source that gave them: the first that has any."""
    for source, asked in sources.items():
        if done.answers[source].status != "ok" or not isinstance(asked, Citing):
            continue
        begin = perf_counter()
        cited, first = _all(asked.references(name, limit=EACH))
        citing, second = _all(asked.citations(name, limit=EACH)) if first is None else ([], first)
        seconds = perf_counter() - begin
        found = [item.paper for item in cited + citing]
        done.answers[source] = _counted(done.answers[source], found, second, seconds)
        if cited or citing:
            return source, cited, citing
    return "", [], []


def _alike(name: str, sources: Mapping[str, Source], done: Expanded) -> list[Paper]:
    """Return the papers that sources recommend beside one, where they are asked for."""
    found: list[Paper] = []
    for source, asked in sources.items() if done.alike else ():
        if done.answers[source].status == "ok" and isinstance(asked, Recommending):
            begin = perf_counter()
            papers, error = _all(asked.recommended(name, limit=EACH))
            seconds = perf_counter() - begin
            done.answers[source] = _counted(done.answers[source], papers, error, seconds)
            found += papers
    return found


def _all(items: Iterable[T]) -> tuple[list[T], SourceError | None]:
    found: list[T] = []
    try:
        found.extend(items)
    except SourceError as error:
        return found, error
    return found, None


def _counted(
    before: Answer, found: Sequence[Paper], error: SourceError | None, seconds: float
) -> Answer:
    status: Status = error.status if error else "ok"
    papers = (*before.papers, *found)
    note = error.message if error else before.note
    return replace(
        before, status=status, papers=papers, note=note, seconds=before.seconds + seconds
    )
