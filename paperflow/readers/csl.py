"""CSL-JSON: what Zotero, Crossref and citation processors exchange.

A person's name that "First von Last, Jr" can't express exactly is kept in BibTeX's form in
`extra["author"]`; what has no field goes to `extra`, and `custom` is opened.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paperflow.readers import dates, names
from paperflow.readers.aliases import open_own, sort_out
from paperflow.readers.fields import BadRecord, as_text, assemble, one_line, school_as_venue
from paperflow.readers.file import File, Reader
from paperflow.readers.jsontext import objects
from paperflow.records import Failure, Paper

NAME = "csl"
KINDS = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article",
    "article": "misc", "paper-conference": "inproceedings", "chapter": "incollection",
    "entry-encyclopedia": "incollection", "book": "book", "thesis": "phdthesis",
    "report": "techreport", "manuscript": "unpublished", "dataset": "dataset",
    "software": "software", "webpage": "online", "post": "online", "post-weblog": "online",
    "document": "misc",
}  # fmt: skip
_FIELDS = {
    "title": "title", "abstract": "abstract", "container-title": "venue", "DOI": "doi",
    "URL": "url", "volume": "volume", "issue": "issue", "page": "pages",
    "publisher": "publisher", "language": "language", "keyword": "keywords",
}  # fmt: skip
_HANDLED = {"type", "author", "issued", "id", "citation-key", "custom"}
_START = re.compile(r"\s*(?:\[\s*)?\{\s*\"")
_SIGN = re.compile(
    r'"(?:issued|container-title|citation-key)"\s*:|"custom"\s*:\s*\{'
    r'|"author"\s*:\s*\[\s*\{\s*"(?:family|given|literal)"'
)
_TYPE = re.compile(rf'"type"\s*:\s*"(?:{"|".join(KINDS)})"')
_OTHERS = re.compile(r'"(?:authors|venue|(?:publication_)?year|display_name)"\s*:')


def _looks_like(head: str) -> bool:
    sign = _SIGN.search(head) or (_TYPE.search(head) and not _OTHERS.search(head))
    return bool(_START.match(head) and sign)


def _read(file: File) -> Iterator[Paper | Failure]:
    for found in objects(file):
        if isinstance(found, Failure):
            yield found
            continue
        place, record = found
        try:
            yield paper(record)
        except BadRecord as error:
            key = as_text(record.get("citation-key") or record.get("id"))
            yield file.failure(f"{place}, id {key}" if key else place, str(error))


def paper(record: Mapping[str, Any]) -> Paper:
    """Return the paper of one CSL-JSON item; raise BadRecord when it has no title."""
    stated: dict[str, Any] = {
        field: _single(record[key]) for key, field in _FIELDS.items() if record.get(key)
    }
    extra: dict[str, Any] = {
        key: value for key, value in record.items() if key not in _FIELDS and key not in _HANDLED
    }
    _custom(record.get("custom"), stated, extra)
    extra["citation_key"] = record.get("citation-key") or record.get("id")
    people = [_name(item) for item in record.get("author") or [] if isinstance(item, Mapping)]
    stated["authors"] = [names.display(name) for name in people]
    extra.setdefault("author", names.exact_list(people))
    stated["kind"] = stated.get("kind") or _kind(record, extra)
    issued = _date(record.get("issued"), extra)
    stated["date"] = stated.get("date") or issued
    stated["year"] = stated.get("year") or dates.year_of(issued)
    _arxiv(stated, extra)
    _series_as_venue(stated, extra)
    school_as_venue(stated)
    return assemble(NAME, stated, extra)


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _custom(custom: Any, stated: dict[str, Any], extra: dict[str, Any]) -> None:
    """Open the object that CSL leaves to programs; the item's own fields go first."""
    if not isinstance(custom, Mapping):
        if custom:
            extra["custom"] = custom
        return
    fields, others = sort_out(custom.items())
    open_own(fields, others)
    for name, value in fields.items():
        stated.setdefault(name, value)
    extra |= others


def _name(value: Mapping[str, Any]) -> names.Name:
    part = {key: one_line(as_text(text)) for key, text in value.items()}
    if literal := part.get("literal"):
        return names.Name(last=literal, group=True)
    particles = (part.get("dropping-particle", ""), part.get("non-dropping-particle", ""))
    return names.Name(
        first=part.get("given", ""),
        von=" ".join(filter(None, particles)),
        last=part.get("family", ""),
        jr=part.get("suffix", ""),
    )


def _kind(record: Mapping[str, Any], extra: dict[str, Any]) -> str:
    kind, genre = as_text(record.get("type")), as_text(record.get("genre")).lower()
    if kind == "thesis" and "master" in genre:
        return "mastersthesis"
    if kind and kind not in KINDS:
        extra["type"] = kind
    return KINDS.get(kind, "misc") if kind else ""


def _date(issued: Any, extra: dict[str, Any]) -> str:
    """Return the date of an `issued` object; what can't be understood stays in `extra`."""
    if not isinstance(issued, Mapping):
        return as_text(issued)
    ranges = issued.get("date-parts")
    parts = ranges[0] if isinstance(ranges, list) and ranges else []
    texts = [as_text(part) for part in parts] if isinstance(parts, list) else []
    plain = texts and all(text.isascii() and text.isdigit() for text in texts)
    date = dates.from_parts(*texts[:3]) if plain else ""
    written = as_text(issued.get("raw") or issued.get("literal"))
    if date and isinstance(ranges, list) and len(ranges) == 1:
        return date
    if not written or date:
        extra["issued"] = dict(issued)
    return date or written


def _arxiv(stated: dict[str, Any], extra: dict[str, Any]) -> None:
    """Find the arXiv id in its archive, or where Zotero writes it: a number or a note."""
    if as_text(extra.get("archive")).lower() == "arxiv" and extra.get("archive_location"):
        del extra["archive"]
        stated.setdefault("arxiv_id", extra.pop("archive_location"))
    for key in ("number", "archive_location", "note"):
        if found := re.search(r"arxiv:\s*(\S+)", as_text(extra.get(key)), re.IGNORECASE):
            stated.setdefault("arxiv_id", found[1])


def _series_as_venue(stated: dict[str, Any], extra: dict[str, Any]) -> None:
    """Let the series be the venue of a book, as nothing contains it."""
    series = extra.get("collection-title")
    is_book = stated["kind"] in {"book", "proceedings"}
    if is_book and series and stated.setdefault("venue", series) == series:
        del extra["collection-title"]


READER = Reader(suffixes=(".csljson", ".json"), looks_like=_looks_like, read=_read)
