"""The works of the library that are nearest to a paper and not newer than it."""

import re
from typing import NamedTuple

from paperflow.records import Paper
from paperflow.reports.keys import year_of
from paperflow.retrieval.search import search
from paperflow.workspace import Workspace

_SUBMITTED = re.compile(r"(\d\d)\d\d\.\d{4}")  # 2604.06170: April 2026
_POOL = 60  # nearest works of any age


class NearWork(NamedTuple):
    """A work and how close it is, in [0, 1]: a cosine, or without vectors a share of words."""

    paper: Paper
    similarity: float


def nearest_earlier(workspace: Workspace, paper: Paper, limit: int = 5) -> list[NearWork]:
    """Return the nearest works that are not newer, the nearest first.

    A year that the record lacks is read from the arXiv id; works without both are left out where
    the paper's own year is known.
    """
    store = workspace.store
    dense = workspace.is_embedded
    hits = search(
        store,
        f"{paper.title}. {paper.abstract}" if dense else paper.title,
        limit=_POOL,
        encoder=workspace.encoder if dense else None,
        index=workspace.dense_index if dense else None,
    )
    scores = {hit.paper_id: hit.dense if dense else hit.lexical for hit in hits}
    others = [other for other in store.papers.many(list(scores)) if other.id != paper.id]
    earlier = [NearWork(p, scores[p.id] or 0.0) for p in others if not _is_newer(p, paper)]
    return sorted(earlier, key=lambda near: (-near.similarity, near.paper.id))[:limit]


def _is_newer(other: Paper, paper: Paper) -> bool:
    own = _year(paper)
    return own > 0 and not 0 < _year(other) <= own


def _year(paper: Paper) -> int:
    """Return the year of the record, else that in the arXiv id, else 0."""
    found = _SUBMITTED.match(paper.arxiv_id)
    return int(year_of(paper) or (f"20{found[1]}" if found else 0))
