"""The names that other tools give to the fields of a paper, in JSON keys and table headers."""

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
    "citation_count": "citationcount citedby citations timescited numcitedby",
    "sources": "sources",
}
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


def open_identifiers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lift DOI and arXiv id out of an object of identifiers, as Semantic Scholar nests them."""
    nested = values.get("externalIds")
    if not isinstance(nested, Mapping):
        return dict(values)
    flat = {key: value for key, value in nested.items() if key in {"DOI", "ArXiv"}}
    left = {key: value for key, value in nested.items() if key not in flat}
    return {**values, **flat, "externalIds": left}
