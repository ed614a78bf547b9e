"""Semantic Scholar: citations with their sentences and intents, and recommendations.

Without a key everybody shares one pool, which is often empty; with one it is a request a
second. Reference: api.semanticscholar.org/api-docs.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from paperflow.records import Paper
from paperflow.sources import Citation, fields
from paperflow.sources.web import Policy, Web

BASE = "https://api.semanticscholar.org"
POLICY = Policy(interval=1.0, wait=2.0)
KEYS = ("SEMANTIC_SCHOLAR_API_KEY", "S2_API_KEY")
_GRAPH = "/graph/v1/paper"
_FIELDS = (
    "title,abstract,year,publicationDate,venue,authors,externalIds,citationCount,url,"
    "openAccessPdf,publicationTypes,journal"
)
_PAGE = 100
_MOST = 1000  # that a search gives
_BATCH = 500


class SemanticScholar:
    """Papers of all fields, with who cites whom and why."""

    def __init__(self, web: Web) -> None:
        key = web.key(*KEYS)
        headers = {"x-api-key": key} if key else {}
        self._site = web.site("semantic_scholar", BASE, POLICY, headers=headers)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield papers by relevance, a thousand at most."""
        asked = {"query": query, "fields": _FIELDS}
        for row in self._rows(f"{_GRAPH}/search", asked, min(limit, _MOST)):
            yield from fields.filled([read(row)])

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the papers of these DOIs and arXiv ids."""
        call = self._site.call()
        for start in range(0, len(names), _BATCH):
            ids = [_own(name) for name in names[start : start + _BATCH]]
            asked = {"fields": _FIELDS}
            answer = call.json(f"{_GRAPH}/batch", asked, {"ids": ids}, fields.listed())
            yield from fields.filled(map(read, answer))

    def references(self, name: str, *, limit: int) -> Iterator[Citation]:
        """Yield what the paper cites, with the sentences in which it does."""
        return self._cited(name, "references", "citedPaper", limit)

    def citations(self, name: str, *, limit: int) -> Iterator[Citation]:
        """Yield what cites the paper, with the sentences in which it does."""
        return self._cited(name, "citations", "citingPaper", limit)

    def recommended(self, name: str, *, limit: int) -> Iterator[Paper]:
        """Yield papers like this one."""
        path = f"/recommendations/v1/papers/forpaper/{quote(_own(name), safe=':/')}"
        asked = {"fields": _FIELDS, "limit": min(limit, _BATCH)}
        answer = self._site.call().find(path, asked, fields.listed("recommendedPapers"))
        yield from fields.filled(map(read, fields.items(answer, "recommendedPapers")[:limit]))

    def _cited(self, name: str, side: str, other: str, limit: int) -> Iterator[Citation]:
        path = f"{_GRAPH}/{quote(_own(name), safe=':/')}/{side}"
        asked = {"fields": f"contexts,intents,contextsWithIntent,{_FIELDS}"}
        for row in self._rows(path, asked, limit):
            for paper in fields.filled([read(fields.at(row, other))]):
                yield Citation(paper=paper, contexts=_contexts(row))

    def _rows(self, path: str, asked: dict[str, str], limit: int) -> Iterator[Any]:
        call, start = self._site.call(), 0
        while start < limit:
            rows = min(_PAGE, limit - start)
            answer = call.find(path, {**asked, "offset": start, "limit": rows}, _is_page)
            yield from fields.items(answer, "data")[:rows]
            following = fields.number(answer, "next")
            if following is None or following <= start:
                return
            start = following


def _is_page(answer: Any) -> bool:
    """Tell a page of rows; a search that finds nothing has no rows but their number."""
    return isinstance(fields.at(answer, "data"), list) or fields.at(answer, "total") == 0


def _contexts(row: Any) -> tuple[tuple[str, str], ...]:
    """Return sentences with their intents; where a publisher hides the sentences, intents alone."""
    told = [(fields.text(item, "context"), _intents(item))
            for item in fields.items(row, "contextsWithIntent")]  # fmt: skip
    told = told or [(text, _intents(row)) for text in fields.texts(fields.items(row, "contexts"))]
    told = [(sentence, intent) for sentence, intent in told if sentence]
    return tuple(dict.fromkeys(told)) or ((("", _intents(row)),) if _intents(row) else ())


def _intents(item: Any) -> str:
    return ", ".join(fields.texts(fields.items(item, "intents")))


def _own(name: str) -> str:
    scheme, value = fields.split(name)
    return f"{'ARXIV' if scheme == 'arxiv' else 'DOI'}:{value}"


def read(row: Any) -> Paper:
    """Return the paper that a row's JSON states."""
    date = fields.day(row, "publicationDate") or fields.day(row, "year")
    return Paper(
        title=fields.plain(row, "title"),
        abstract=fields.plain(row, "abstract"),
        authors=fields.texts(fields.items(row, "authors"), "name"),
        date=date,
        year=fields.year(date),
        venue=fields.text(row, "venue") or fields.text(row, "journal", "name"),
        kind=next(iter(fields.texts(fields.items(row, "publicationTypes"))), ""),
        volume=fields.text(row, "journal", "volume"),
        pages="".join(fields.text(row, "journal", "pages").split()),
        url=fields.text(row, "url"),
        pdf_url=fields.text(row, "openAccessPdf", "url"),
        citation_count=fields.number(row, "citationCount"),
        sources=("semantic_scholar",),
        **fields.names(
            fields.text(row, "externalIds", "DOI"), fields.text(row, "externalIds", "ArXiv")
        ),
    )
