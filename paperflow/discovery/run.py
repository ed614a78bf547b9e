"""One discovery: search, merge, score, diversify, and leave the list in a folder."""

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from paperflow import __version__
from paperflow.discovery.gather import Told, gather
from paperflow.discovery.plan import LOCAL, Choices, Plan, planned
from paperflow.records import Paper, fingerprint
from paperflow.reports.picture import picture, timeline
from paperflow.reports.report import Report, ScoredPaper, ScorePart, Settings, SourceStatus
from paperflow.reports.run import check_folder, write_run, write_times
from paperflow.reports.text import to_ascii
from paperflow.retrieval.citations import follow_citations, library_citations
from paperflow.retrieval.diversity import diversify, views
from paperflow.retrieval.query import Intent, parse_intent
from paperflow.retrieval.scores import PARTS, Library, Scored, score
from paperflow.retrieval.search import Hit, search_wordings
from paperflow.sources import Answer, ask_sources
from paperflow.store import Filter
from paperflow.workspace import Workspace

CANDIDATES = 100  # papers that are scored; `limit` are listed, and what the views point at
_MARKS = {"hidden_gems": "hidden gem", "canonical": "canonical"}


@dataclass(frozen=True, slots=True)
class Discovery:
    """A ranked list, the folder with its files, and what the manifest says of it."""

    report: Report
    folder: Path
    manifest: dict[str, Any]
    answers: tuple[Answer, ...]


def discover(
    workspace: Workspace,
    query: str,
    choices: Choices | None = None,
    *,
    out: Path | None = None,
    told: Told | None = None,
) -> Discovery:
    """Search, merge, score, diversify; leave the list in a run folder.

    `told` gets the answer of each source that is asked, as it comes. The same store, query, and
    choices give the same files, on any day, in any process.
    """
    begin = perf_counter()
    check_folder(out)
    choices = choices or Choices()
    elsewhere = look_elsewhere(workspace, query, choices, told=told)
    found = perf_counter()
    ranking = rank(workspace, query, choices, elsewhere=elsewhere, told=told)
    ranked = perf_counter()
    folder = out or _run_folder(workspace, ranking.manifest)
    write_run(folder, ranking.report, ranking.manifest)
    end = perf_counter()
    steps = {"search": found - begin, "rank": ranked - found, "write": end - ranked}
    write_times(folder, steps | {f"source {a.name}": a.seconds for a in elsewhere})
    return Discovery(ranking.report, folder, ranking.manifest, ranking.answers)


def look_elsewhere(
    workspace: Workspace,
    query: str,
    choices: Choices,
    *,
    wording: str = "",
    told: Told | None = None,
) -> list[Answer]:
    """Ask the sources for what the query, or another wording of it, is about.

    What they answer is added to the library and found there.
    """
    plan = planned(workspace, query, choices)
    skipped = [
        Answer(name=name, status="skipped", note=f"to ask there, add --source {name}")
        for name in plan.skipped
    ]
    names = [name for name in plan.sources if name != LOCAL]
    if not names:
        return skipped
    web = workspace.web.but(offline=choices.offline, refresh=choices.refresh)
    topic = parse_intent(wording).topic if wording else plan.intent.topic
    pool = max(CANDIDATES, plan.limit)
    return skipped + gather(workspace, names, topic, limit=pool, web=web, told=told)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list of the library's papers, and what it depends on."""

    report: Report
    manifest: dict[str, Any]
    answers: tuple[Answer, ...]


def rank(
    workspace: Workspace,
    query: str,
    choices: Choices,
    *,
    also: Sequence[str] = (),
    keep: Sequence[str] = (),
    elsewhere: Sequence[Answer] = (),
    told: Told | None = None,
) -> Ranking:
    """Search the library for the query and its other wordings; score and diversify.

    The papers whose ids are in `keep`, and the best for each wording, are listed in any case.
    """
    workspace.require_papers()
    plan = planned(workspace, query, choices)
    here, local = _searched(workspace, plan, also)
    found = {hit.paper_id for hit in local.hits}
    hits = [*local.hits, *(Hit(name, 0.0, None, None) for name in keep if name not in found)]
    if told:
        told(here)
    answers = (*elsewhere, here)
    ranked = _ranked(workspace, plan, hits)
    report = _reported(workspace, plan, answers, ranked, {*keep, *local.best})
    return Ranking(report, _manifest(workspace, plan, answers), answers)


@dataclass(slots=True)
class _LocalSource:
    """The library as a source; it keeps the hits, which know more than the papers."""

    workspace: Workspace
    plan: Plan
    also: Sequence[str]
    hits: list[Hit] = field(default_factory=list)
    best: list[str] = field(default_factory=list)  # ids of the best papers for each of `also`

    def search(self, query: str, *, limit: int) -> list[Paper]:
        """Return the papers of the library that fit the plan."""
        dense = self.plan.dense
        self.hits, self.best = search_wordings(
            self.workspace.store,
            [query, *self.also],
            limit=limit,
            where=self.plan.intent.filter(),
            encoder=self.workspace.encoder if dense else None,
            index=self.workspace.dense_index if dense else None,
        )
        if self.plan.citations:
            self.hits = self._following(limit)
        return self.workspace.store.papers.many([hit.paper_id for hit in self.hits])

    def _following(self, limit: int) -> list[Hit]:
        """Return the hits, and what fits the plan of the papers that citations lead to."""
        store, where = self.workspace.store, self.plan.intent.filter()
        graph = library_citations(store)
        among = None if where == Filter() else set(store.search.admitted(where))
        return follow_citations(self.hits, graph, limit=limit, among=among)


