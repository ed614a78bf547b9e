"""Hugging Face: the daily papers, and a search over the papers that people there speak of."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.web import Policy, Web

BASE = "https://huggingface.co"
POLICY = Policy(interval=0.5, fresh=3_600.0)
_MOST = 120  # that a search gives
_PAGE = 100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK = re.compile(r"\d{4}-W\d{2}")


class HuggingFace:
    """Preprints of machine learning."""

    def __init__(self, web: Web) -> None:
        self._site = web.site("huggingface", BASE, POLICY)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield papers by relevance."""
        asked = {"q": query, "limit": min(limit, _MOST)}
        answer = self._site.call().json("/api/papers/search", asked, shape=fields.listed())
        yield from _papers(answer, limit)

    def daily(self, when: str, *, limit: int = _PAGE) -> Iterator[Paper]:
        """Yield the papers of a day (2026-11-20), a week (2026-W47), or a month (2026-11)."""
        unit = "date" if _DAY.fullmatch(when) else "week" if _WEEK.fullmatch(when) else "month"
        call, page, given = self._site.call(), 0, 0
        while given < limit:
            asked = {unit: when, "p": page, "limit": _PAGE}
            answer = call.json("/api/daily_papers", asked, shape=fields.listed())
            found = _papers(answer, limit - given)
            yield from found
            given, page = given + len(found), page + 1
            if len(found) < _PAGE:
                return

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the papers of these arXiv ids."""
        call = self._site.call()
        for scheme, value in map(fields.split, names):
            answer = call.find(f"/api/papers/{value}") if scheme == "arxiv" else None
            yield from fields.filled([read(answer)])


def _papers(answer: list[Any], limit: int) -> list[Paper]:
    return list(fields.filled(map(read, answer[:limit])))


def read(item: Any) -> Paper:
    """Return the paper that an item's JSON states, wrapped or not."""
    row = paper if isinstance(paper := fields.at(item, "paper"), dict) else item
    date = fields.day(row, "publishedAt")
    named = fields.names("", fields.text(row, "id"))
    code = fields.text(row, "githubRepo")
    return Paper(
        title=fields.text(row, "title"),
        abstract=fields.text(row, "summary"),
        authors=fields.texts(fields.items(row, "authors"), "name"),
        date=date,
        year=fields.year(date),
        kind="preprint",
        url=f"https://arxiv.org/abs/{named['arxiv_id']}" if named["arxiv_id"] else "",
        keywords=fields.texts(fields.items(row, "ai_keywords")),
        sources=("huggingface",),
        extra={"code": code} if code else {},
        **named,
    )
