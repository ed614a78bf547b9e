"""DataCite: the registry of arXiv's DOIs, and of theses, reports, and data elsewhere.

Relevance order holds with page numbers only. Reference: support.datacite.org/docs/api.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.web import Policy, Web

BASE = "https://api.datacite.org"
POLICY = Policy(interval=0.5)
ARXIV_PREFIX = "10.48550"
_PAGE = 100
_BATCH = 50
_SHAPE = fields.listed("data")
_TEXTS = {
    *("", "text", "preprint", "journalarticle", "conferencepaper", "conferenceproceeding"),
    *("book", "bookchapter", "dissertation", "report", "datapaper", "peerreview", "other"),
}
_SPECIAL = str.maketrans(dict.fromkeys('+-=&|><!(){}[]^"~*?:\\/', " "))


class DataCite:
    """Works with a DOI of DataCite's; with `prefix`, only those that begin so."""

    def __init__(self, web: Web, prefix: str = "") -> None:
        self._site = web.site("datacite", BASE, POLICY)
        self._prefix = {"prefix": prefix} if prefix else {}

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield papers by relevance; data sets and programs are passed over."""
        call, given, page = self._site.call(), 0, 1
        while given < limit:
            asked = {
                "query": " ".join(query.translate(_SPECIAL).split()), "sort": "relevance",
                "page[size]": _PAGE, "page[number]": page, **self._prefix,
            }  # fmt: skip
            answer = call.json("/dois", asked, shape=_SHAPE)
            papers = read(answer)[: limit - given]
            yield from papers
            given, page = given + len(papers), page + 1
            if page > (fields.number(answer, "meta", "totalPages") or 0):
                return

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the works of these DOIs and arXiv ids."""
        dois = [_doi(*fields.split(name)) for name in names]
        call = self._site.call()
        for start in range(0, len(dois), _BATCH):
            wanted = " OR ".join(f'"{doi}"' for doi in dois[start : start + _BATCH])
            asked = {"query": f"doi:({wanted})", "page[size]": _BATCH}
            yield from read(call.json("/dois", asked, shape=_SHAPE))


def read(answer: Any) -> list[Paper]:
    """Return the texts of a page."""
    rows = [fields.at(row, "attributes") for row in fields.items(answer, "data")]
    texts = [row for row in rows if _kind(row).lower() in _TEXTS]
    return list(fields.filled(map(_paper, texts)))


def _doi(scheme: str, value: str) -> str:
    doi = f"10.48550/arxiv.{value}" if scheme == "arxiv" else value
    return doi.replace('"', "").replace("\\", "")


def _kind(row: Any) -> str:
    return fields.text(row, "types", "resourceTypeGeneral")


def _paper(row: Any) -> Paper:
    named = fields.names(fields.text(row, "doi"))
    date = fields.day(row, "published") or fields.day(row, "publicationYear")
    kind = "preprint" if named["arxiv_id"] else _kind(row)
    return Paper(
        title=fields.plain(row, "titles", 0, "title"),
        abstract=next(_abstracts(row), ""),
        authors=tuple(filter(None, map(_author, fields.items(row, "creators")))),
        date=date,
        year=fields.year(date),
        kind=kind,
        venue=fields.text(row, "container", "title"),
        publisher=fields.text(row, "publisher") or fields.text(row, "publisher", "name"),
        url=fields.text(row, "url"),
        language=fields.text(row, "language"),
        keywords=fields.texts(fields.items(row, "subjects"), "subject"),
        sources=("datacite",),
        **named,
    )


def _abstracts(row: Any) -> Iterator[str]:
    for described in fields.items(row, "descriptions"):
        if fields.text(described, "descriptionType") == "Abstract":
            yield fields.plain(described, "description")


def _author(creator: Any) -> str:
    given, family = fields.text(creator, "givenName"), fields.text(creator, "familyName")
    if family:
        return f"{given} {family}".strip()
    before, comma, after = fields.text(creator, "name").partition(",")
    return f"{after.strip()} {before}".strip() if comma else before
