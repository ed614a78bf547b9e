"""The team's list: the verdicts in it, how the sources went, and what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from paperflow.agents.discovery.records import Judged
from paperflow.reports.report import ScoredPaper, SourceStatus

_UNJUDGED = 1  # a paper without a verdict stands between those that answer and those off the topic


def listed(
    papers: Sequence[ScoredPaper], verdicts: Mapping[str, Judged]
) -> tuple[ScoredPaper, ...]:
    """Return the papers by grade, within a grade as they were ranked, with the verdicts' words."""

    def grade(item: ScoredPaper) -> int:
        verdict = verdicts.get(item.paper.id)
        return verdict["grade"] if verdict else _UNJUDGED

    ordered = sorted(papers, key=lambda item: (-grade(item), item.rank))
    return tuple(
        replace(_judged(item, verdicts.get(item.paper.id)), rank=rank)
        for rank, item in enumerate(ordered, start=1)
    )


def _judged(item: ScoredPaper, verdict: Judged | None) -> ScoredPaper:
    if verdict is None:
        return item
    marks = item.marks if verdict["grade"] else (*item.marks, "off the topic")
    on = f" on {', '.join(verdict['parts'])}" if verdict["parts"] else ""
    quote = f": “{verdict['quote']}”" if verdict["quote"] else ""
    return replace(item, marks=marks, why=f"judged {verdict['grade']} of 3{on}{quote}; {item.why}")


def merged(rows: Iterable[Mapping[str, Any]]) -> tuple[SourceStatus, ...]:
    """Return one row a source: its papers in all, and the first thing that went wrong."""
    sources: dict[str, SourceStatus] = {}
    for row in rows:
        status = SourceStatus(
            name=row["source"], status=row["status"], count=row["papers"], note=row["note"]
        )
        before = sources.get(status.name)
        if before:
            worse = status if before.status == "ok" else before
            status = replace(worse, count=before.count + status.count)
        sources[status.name] = status
    return tuple(sources.values())


def notes_of(state: Mapping[str, Any]) -> tuple[str, ...]:
    """Say how the team ended, what it found nothing on, and what the model failed at."""
    ended = state["ended"] or state["stopped"]
    gaps = [f"no paper of the list is on: {part}" for part in state["gaps"]]
    troubles = dict.fromkeys(state["troubles"])
    return (*([f"the team ended: {ended}"] if ended else []), *gaps, *troubles)
