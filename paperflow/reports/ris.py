"""RIS, which every reference manager imports."""

import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from paperflow.records import Paper
from paperflow.reports.bibtex import bare_doi
from paperflow.reports.dates import date_parts
from paperflow.reports.keys import keyed
from paperflow.reports.kinds import kind_of
from paperflow.reports.names import Name, names_of
from paperflow.reports.text import one_line

_TYPES = {
    "article": "JOUR",
    "book": "BOOK",
    "dataset": "DATA",
    "incollection": "CHAP",
    "inproceedings": "CPAPER",
    "mastersthesis": "THES",
    "misc": "GEN",
    "online": "ELEC",
    "patent": "PAT",
    "phdthesis": "THES",
    "preprint": "UNPB",
    "proceedings": "CONF",
    "software": "COMP",
    "techreport": "RPRT",
    "unpublished": "UNPB",
}


_BY_VENUE = ("mastersthesis", "phdthesis", "techreport")
# The user's own fields that RIS has a tag for; others become notes "name: value".
_TAGS = {
    "address": "CY",
    "edition": "ET",
    "editor": "A2",
    "isbn": "SN",
    "issn": "SN",
    "note": "N1",
    "series": "T3",
    "shorttitle": "ST",
    "type": "M3",
}
_KEYS = ("citation_key", "citation-key", "citekey", "ids")  # a record's ID says its key
# What our reader takes for the name of a note: up to three words without a colon.
_NAME = re.compile(r"[^\W\d][^\s:]*(?: [^\s:]+){0,2}")


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write one record a paper, sorted by citation key, a blank line between two."""
    for index, (key, paper) in enumerate(keyed(papers)):
        out.write("\n" if index else "")
        for tag, text in _lines(paper, key):
            out.write(f"{tag}  - {text}\n")
        out.write("ER  - \n")


def _lines(paper: Paper, key: str) -> list[tuple[str, str]]:
    """Return tags and texts in their order; an extra repeats no line that is there already.

    A note that names a field would else be written twice, and once more each time it is read.
    """
    fields = [(tag, text) for tag, value in _fields(paper, key) if (text := one_line(value))]
    extras = dict.fromkeys((tag, one_line(value)) for tag, value in _extras(paper))
    return fields + [line for line in extras if line[1] and line not in fields]


def _fields(paper: Paper, key: str) -> Iterator[tuple[str, str]]:
    """Yield tags and values in their order, the type first."""
    first, last = _page_range(paper.pages)
    kind = kind_of(paper)
    yield "TY", _TYPES[kind]
    yield "ID", key
    yield "TI", paper.title
    yield from (("AU", _author(name)) for name in names_of(paper))
    yield from _dates(paper)
    yield "T2", paper.venue
    yield "VL", paper.volume
    yield "IS", paper.issue
    yield "SP", first
    yield "EP", last
    yield "PB", paper.publisher or (paper.venue if kind in _BY_VENUE else "")
    yield "M3", "Master's thesis" if kind == "mastersthesis" else ""
    yield "DO", bare_doi(paper.doi)
    yield "AN", _arxiv(paper)
    yield "UR", paper.url
    yield "L1", paper.pdf_url
    yield "LA", paper.language
    yield from (("KW", keyword) for keyword in paper.keywords)
    yield "AB", paper.abstract


def _extras(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield the user's own fields by tag; AU says the authors, in whatever form they came."""
    said = {*_KEYS, *(["author"] if names_of(paper) else [])}
    for name in sorted(paper.extra.keys() - said):
        yield _extra(name, paper.extra[name])


def _arxiv(paper: Paper) -> str:
    """Return "arXiv:2012.09699 [cs.LG]", as arXiv asks to be cited."""
    subject = f" [{paper.primary_class}]" if paper.primary_class else ""
    return f"arXiv:{paper.arxiv_id}{subject}" if paper.arxiv_id else ""


def _author(name: Name) -> str:
    """Return "von Last, First, Jr", the order of RIS, or a body's name."""
    parts = [name.surname, name.given, name.suffix]
    while not parts[-1] and len(parts) > 1:
        parts.pop()
    return ", ".join(parts)


def _extra(name: str, value: str) -> tuple[str, str]:
    if tag := _TAGS.get(name.lower()):
        return tag, value
    return "N1", f"{_note_name(name)}: {value}"


def _note_name(name: str) -> str:
    """Return `name`, or where our reader would not know it again, a name made of it."""
    name = one_line(name)
    if _NAME.fullmatch(name):
        return name
    joined = re.sub(r"[^\w.+-]+", "_", name)
    return joined if _NAME.fullmatch(joined) else f"_{joined}"


def _dates(paper: Paper) -> Iterator[tuple[str, str]]:
    """Yield the year, and the date as year/month/day/ with nothing between where not known."""
    parts = date_parts(paper)
    yield "PY", parts.year
    if parts.month:
        yield "DA", f"{parts.year}/{parts.month}/{parts.day}/"
    elif parts.rest:
        yield "DA", parts.rest


def _page_range(pages: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\w+)\s*[-\N{EN DASH}]+\s*(\w+)", pages.strip())
    return (found[1], found[2]) if found else (pages, "")
