"""arXiv: its Atom API in order of relevance, and DataCite's copy of it when arXiv is busy.

arXiv asks for one connection and three seconds between requests, answers 429 far below
that rate at busy times, and 406 from its edge. Manual: info.arxiv.org/help/api.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from paperflow.records import Paper
from paperflow.sources import fields
from paperflow.sources.datacite import ARXIV_PREFIX, DataCite
from paperflow.sources.status import SourceError
from paperflow.sources.web import Call, Policy, Web

if TYPE_CHECKING:
    from collections.abc import Iterable

BASE = "https://export.arxiv.org"
POLICY = Policy(interval=3.0, wait=10.0, busy=frozenset({406, 429}))
_PAGE = 100
_SHARE = 0.6  # of the time; the rest is DataCite's
_ATOM = {
    "a": "http://www.w3.org/2005/Atom",
    "x": "http://arxiv.org/schemas/atom",
    "o": "http://a9.com/-/spec/opensearch/1.1/",
}
_WORD = re.compile(r"\w[\w-]*")
_ABSTRACT_PAGE = re.compile(r"arxiv\.org/abs/(.+)$")


class ArXiv:
    """Preprints of physics, mathematics, computer science, and their neighbours."""

    def __init__(self, web: Web) -> None:
        self._site = web.site("arxiv", BASE, POLICY)
        self._copy = DataCite(web, prefix=ARXIV_PREFIX)

    def search(self, query: str, *, limit: int) -> Iterator[Paper]:
        """Yield papers by relevance to any of the words; after an error, those of the copy."""
        words = " OR ".join(f"all:{word}" for word in _WORD.findall(query))
        given = 0
        try:
            for paper in self._pages({"search_query": words}, limit):
                given += 1
                yield paper
        except SourceError as error:
            yield from self._from_copy(self._copy.search(query, limit=limit - given), error)

    def find(self, names: Sequence[str]) -> Iterator[Paper]:
        """Yield the papers that "arxiv:…" names."""
        ids = [value for scheme, value in map(fields.split, names) if scheme == "arxiv"]
        for start in range(0, len(ids), _PAGE):
            batch = ids[start : start + _PAGE]
            try:
                yield from self._pages({"id_list": ",".join(batch)}, len(batch))
            except SourceError as error:
                wanted = [f"arxiv:{arxiv}" for arxiv in batch]
                yield from self._from_copy(self._copy.find(wanted), error)

    def _pages(self, params: dict[str, str], limit: int) -> Iterator[Paper]:
        if not any(params.values()):
            return
        call, start = self._site.call(_SHARE), 0
        while start < limit:
            count = min(_PAGE, limit - start)
            papers, total = self._page(call, params, start, count)
            yield from papers
            start += count
            if start >= total:
                return

    def _page(
        self, call: Call, params: dict[str, str], start: int, count: int
    ) -> tuple[list[Paper], int]:
        order = {"sortBy": "relevance", "sortOrder": "descending"}
        asked = {**params, **order, "start": start, "max_results": count}
        return call.get("/api/query", asked, lambda body: read(body, start))

    def _from_copy(self, papers: "Iterable[Paper]", error: SourceError) -> Iterator[Paper]:
        """Yield what DataCite has, then say how arXiv went."""
        count = 0
        try:
            for paper in papers:
                count += 1
                yield paper
        except SourceError as second:
            message = f"{error.message}; DataCite: {second.message}"
            raise SourceError(message, status=error.status) from error
        message = f"{error.message}; {count} papers from DataCite instead"
        raise SourceError(message, status=error.status) from error


def read(body: bytes, start: int = 0) -> tuple[list[Paper], int]:
    """Return the papers of an Atom page and how many there are in all.

    Raise ValueError for no whole XML, and for the empty page that arXiv gives at times
    although more should come; SourceError for arXiv's own message of an error.
    """
    feed = parse_xml(body)
    entries = feed.findall("a:entry", _ATOM)
    if any("/api/errors" in _text(entry, "a:id") for entry in entries):
        raise SourceError(f"it says: {_text(entries[0], 'a:summary')[:200]}")
    total = int(_text(feed, "o:totalResults") or 0)
    if not entries and total > start:
        raise ValueError("its page is empty, but more should come")
    return list(fields.filled(map(_paper, entries))), total


def parse_xml(body: bytes) -> Any:
    """Return the root of an XML text, without entities, DTDs, or the network."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("its answer is no whole XML") from error


def _paper(entry: Any) -> Paper:
    found = _ABSTRACT_PAGE.search(_text(entry, "a:id"))
    named = fields.names(_text(entry, "x:doi"), found[1] if found else "")
    date = fields.day(_text(entry, "a:published"))
    primary = entry.find("x:primary_category", _ATOM)
    comment = _text(entry, "x:comment")
    return Paper(
        title=_text(entry, "a:title"),
        abstract=_text(entry, "a:summary"),
        authors=fields.texts([_text(author, "a:name") for author in _all(entry, "a:author")]),
        date=date,
        year=fields.year(date),
        venue=_text(entry, "x:journal_ref"),
        kind="" if named["doi"] else "preprint",
        primary_class="" if primary is None else primary.get("term", ""),
        url=f"https://arxiv.org/abs/{named['arxiv_id']}" if named["arxiv_id"] else "",
        pdf_url=f"https://arxiv.org/pdf/{named['arxiv_id']}" if named["arxiv_id"] else "",
        keywords=fields.texts([node.get("term", "") for node in _all(entry, "a:category")]),
        sources=("arxiv",),
        extra={"comment": comment} if comment else {},
        **named,
    )


def _all(node: Any, path: str) -> list[Any]:
    return list(node.findall(path, _ATOM))


def _text(node: Any, path: str) -> str:
    found = node.find(path, _ATOM)
    return "" if found is None else fields.text("".join(found.itertext()))
