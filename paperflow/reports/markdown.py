"""Markdown: a list to read, with a heading a paper; whatever a title holds stays text."""

import re
from collections.abc import Iterator, Sequence
from typing import TextIO
from urllib.parse import quote

from paperflow.records import Paper
from paperflow.reports.bibtex import bare_doi
from paperflow.reports.keys import keyed, year_of
from paperflow.reports.text import one_line, paragraphs

_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_ACTIVE = re.compile(r"[\\`*_{}\[\]#|~^$@<>&]|=(?==)|%(?=%)")
_BLOCK = re.compile(r"([-+=:]|\d+(?=[.)]))")  # begins a list, a heading, a rule, at a line's start


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write a title and one section a paper, sorted by citation key."""
    pairs = keyed(papers)
    out.write(f"# Papers\n\n{len(pairs)} {'paper' if len(pairs) == 1 else 'papers'}\n")
    for key, paper in pairs:
        out.write("\n" + "\n".join(_section(paper, key)))


def escape(text: str) -> str:
    """Return `text` on one line so that Markdown shows it as it is."""
    return _ACTIVE.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), one_line(text))


def escape_block(text: str) -> str:
    """Return `text` as `escape` does, for a line of its own."""
    begun = _BLOCK.match(line := escape(text))
    if not begun:
        return line
    end = begun.end() if line[0].isdigit() else 0
    return f"{line[:end]}\\{line[end:]}"


def link(text: str, address: str) -> str:
    """Return a link, or the text alone where the address is not one of the web."""
    address = one_line(address)
    if not re.match(r"(?i)https?://[^/\s]", address):
        return escape(text)
    return f"[{escape(text)}](<{quote(address, safe=_ADDRESS)}>)"


_ADDRESS = "!#$%&'()*+,/:;=?@[]~"


def _section(paper: Paper, key: str) -> Iterator[str]:
    yield f"## {escape(paper.title) or 'Untitled'}\n"
    yield from (f"- {line}" for line in _facts(paper, key))
    yield ""
    for paragraph in paragraphs(paper.abstract):
        yield f"{escape_block(paragraph)}\n"


def _facts(paper: Paper, key: str) -> Iterator[str]:
    yield f"Key: `[@{key}]`"
    if authors := "; ".join(escape(author) for author in paper.authors):
        missing = (paper.author_count or 0) - len(paper.authors)
        yield f"Authors: {authors}{f'; and {missing} more' if missing > 0 else ''}"
    if published := ", ".join(filter(None, _published(paper))):
        yield f"Published: {published}"
    yield from (f"{name}: {link(text, address)}" for name, text, address in _links(paper) if text)
    if paper.keywords:
        yield f"Keywords: {', '.join(map(escape, paper.keywords))}"


def _published(paper: Paper) -> Iterator[str]:
    yield escape(paper.venue)
    yield f"volume {escape(paper.volume)}" if paper.volume else ""
    yield f"issue {escape(paper.issue)}" if paper.issue else ""
    yield f"pages {escape(paper.pages)}" if paper.pages else ""
    yield escape(paper.date or year_of(paper))


def _links(paper: Paper) -> Iterator[tuple[str, str, str]]:
    doi, arxiv = one_line(bare_doi(paper.doi)), one_line(paper.arxiv_id)
    yield "DOI", doi, f"https://doi.org/{quote(doi)}"
    yield "arXiv", arxiv, f"https://arxiv.org/abs/{quote(arxiv)}"
    yield "Address", paper.url, paper.url
    yield "PDF", paper.pdf_url, paper.pdf_url
