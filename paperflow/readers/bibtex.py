"""BibTeX and BibLaTeX, entry by entry: a broken one spoils none of its neighbours.

Names become "First von Last, Jr" (names.py) and LaTeX becomes text after they are split, so
that a group in braces stays one name. Fields without a place in `Paper` are kept in `extra`
as they were written, beside the entry's key (`citation_key`). A child of `crossref` takes
from its parent what describes the volume, never what identifies a work.
"""

import re
from collections.abc import Iterator
from typing import Any

from paperflow.readers import latex, names
from paperflow.readers.bibtex_dates import date_of
from paperflow.readers.bibtex_entries import Entries, Entry
from paperflow.readers.fields import BadRecord, assemble, one_line
from paperflow.readers.file import File, Reader
from paperflow.records import Failure, Paper
from paperflow.store.identity import bare_arxiv_id

NAME = "bibtex"
_KINDS = {
    "conference": "inproceedings", "electronic": "online", "www": "online", "report": "techreport",
    "mvbook": "book", "mvproceedings": "proceedings", "collection": "book", "thesis": "phdthesis",
}  # fmt: skip
_MASTER = {"mathesis", "mastersthesis", "master"}
_TEXT = {  # fields of LaTeX text
    "abstract": ("abstract",), "publisher": ("publisher",), "volume": ("volume",),
    "issue": ("issue", "number"), "pages": ("pages",), "language": ("language", "langid"),
    "keywords": ("keywords", "keyword"),
}  # fmt: skip
_LINKS = {"doi": ("doi",), "url": ("url",), "pdf_url": ("pdf", "pdf_url")}
_VENUES = ("journal", "journaltitle", "booktitle")
_VENUES_OF = {
    "phdthesis": ("school", "institution"), "mastersthesis": ("school", "institution"),
    "techreport": ("institution",), "book": ("series",), "proceedings": ("series",),
    "misc": ("howpublished",), "online": ("howpublished",), "unpublished": ("howpublished",),
    "dataset": ("howpublished",), "software": ("howpublished",),
}  # fmt: skip
_START = re.compile(r"(?:[ \t]*(?:%[^\n]*)?\n)*[ \t]*@[ \t]*[a-z]+\s*[{(]", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_PARAGRAPH = re.compile(r"\n\s*\n")
_ARXIV = re.compile(r"\s*(?:arxiv\b|corr\b.*|abs/)", re.IGNORECASE)


def _looks_like(head: str) -> bool:
    return bool(_START.match(head))


def _read(file: File) -> Iterator[Paper | Failure]:
    for item in Entries(file):
        if isinstance(item, Failure):
            yield item
            continue
        try:
            yield paper(item)
        except BadRecord as error:
            yield file.failure(item.place, str(error))


def paper(entry: Entry) -> Paper:
    """Return the paper of one entry; raise BadRecord when it has no title."""
    left = dict(entry.fields)
    stated: dict[str, Any] = {"title": _title(left), "kind": _kind(entry, left)}
    for field, some in _TEXT.items():
        stated[field] = _paragraphs(latex.plain(_take(left, some)))
    for field, some in _LINKS.items():
        stated[field] = latex.address(_take(left, some))
    stated["authors"] = _authors(left)
    stated["date"], stated["year"] = date_of(left), left.pop("year", "")
    _arxiv(stated, left)
    stated["venue"] = _venue(left, stated["kind"])
    if not stated["url"]:
        stated["url"] = _published_at(left.get("howpublished", ""))
    return assemble(NAME, stated, {"citation_key": entry.key, **_renamed(left)})


def _renamed(left: dict[str, str]) -> dict[str, str]:
    """Give fields back the names that our own export had to change, as they would have acted."""
    bare = {name.removeprefix("extra-"): value for name, value in left.items()}
    return left if len(bare) < len(left) or "" in bare else bare


def _take(left: dict[str, str], some: tuple[str, ...]) -> str:
    """Take the first filled one of these fields."""
    return next((left.pop(name) for name in some if left.get(name)), "")


def _paragraphs(text: str) -> str:
    """Join broken lines; only an empty one ends a paragraph."""
    return "\n\n".join(map(one_line, _PARAGRAPH.split(text))) if "\n" in text else text


def _title(left: dict[str, str]) -> str:
    title, subtitle = left.pop("title", ""), left.pop("subtitle", "")
    return latex.plain(f"{title}: {subtitle}" if title and subtitle else title or subtitle)


def _kind(entry: Entry, left: dict[str, str]) -> str:
    """Return the entry's type, by its usual name; the rarer name stays in `extra`."""
    if entry.type == "thesis" and left.get("type", "").lower() in _MASTER:
        left["entry_type"] = entry.type
        return "mastersthesis"
    if entry.type in _KINDS:
        left["entry_type"] = entry.type
    return _KINDS.get(entry.type, entry.type)


def _authors(left: dict[str, str]) -> list[str]:
    """Return display names; where those lose something, the field stays in `extra`."""
    parts = [names.parse(text) for text in names.split_authors(one_line(left.get("author", "")))]
    people = [_printed(name) for name in parts]
    known = [name for name in people if name.last != "others" or name.first]
    if len(known) == len(people) and not names.exact_list(known):
        left.pop("author", None)
    return [names.display(name) for name in known]


def _printed(name: names.Name) -> names.Name:
    first, von, last, jr = (one_line(latex.plain(part)) for part in name[:4])
    return names.Name(first, von, last, jr, name.group)


def _arxiv(stated: dict[str, Any], left: dict[str, str]) -> None:
    """Find the arXiv id in eprint, or in a journal that is no more than an arXiv number.

    arXiv's own form is "arXiv preprint arXiv:…", DBLP's is CoRR with a volume "abs/…".
    """
    archive = (left.get("archiveprefix") or left.get("eprinttype") or "").lower()
    eprint = latex.address(left.get("eprint", ""))
    if eprint and archive in {"", "arxiv"} and bare_arxiv_id(eprint):
        stated["arxiv_id"] = eprint
        stated["primary_class"] = _take(left, ("primaryclass", "eprintclass"))
        for name in ("eprint", "archiveprefix", "eprinttype"):
            left.pop(name, None)
    journal = left.get("journal") or left.get("journaltitle") or ""
    if _ARXIV.match(journal) and (found := bare_arxiv_id(f"{journal} {stated['volume']}")):
        stated.setdefault("arxiv_id", found)
        if found in stated["volume"]:
            left["volume"], stated["volume"] = stated["volume"], ""


def _venue(left: dict[str, str], kind: str) -> str:
    """Take the journal, the volume's title, or what stands for them in this kind of work.

    An arXiv number is no venue, nor is an address; both stay behind.
    """
    for name in (*_VENUES, *_VENUES_OF.get(kind, ())):
        text = left.get(name, "")
        if text and not _ARXIV.match(text) and not _ADDRESS.search(text):
            return latex.plain(left.pop(name))
    return ""


def _published_at(text: str) -> str:
    r"""Return the address in `howpublished = {\url{…}}`."""
    found = _ADDRESS.search(latex.address(text))
    return found.group() if found else ""


READER = Reader(suffixes=(".bib", ".bibtex"), looks_like=_looks_like, read=_read)
