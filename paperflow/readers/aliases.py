"""The names that other tools give to the fields of a paper, in JSON keys and table headers."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_NAMES = {
    "title": "title papertitle articletitle documenttitle",
    "abstract": "abstract abstractnote summary paperabstract",
    "authors": "authors author authornames authorlist authorfullnames creators",
    "author_count": "authorcount numauthors",
    "year": "year publicationyear pubyear yearpublished",
    "date": "date publicationdate published publishedat publisheddate datepublished",
    "venue": "venue journal booktitle publicationtitle sourcetitle containertitle conference"
    " journalbook publicationvenue publicationname",
    "kind": "kind",
    "doi": "doi",
    "arxiv_id": "arxivid arxiv eprint",
    "primary_class": "primaryclass primarycategory",
    "url": "url link paperurl",
    "pdf_url": "pdfurl pdf pdflink",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages page",
    "publisher": "publisher",
    "language": "language",
    "keywords": "keywords keyword authorkeywords tags manualtags",
    "references": "references",
    "contexts": "contexts",
    "citation_count": "citationcount citedby citations timescited numcitedby",
    "sources": "sources",
}
_OWN_ID = re.compile(r"(doi|arxiv|title):(\S+)")
_FIELD = {alias: field for field, text in _NAMES.items() for alias in text.split()}


@lru_cache(maxsize=4096)
def field_of(name: str) -> str:
    """Return the field that `name` stands for, whatever its case and punctuation; "" for none."""
    return _FIELD.get("".join(letter for letter in name.lower() if letter.isalnum()), "")


def sort_out(pairs: Iterable[tuple[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide named values into fields of a paper and extras; the first value of a field wins.

    A field's own name goes before its aliases, whatever the order.
    """
    values = [(name, value) for name, value in pairs if value not in ("", None, [], {})]
    stated = {name: value for name, value in values if name in _NAMES}
    extra: dict[str, Any] = {}
    for name, value in values:
        field = field_of(name)
        if field and field not in stated:
            stated[field] = value
        elif name not in stated:
            extra[name] = value
    return stated, extra


def known(headers: Iterable[str]) -> int:
    """Return how many of the names are those of a paper's fields."""
    return len({field for name in headers if (field := field_of(name))})


def open_own(stated: dict[str, Any], extra: dict[str, Any]) -> None:
    """Undo what our own exports add: extras in one value, an id that other fields say.

    An id of ours also says that the names of authors are in their display form already.
    """
    nested = extra.get("extra")
    if isinstance(nested, str) and nested.startswith("{"):
        nested = _loaded(nested)
    if isinstance(nested, Mapping):
        del extra["extra"]
        extra |= nested
    if not (own := _OWN_ID.fullmatch(str(extra.get("id", "")))):
        return
    del extra["id"]
    if own[1] != "title":
        stated.setdefault("doi" if own[1] == "doi" else "arxiv_id", own[2])
    written = stated.get("authors", [])
    names = written.split(";") if isinstance(written, str) else written
    stated["authors"] = [{"name": name} if isinstance(name, str) else name for name in names]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def open_identifiers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lift DOI and arXiv id out of an object of identifiers, as Semantic Scholar nests them."""
    nested = values.get("externalIds")
    if not isinstance(nested, Mapping):
        return dict(values)
    flat = {key: value for key, value in nested.items() if key in {"DOI", "ArXiv"}}
    left = {key: value for key, value in nested.items() if key not in flat}
    return {**values, **flat, "externalIds": left}