def _searched(workspace: Workspace, plan: Plan, also: Sequence[str]) -> tuple[Answer, _LocalSource]:
    local = _LocalSource(workspace, plan, also)
    pool = max(CANDIDATES, plan.limit)
    (answer,) = ask_sources([LOCAL], plan.intent.topic, limit=pool, given={LOCAL: local})
    return answer, local


def _ranked(workspace: Workspace, plan: Plan, hits: Sequence[Hit]) -> list[Scored]:
    store = workspace.store
    library = Library(earliest=plan.earliest, as_of=plan.as_of, citations=store.papers.citations())
    papers = store.papers.many([hit.paper_id for hit in hits])
    scored = score(hits, papers, plan.weights, library)
    return diversify(scored, plan.mode.mmr_lambda)


def _reported(
    workspace: Workspace,
    plan: Plan,
    answers: Sequence[Answer],
    ranked: Sequence[Scored],
    keep: Collection[str],
) -> Report:
    keys = workspace.citation_keys()
    marks = _marks(ranked)
    listed = [
        _listed(item, rank, keys[item.paper.id], marks.get(item.paper.id, ()))
        for rank, item in enumerate(ranked, start=1)
        if rank <= plan.limit or item.paper.id in marks or item.paper.id in keep
    ]
    papers = [item.paper for item in listed]
    return Report(
        title=plan.query.strip() or "All papers",
        revision=workspace.store.revision,
        query=plan.query,
        reading=_reading(plan.intent),
        settings=Settings(
            mode=plan.mode_name,
            weights=plan.weights,
            as_of=plan.as_of,
            others=(("MMR lambda", str(plan.mode.mmr_lambda)),),
        ),
        papers=tuple(listed),
        timeline=timeline(papers),
        graph=picture(workspace.store, {paper.id for paper in papers}),
        sources=tuple(
            SourceStatus(name=a.name, status=a.status, count=len(a.papers), note=a.note)
            for a in answers
        ),
        notes=_notes(workspace, plan),
        keys=keys,
    )


def _listed(item: Scored, rank: int, key: str, marks: tuple[str, ...]) -> ScoredPaper:
    parts = tuple(
        ScorePart(
            name=name,
            value=item.values[name],
            share=round(item.weights[name] * item.values[name], 6),
        )
        for name in PARTS
    )
    return ScoredPaper(
        key=key, paper=item.paper, rank=rank, total=item.total, parts=parts, marks=marks,
        why=_why(item),
    )  # fmt: skip


def _why(item: Scored) -> str:
    """Say which part counted most, in words."""
    if not item.total:
        return "nothing speaks for this paper"
    parts = sorted(PARTS, key=lambda name: (-item.shares[name], PARTS.index(name)))
    told = [f"{item.shares[name]:.0%} {name}" for name in parts if item.shares[name] >= 0.005]
    return f"score from {', '.join(told)}"


def _marks(ranked: Sequence[Scored]) -> dict[str, tuple[str, ...]]:
    """Return the views, other than the list itself, that each paper stands in."""
    marks: dict[str, tuple[str, ...]] = {}
    for name, items in views(ranked).items():
        for item in items if name in _MARKS else ():
            marks[item.paper.id] = (*marks.get(item.paper.id, ()), _MARKS[name])
    return marks


def _reading(intent: Intent) -> tuple[tuple[str, str], ...]:
    """Return what was read from the query, in the order of reading, filled parts only."""
    parts = {
        "topic": intent.topic,
        "venue": ", ".join(intent.venues),
        "author": ", ".join(intent.authors),
        "since": intent.since,
        "until": intent.until,
        "source": ", ".join(intent.sources),
    }
    return tuple((name, value) for name, value in parts.items() if value)


def _notes(workspace: Workspace, plan: Plan) -> tuple[str, ...]:
    """Say what the list does without."""
    notes = []
    if plan.by_words:
        notes.append("searched by words alone, as asked")
    elif not plan.dense:
        notes.append("searched by words alone: no vectors (`paperflow embed` makes them)")
    elif missing := workspace.unembedded:
        notes.append(f"{missing} texts have no vector yet: run `paperflow embed`")
    return tuple(notes)


def _manifest(workspace: Workspace, plan: Plan, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return everything that the files depend on."""
    return {
        "paperflow": __version__,
        "query": plan.query,
        "intent": asdict(plan.intent),
        "configuration": {
            "mode": plan.mode_name,
            "weights": {name: round(value, 6) for name, value in plan.weights.items()},
            "mmr_lambda": plan.mode.mmr_lambda,
            "as_of": plan.as_of,
            "limit": plan.limit,
            "candidates": CANDIDATES,
            **({"citations": True} if plan.citations else {}),
            "encoder": workspace.encoder_name if plan.dense else None,
        },
        "sources": [
            {"name": a.name, "status": a.status, "papers": len(a.papers), "note": a.note}
            for a in answers
        ],
        "store": {
            "revision": workspace.store.revision,
            "papers": workspace.store.papers.count(),
        },
        "seeds": {},
    }


def _run_folder(workspace: Workspace, manifest: dict[str, Any]) -> Path:
    """Name the folder by the query, for people, and by all that the files depend on."""
    words = re.sub(r"[^a-z0-9]+", "-", to_ascii(manifest["query"]).lower()).strip("-")
    return workspace.runs / f"{words[:48].strip('-') or 'all'}-{fingerprint(str(manifest))[:8]}"
