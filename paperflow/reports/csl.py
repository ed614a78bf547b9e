"""CSL-JSON 1.0.2, which Zotero, pandoc, and citation processors read.

The schema allows no further properties, so all that has no place stands under `custom`.
"""

import re
from collections.abc import Sequence
from typing import Any, TextIO

from paperflow.records import Paper
from paperflow.reports.bibtex import bare_doi
from paperflow.reports.dates import date_parts
from paperflow.reports.keys import keyed
from paperflow.reports.kinds import kind_of
from paperflow.reports.names import Name, names_of
from paperflow.reports.records_json import record, write_array
from paperflow.reports.text import join_keywords, one_line

_TYPES = {
    "article": "article-journal",
    "book": "book",
    "dataset": "dataset",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "mastersthesis": "thesis",
    "misc": "document",
    "online": "webpage",
    "patent": "patent",
    "phdthesis": "thesis",
    "preprint": "article",
    "proceedings": "book",
    "software": "software",
    "techreport": "report",
    "unpublished": "manuscript",
}
_PUBLISHED_BY_VENUE = ("mastersthesis", "phdthesis", "techreport")
_CUSTOM = (
    "author_count",
    "kind",
    "arxiv_id",
    "primary_class",
    "pdf_url",
    "references",
    "citation_count",
    "sources",
    "extra",
)


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write an array of items, sorted by citation key."""
    write_array((item(paper, key) for key, paper in keyed(papers)), out)


def item(paper: Paper, key: str) -> dict[str, Any]:
    """Return the paper as one CSL item."""
    kind = kind_of(paper)
    venue = "publisher" if kind in _PUBLISHED_BY_VENUE and not paper.publisher else _container(kind)
    values = {
        "id": key,
        "type": _TYPES[kind],
        "title": one_line(paper.title),
        "author": [_author(name) for name in names_of(paper)],
        "issued": _issued(paper),
        venue: one_line(paper.venue),
        "volume": paper.volume,
        "issue": paper.issue,
        "page": re.sub("--|\N{EN DASH}", "-", paper.pages),
        **({"publisher": paper.publisher} if paper.publisher else {}),
        "genre": {"mastersthesis": "Master's thesis", "phdthesis": "PhD thesis"}.get(kind),
        "archive": "arXiv" if paper.arxiv_id else "",
        "archive_location": paper.arxiv_id,
        "DOI": bare_doi(paper.doi),
        "URL": paper.url,
        "language": paper.language,
        "keyword": join_keywords(paper.keywords),
        "abstract": paper.abstract,
        "custom": _custom(paper, [] if venue == "container-title" else ["venue"]),
    }
    return {name: value for name, value in values.items() if value}


def _container(kind: str) -> str:
    return "collection-title" if kind in ("book", "proceedings") else "container-title"


def _author(name: Name) -> dict[str, str]:
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }
    return {part: value for part, value in parts.items() if value}


def _issued(paper: Paper) -> dict[str, Any]:
    """Return the date in numbers; what has no year can only stand as text."""
    parts = date_parts(paper)
    if parts.year:
        numbers = [int(part) for part in (parts.year, parts.month, parts.day) if part]
        return {"date-parts": [numbers]}
    return {"literal": one_line(parts.rest)} if parts.rest else {}


def _custom(paper: Paper, more: Sequence[str]) -> dict[str, Any]:
    """Return what CSL has no place for, by our own names."""
    values = record(paper)
    names = (*_CUSTOM, *more, *(["date"] if date_parts(paper).rest else []))
    return {name: values[name] for name in names if name in values}
