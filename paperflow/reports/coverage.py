"""Coverage for a report: the parts of full texts by kind, and those that are linked to nothing."""

from collections.abc import Collection

from paperflow.graphs.coverage import coverage, together
from paperflow.reports.report import Count, Covered, Gap
from paperflow.store import Store


def covered(store: Store, papers: Collection[str] | None = None, *, most: int) -> Covered:
    """Return the coverage of these papers, or of all; at most `most` gaps are listed."""
    found = list(coverage(store, papers))
    gaps = [
        Gap(paper_id=item.paper_id, kind=p.kind, label=p.label, reason=p.reason, page=p.page)
        for item in found
        for p in item.missing
    ]
    asked = store.papers.count() if papers is None else len(papers)
    return Covered(
        parts=tuple(
            Count(name=kind, value=linked, of=total)
            for kind, (linked, total) in together(found).items()
        ),
        papers=tuple(
            Count(name=c.paper_id, value=sum(c.linked.values()), of=sum(c.totals.values()))
            for c in sorted(found, key=lambda item: (item.share, item.paper_id))
        ),
        gaps=tuple(gaps[:most]),
        left_out=max(0, len(gaps) - most),
        unread=asked - len(found),
    )
