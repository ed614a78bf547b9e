"""OpenAlex: an open catalogue of works with abstracts, references, and citations.

Since February 2026 it wants a key (free); without one it gives a few searches a day and no
cursors. Looking up one work is free, a list costs, a search costs ten times as much.
Reference: developers.openalex.org.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from paperflow.records import Paper
from paperflow.sources import Citation, fields
from paperflow.sources.web import Call, Policy, Web

BASE = "https://api.openalex.org"
POLICY = Policy(interval=0.1, busy=frozenset({403, 429}))
KEYS = ("OPENALEX_API_KEY",)
_PAGE = 100
_SHAPE = fields.listed("results")
_MOST_WORDS = 20_000  # of an abstract; more is a broken index


class OpenAlex:
    """Works of all fields."""

    def __init__(self, web: Web) -> None:
        key = web.key(*KEYS)
        self._cursor = bool(key)
        self._site = web.site("openalex", BASE, POLICY, secrets={"api_key": key} if key else {})

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield works by relevance."""
        for work in self._works(self._site.call(), {"search": query}, limit):
            yield read(work)

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the works of these DOIs and arXiv ids."""
        call = self._site.call()
        yield from fields.filled(read(_work(call, name)) for name in names)

    def references(self, name: str, *, limit: int) -> Iterator[Citation]:
        """Yield what the work cites."""
        call = self._site.call()
        cited = fields.texts(fields.items(_work(call, name), "referenced_works"))[:limit]
        ids = [address.rpartition("/")[2] for address in cited]
        for start in range(0, len(ids), _PAGE):
            wanted = "|".join(ids[start : start + _PAGE])
            for work in self._works(call, {"filter": f"openalex:{wanted}"}, _PAGE):
                yield Citation(paper=read(work))

    def citations(self, name: str, *, limit: int) -> Iterator[Citation]:
        """Yield what cites the work."""
        call = self._site.call()
        own = fields.text(_work(call, name), "id").rpartition("/")[2]
        if own:
            for work in self._works(call, {"filter": f"cites:{own}"}, limit):
                yield Citation(paper=read(work))

    def _works(self, call: Call, asked: dict[str, str], limit: int) -> Iterator[Any]:
        """Yield works with a title, page by page: by cursor with a key, else by number."""
        given, page, cursor = 0, 1, "*"
        while given < limit:
            place = {"cursor": cursor} if self._cursor else {"page": str(page)}
            rows = min(_PAGE, limit - given)
            answer = call.json("/works", {**asked, **place, "per_page": rows}, shape=_SHAPE)
            found = fields.items(answer, "results")[:rows]
            yield from (work for work in found if fields.plain(work, "title"))
            given, page = given + rows, page + 1
            cursor = fields.text(answer, "meta", "next_cursor")
            total = fields.number(answer, "meta", "count") or 0
            if not found or given >= total or (self._cursor and not cursor):
                return


def _work(call: Call, name: str) -> Any:
    scheme, value = fields.split(name)
    doi = value if scheme == "doi" else f"10.48550/arxiv.{value}"
    return call.find(f"/works/doi:{quote(doi, safe='/')}")


def read(work: Any) -> Paper:
    """Return the paper that a work's JSON states."""
    place = fields.at(work, "primary_location")
    date = fields.day(work, "publication_date") or fields.day(work, "publication_year")
    pages = [fields.text(work, "biblio", name) for name in ("first_page", "last_page")]
    landing = fields.text(place, "landing_page_url")
    arxiv = landing if "arxiv.org/" in landing else ""
    return Paper(
        title=fields.plain(work, "title") or fields.plain(work, "display_name"),
        abstract=abstract(fields.at(work, "abstract_inverted_index")),
        authors=fields.texts(fields.items(work, "authorships"), "author", "display_name"),
        date=date,
        year=fields.year(date),
        venue=fields.text(place, "source", "display_name"),
        publisher=fields.text(place, "source", "host_organization_name"),
        kind=fields.text(work, "type"),
        volume=fields.text(work, "biblio", "volume"),
        issue=fields.text(work, "biblio", "issue"),
        pages="-".join(dict.fromkeys(filter(None, pages))),
        language=fields.text(work, "language"),
        url=landing or fields.text(work, "doi"),
        pdf_url=fields.text(work, "best_oa_location", "pdf_url") or fields.text(place, "pdf_url"),
        keywords=fields.texts(fields.items(work, "keywords"), "display_name"),
        citation_count=fields.number(work, "cited_by_count"),
        sources=("openalex",),
        extra={"openalex": own} if (own := fields.text(work, "id").rpartition("/")[2]) else {},
        **fields.names(fields.text(work, "doi"), arxiv),
    )


def abstract(index: Any) -> str:
    """Return the text whose words stand at the positions that an inverted index states."""
    if not isinstance(index, dict):
        return ""
    placed = [
        (position, fields.text(word))
        for word, positions in index.items()
        for position in (positions if isinstance(positions, list) else [])
        if type(position) is int
    ]
    return " ".join(word for _, word in sorted(placed)[:_MOST_WORDS])
