"""From what a file states to a `Paper`: one place that cleans, checks, and drops nothing.

A value that can't be used where it stands (a year of 3020, a DOI that is none) leaves its
field empty and is kept in `extra` under the field's name.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from paperflow.readers import dates, names
from paperflow.records import Context, Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

# Control characters, halves of surrogate pairs, and marks that reorder a line of text.
_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]+")
_ARXIV_DOI = "10.48550/arxiv."
_VERSION = re.compile(r"v(\d+)\s*$")
_RANGE = re.compile(r"\s*(?:--+|[–—])\s*")
_REFERENCE = re.compile(r"(doi|arxiv):\S+")
_EMPTY: tuple[Any, ...] = ("", None, [], {}, ())

_LINES = (
    *("venue", "kind", "primary_class", "pdf_url", "url", "volume", "issue", "pages"),
    *("publisher", "language"),
)


class BadRecord(Exception):
    """One record can't be used; the message says why."""


def clean(text: str) -> str:
    """Return `text` without control characters and outer blanks; tags stay text."""
    if text.isprintable():  # several times faster, and nearly always so
        return text.strip()
    return _CONTROLS.sub("", text).strip()


def one_line(text: str) -> str:
    """Return `text` cleaned, on one line."""
    return " ".join(clean(text).split())


def as_text(value: Any) -> str:
    """Return a JSON value as text: a list's items with "; " between, an object as JSON."""
    if isinstance(value, str):
        return clean(value)
    if value in _EMPTY:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(as_text, value)))
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def assemble(reader: str, stated: Mapping[str, Any], extra: Mapping[str, Any]) -> Paper:
    """Return the paper that `stated` describes by the names of Paper's fields.

    Values may be any JSON; `sources` is the reader unless stated. Raise BadRecord
    when there is no title, or one that is no text.
    """
    title = _title(_first(stated.get("title")))
    left = {name: text for name, value in extra.items() if (text := as_text(value))}
    given = ((name, stated.get(name)) for name in _LINES)
    fields: dict[str, Any] = {name: one_line(as_text(value)) for name, value in given if value}
    fields |= {**_when(stated, left), **_identifiers(stated, left)}
    for name in {"pages", "issue"} & fields.keys():
        fields[name] = _RANGE.sub("-", fields[name])
    return Paper(
        title=title,
        abstract=as_text(stated.get("abstract")),
        authors=authors(stated.get("authors")),
        author_count=_count(stated, "author_count", left),
        citation_count=_count(stated, "citation_count", left),
        keywords=keywords(stated.get("keywords")),
        references=_references(stated.get("references"), left),
        contexts=_contexts(stated.get("contexts"), left),
        sources=tuple(keywords(stated.get("sources"))) or (reader,),
        **fields,
        extra=left,
    )


def _title(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise BadRecord(f"its title is no text: {one_line(as_text(value))[:80] or value!r}")
    if title := one_line(value or ""):
        return title
    raise BadRecord("it has no title")


def school_as_venue(stated: dict[str, Any]) -> None:
    """Let who publishes a thesis or a report be its venue, where nothing else is."""
    if stated.get("kind") in {"phdthesis", "mastersthesis", "techreport"}:
        venue = stated.setdefault("venue", stated.get("publisher", ""))
        if stated.get("publisher") == venue:
            stated.pop("publisher", None)


def _first(value: Any) -> Any:
    """Return a title out of a list, as Crossref gives it."""
    return value[0] if isinstance(value, list) and value else value


def authors(value: Any) -> tuple[str, ...]:
    """Return display names from strings, from objects with a name, or from one string."""
    if isinstance(value, str):
        return names.people(one_line(value))
    if not isinstance(value, list | tuple):
        return ()
    found = (_person(item) for item in value)
    return tuple(name for name in found if name)


def _person(value: Any) -> str:
    if isinstance(value, Mapping):
        given = one_line(as_text(value.get("given") or value.get("first")))
        family = one_line(as_text(value.get("family") or value.get("last")))
        named = value.get("name") or value.get("literal") or value.get("full_name")
        return one_line(as_text(named)) or f"{given} {family}".strip()
    return names.from_text(one_line(value if isinstance(value, str) else as_text(value)))


def keywords(value: Any) -> tuple[str, ...]:
    """Return words from a list, or from one string with ";" or else "," between them."""
    if isinstance(value, str):
        value = value.split(";" if ";" in value else ",")
    if not isinstance(value, list | tuple):
        return ()
    words = (item.get("name", "") if isinstance(item, Mapping) else item for item in value)
    return tuple(dict.fromkeys(word for item in words if (word := one_line(as_text(item)))))


def _count(stated: Mapping[str, Any], name: str, left: dict[str, str]) -> int | None:
    text = as_text(stated.get(name))
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if text:
        left.setdefault(name, text)
    return None


def _references(value: Any, left: dict[str, str]) -> tuple[str, ...]:
    """Keep cited works that are named "doi:…" or "arxiv:…"; others stay words in `extra`."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(";")]
    items = value if isinstance(value, list | tuple) else [value] if value else []
    texts = [as_text(item) for item in items]
    if others := [text for text in texts if text and not _REFERENCE.fullmatch(text)]:
        left.setdefault("references", "; ".join(others))
    return tuple(dict.fromkeys(text for text in texts if _REFERENCE.fullmatch(text)))


def _contexts(value: Any, left: dict[str, str]) -> tuple[Context, ...]:
    """Keep how works are cited, in the form of Context; what has another stays in `extra`."""
    items = value if isinstance(value, list) else [value] if value else []
    known = [item for item in items if _is_context(item)]
    if len(known) < len(items):
        left.setdefault("contexts", as_text(value))
        return ()
    return tuple(Context(**{name: one_line(text) for name, text in item.items()}) for item in known)


def _is_context(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and {"work"} <= item.keys() <= set(Context._fields)
        and all(isinstance(text, str) for text in item.values())
    )


def _when(stated: Mapping[str, Any], left: dict[str, str]) -> dict[str, Any]:
    """Return year and date; each fills in what the other leaves open."""
    written = as_text(stated.get("date"))
    date = dates.parse(written)
    if written and not date:
        left.setdefault("date", written)
    year = as_text(stated.get("year")).removesuffix(".0")
    if not dates.plausible(year):
        if year:
            left.setdefault("year", year)
        return {"date": date, "year": dates.year_of(date)}
    return {"date": date, "year": int(year)}


def _identifiers(stated: Mapping[str, Any], left: dict[str, str]) -> dict[str, str]:
    """Return a bare DOI and arXiv id, from their own fields or from the address."""
    named, url = as_text(stated.get("doi")), as_text(stated.get("url"))
    doi = bare_doi(named) or (bare_doi(url) if "doi.org/" in url else "")
    if named and not bare_doi(named):
        left.setdefault("doi", named)
    written = as_text(stated.get("arxiv_id"))
    arxiv = bare_arxiv_id(written)
    if written and not arxiv:
        left.setdefault("arxiv_id", written)
    if found := _VERSION.search(written) if arxiv else None:
        left.setdefault("arxiv_version", found[1])
    if doi.startswith(_ARXIV_DOI):
        arxiv = arxiv or bare_arxiv_id(doi.removeprefix(_ARXIV_DOI))
    elif "arxiv.org/" in url.lower():
        arxiv = arxiv or bare_arxiv_id(url)
    return {"doi": doi, "arxiv_id": arxiv}
