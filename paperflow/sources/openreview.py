"""OpenReview: submissions to conferences, with what became of them; wants a token.

Since August 2026 it answers 403 to programs without one. Reference: docs.openreview.net.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.status import SourceError
from paperflow.sources.web import Policy, Web

BASE = "https://api2.openreview.net"
SITE = "https://openreview.net"
POLICY = Policy(interval=1.0)
KEYS = ("OPENREVIEW_TOKEN",)
_PAGE = 100


class OpenReview:
    """Papers under review and after it."""

    def __init__(self, web: Web) -> None:
        self._token = web.key(*KEYS)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        self._site = web.site("openreview", BASE, POLICY, headers=headers)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield submissions that have the words."""
        call, start = self._site.call(), 0
        asked = {"term": query, "type": "terms", "content": "all", "source": "forum"}
        while start < limit:
            rows = min(_PAGE, limit - start)
            page = {**asked, "limit": rows, "offset": start}
            try:
                answer = call.json("/notes/search", page, shape=fields.listed("notes"))
            except SourceError as error:
                raise self._explained(error) from error
            found = fields.items(answer, "notes")[:rows]
            yield from fields.filled(map(read, found))
            start += rows
            if not found or start >= (fields.number(answer, "count") or 0):
                return

    def _explained(self, error: SourceError) -> SourceError:
        if error.status != "unauthorized" or self._token:
            return error
        return SourceError(f"{error.message}; set {KEYS[0]}", status="unauthorized")


def read(note: Any) -> Paper:
    """Return the paper that a note's JSON states."""
    forum = fields.text(note, "forum") or fields.text(note, "id")
    date = _day(note, "pdate") or _day(note, "odate") or _day(note, "cdate")
    pdf = fields.text(_value(note, "pdf"))
    return Paper(
        title=fields.text(_value(note, "title")),
        abstract=fields.text(_value(note, "abstract")),
        authors=fields.texts(fields.items(_value(note, "authors"))),
        date=date,
        year=fields.year(date),
        venue=fields.text(_value(note, "venue")),
        url=f"{SITE}/forum?id={forum}" if forum else "",
        pdf_url=f"{SITE}{pdf}" if pdf.startswith("/") else pdf,
        keywords=fields.texts(fields.items(_value(note, "keywords"))),
        sources=("openreview",),
    )


def _value(note: Any, name: str) -> Any:
    """Return a field of the content: the second API wraps each in an object."""
    found = fields.at(note, "content", name)
    return fields.at(found, "value") if isinstance(found, dict) else found


def _day(note: Any, name: str) -> str:
    """Return the day of a time in milliseconds."""
    found = fields.at(note, name)
    if type(found) is not int or not 0 < found < 4_102_444_800_000:
        return ""
    return datetime.fromtimestamp(found / 1000, UTC).date().isoformat()
