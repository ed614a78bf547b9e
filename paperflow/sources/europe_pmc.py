"""Europe PMC: biomedicine, with abstracts; pages by cursor.

Reference: europepmc.org/RestfulWebService.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.web import Call, Policy, Web

BASE = "https://www.ebi.ac.uk"
POLICY = Policy(interval=0.5)
_PATH = "/europepmc/webservices/rest/search"
_PAGE = 100
_BATCH = 25
_SHAPE = fields.listed("resultList", "result")


class EuropePMC:
    """Articles and preprints of the life sciences."""

    def __init__(self, web: Web) -> None:
        self._site = web.site("europepmc", BASE, POLICY)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield articles by relevance."""
        yield from self._pages(self._site.call(), query, limit)

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the articles of these DOIs."""
        call = self._site.call()
        dois = [value for scheme, value in map(fields.split, names) if scheme == "doi"]
        for start in range(0, len(dois), _BATCH):
            batch = [doi.replace('"', "") for doi in dois[start : start + _BATCH]]
            wanted = " OR ".join(f'DOI:"{doi}"' for doi in batch)
            yield from self._pages(call, wanted, 4 * len(batch))

    def _pages(self, call: Call, query: str, limit: int) -> Iterator[Paper]:
        given, cursor = 0, "*"
        while given < limit:
            rows = min(_PAGE, limit - given)
            asked = {
                "query": query, "resultType": "core", "format": "json", "pageSize": rows,
                "cursorMark": cursor,
            }  # fmt: skip
            answer = call.json(_PATH, asked, shape=_SHAPE)
            found = fields.items(answer, "resultList", "result")[:rows]
            yield from fields.filled(map(read, found))
            following = fields.text(answer, "nextCursorMark")
            given += rows
            if not found or following in {"", cursor}:
                return
            cursor = following


def read(row: Any) -> Paper:
    """Return the paper that a result's JSON states."""
    journal = fields.at(row, "journalInfo")
    date = fields.day(row, "firstPublicationDate") or fields.day(row, "pubYear")
    source, own = fields.text(row, "source"), fields.text(row, "id")
    people = fields.items(row, "authorList", "author")
    named = {name: fields.text(row, name) for name in ("pmid", "pmcid")}
    return Paper(
        title=fields.plain(row, "title").removesuffix("."),
        abstract=fields.plain(row, "abstractText"),
        authors=tuple(filter(None, map(_author, people))),
        date=date,
        year=fields.year(date),
        venue=fields.text(journal, "journal", "title"),
        kind=fields.text(row, "pubTypeList", "pubType", 0),
        volume=fields.text(journal, "volume"),
        issue=fields.text(journal, "issue"),
        pages=fields.text(row, "pageInfo"),
        language=fields.text(row, "language"),
        url=f"https://europepmc.org/article/{source}/{own}" if source and own else "",
        pdf_url=next(_pdfs(row), ""),
        keywords=fields.texts(fields.items(row, "keywordList", "keyword")),
        citation_count=fields.number(row, "citedByCount"),
        sources=("europepmc",),
        extra={name: value for name, value in named.items() if value},
        **fields.names(fields.text(row, "doi")),
    )


def _author(person: Any) -> str:
    given, family = fields.text(person, "firstName"), fields.text(person, "lastName")
    whole = fields.text(person, "collectiveName") or fields.text(person, "fullName")
    return f"{given} {family}" if given and family else whole or family


def _pdfs(row: Any) -> Iterator[str]:
    for place in fields.items(row, "fullTextUrlList", "fullTextUrl"):
        style, access = fields.text(place, "documentStyle"), fields.text(place, "availabilityCode")
        if style == "pdf" and access in {"OA", "F"}:
            yield fields.text(place, "url")
