"""Crossref: the registry of most DOIs; references by DOI, abstracts where publishers give them.

With a contact the polite pool answers. Reference: api.crossref.org/swagger-ui.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.web import Policy, Web
from paperflow.store.identity import bare_doi

BASE = "https://api.crossref.org"
POLICY = Policy(interval=0.2)
_PAGE = 100
_DATES = ("published", "published-print", "published-online", "issued", "posted", "created")


class Crossref:
    """Journal articles, conference papers, books, and preprints with a DOI of Crossref's."""

    def __init__(self, web: Web) -> None:
        contact = {"mailto": web.contact} if web.contact else {}
        self._site = web.site("crossref", BASE, POLICY, secrets=contact)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield works by relevance to their bibliographic fields."""
        call, start = self._site.call(), 0
        while start < limit:
            rows = min(_PAGE, limit - start)
            asked = {"query.bibliographic": query, "rows": rows, "offset": start}
            answer = call.json("/works", asked, shape=fields.listed("message", "items"))
            found = fields.items(answer, "message", "items")
            yield from fields.filled(map(read, found[:rows]))
            start += rows
            if not found or start >= (fields.number(answer, "message", "total-results") or 0):
                return

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the works of these DOIs."""
        call = self._site.call()
        for scheme, value in map(fields.split, names):
            answer = call.find(f"/works/{quote(value, safe='')}") if scheme == "doi" else None
            yield from fields.filled([read(fields.at(answer, "message"))])


def read(work: Any) -> Paper:
    """Return the paper that a work's JSON states."""
    title = fields.plain(work, "title", 0)
    subtitle = fields.plain(work, "subtitle", 0)
    date = next(filter(None, (_date(work, name) for name in _DATES)), "")
    return Paper(
        title=f"{title}: {subtitle}" if title and subtitle else title,
        abstract=fields.plain(work, "abstract").removeprefix("Abstract").strip(),
        authors=tuple(filter(None, map(_author, fields.items(work, "author")))),
        date=date,
        year=fields.year(date),
        venue=fields.plain(work, "container-title", 0),
        kind=fields.text(work, "type"),
        volume=fields.text(work, "volume"),
        issue=fields.text(work, "issue"),
        pages=fields.text(work, "page"),
        publisher=fields.text(work, "publisher"),
        language=fields.text(work, "language"),
        url=fields.text(work, "URL"),
        pdf_url=next(_pdfs(work), ""),
        references=_references(work),
        citation_count=fields.number(work, "is-referenced-by-count"),
        sources=("crossref",),
        **fields.names(fields.text(work, "DOI")),
    )


def _date(work: Any, name: str) -> str:
    return fields.from_parts(fields.at(work, name, "date-parts", 0))


def _author(person: Any) -> str:
    given, family = fields.text(person, "given"), fields.text(person, "family")
    suffix = fields.text(person, "suffix")
    name = f"{given} {family}".strip() or fields.text(person, "name")
    return f"{name}, {suffix}" if suffix and name else name


def _pdfs(work: Any) -> Iterator[str]:
    for link in fields.items(work, "link"):
        if fields.text(link, "content-type") == "application/pdf":
            yield fields.text(link, "URL")


def _references(work: Any) -> tuple[str, ...]:
    stated = (bare_doi(fields.text(item, "DOI")) for item in fields.items(work, "reference"))
    return tuple(dict.fromkeys(f"doi:{doi}" for doi in stated if doi))
