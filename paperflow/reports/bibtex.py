"""BibTeX that plain LaTeX compiles, Zotero imports, and `paperflow add` reads back."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from paperflow.records import Paper
from paperflow.reports.dates import MONTHS, date_parts
from paperflow.reports.keys import citation_keys, keyed
from paperflow.reports.kinds import kind_of
from paperflow.reports.latex import (
    escape,
    escape_name,
    escape_text,
    escape_title,
    preamble,
    verbatim,
)
from paperflow.reports.latex_written import as_written
from paperflow.reports.names import Name, names_are_cut, names_of, stated_names
from paperflow.reports.text import join_keywords, one_line, paragraphs, to_ascii

__all__ = ["citation_keys", "export", "export_one"]

Fields = dict[str, str]

# What classic styles know beyond the kinds; types that they don't know count as misc there.
_FURTHER_TYPES = ("booklet", "inbook", "manual")
_VENUES = {
    "article": "journal",
    "book": "series",
    "incollection": "booktitle",
    "inproceedings": "booktitle",
    "mastersthesis": "school",
    "phdthesis": "school",
    "proceedings": "series",
    "inbook": "booktitle",
    "techreport": "institution",
}
_KEY_NAMES = ("citation_key", "citation-key", "citekey", "ids")
# Fields that take another entry's key act on it; as plain notes they stay without acting.
_LIVE = ("crossref", "xref", "xdata", "related", "entryset", "set")
_VERBATIM = re.compile(r"(?:doi|eprint|file|pdf|urn|.*url)$")


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write one entry a paper, sorted by key, then the definitions that the entries need."""
    write(keyed(papers), out)


def write(pairs: Iterable[tuple[str, Paper]], out: TextIO) -> None:
    """Write an entry for each key and paper, then the definitions that the entries need."""
    if definitions := preamble(_written(pairs, out)):
        lines = "\n  ".join(definitions)
        out.write(f'\n@preamble{{"{lines}"}}\n')


def export_one(paper: Paper, key: str) -> str:
    """Return one entry, without the definitions that rare characters need."""
    kind = paper.kind if paper.kind in _FURTHER_TYPES else kind_of(paper)
    lines = [f"  {name} = {value},\n" for name, value in _fields(paper, key, kind).items()]
    return f"@{'misc' if kind == 'preprint' else kind}{{{key},\n{''.join(lines)}}}\n"


def _written(pairs: Iterable[tuple[str, Paper]], out: TextIO) -> Iterator[str]:
    """Write the entries one after the other and yield each."""
    for index, (key, paper) in enumerate(pairs):
        entry = export_one(paper, key)
        out.write(f"\n{entry}" if index else entry)
        yield entry


def _fields(paper: Paper, key: str, kind: str) -> Fields:
    """Return the filled fields in their order, values with braces or as a month's macro."""
    texts = {
        "author": _authors(paper),
        "title": escape_title(paper.title),
        _VENUES.get(kind, "howpublished"): escape_text(paper.venue),
        **_dates(paper),
        "volume": escape(paper.volume),
        "number": escape(paper.issue),
        "pages": _pages(paper.pages),
        "publisher": escape_text(paper.publisher),
        **_identifiers(paper),
        "language": escape(paper.language),
        "keywords": escape_text(join_keywords(paper.keywords)),
        "abstract": _abstract(paper.abstract),
        "ids": verbatim(_former_keys(paper, key)),
    }
    fields = {
        name: value if name == "month" else f"{{{value}}}" for name, value in texts.items() if value
    }
    return {**fields, **_extra(paper, fields)}


def _authors(paper: Paper) -> str:
    names = [_name(name) for name in names_of(paper)]
    return " and ".join([*names, "others"] if names and names_are_cut(paper) else names)


def _name(name: Name) -> str:
    """Return "von Last, Jr, First", or a body's name in braces."""
    if name.literal:
        return f"{{{escape(name.literal)}}}"
    parts = (
        " ".join(escape_name(word) for word in (name.particle, name.family) if word),
        escape_name(name.suffix),
        escape_name(name.given),
    )
    return ", ".join(part for part in parts if part)


def _dates(paper: Paper) -> Fields:
    parts = date_parts(paper)
    if parts.rest and not parts.year:
        return {"date": escape(parts.rest)}  # month and day without a year say no more
    month = MONTHS[int(parts.month) - 1] if parts.month else ""
    return {
        "year": parts.year,
        "month": month,
        "day": parts.day.lstrip("0"),
        "date": escape(parts.rest),
    }


def _pages(pages: str) -> str:
    """Return pages with the double hyphen that LaTeX sets as a dash."""
    ranges = r"(?<=\w)\s*[-\N{EN DASH}]+\s*(?=\w)"
    parts = re.split(ranges, one_line(pages))
    return "--".join(escape(part) for part in parts)


def _identifiers(paper: Paper) -> Fields:
    """Return DOI, arXiv id, and addresses; of the arXiv fields Zotero reads `eprinttype` only."""
    arxiv = {
        "eprint": verbatim(paper.arxiv_id),
        "archivePrefix": "arXiv",
        "primaryClass": verbatim(paper.primary_class),
        "eprinttype": "arxiv",
    }
    return {
        "doi": verbatim(bare_doi(paper.doi)),
        **(arxiv if paper.arxiv_id else {}),
        "url": verbatim(paper.url),
        "pdf": verbatim(paper.pdf_url),
    }


def bare_doi(doi: str) -> str:
    """Return a DOI without the address or word before it."""
    return re.sub(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi.strip())


def _abstract(text: str) -> str:
    """Return the paragraphs with an empty line between; "@" at a line's start begins an entry."""
    parts = (escape_text(part) for part in paragraphs(text))
    return "\n\n".join(f"{{}}{part}" if part.startswith("@") else part for part in parts)


def _former_keys(paper: Paper, key: str) -> str:
    """Return the keys that the user's own files gave the paper; biblatex still finds it by them."""
    stated = (paper.extra.get(name, "") for name in _KEY_NAMES)
    keys = {part.strip() for text in stated for part in re.split("[,;]", text)}
    return ",".join(sorted(keys - {key, ""}))


def _extra(paper: Paper, taken: Mapping[str, str]) -> Fields:
    """Return the user's own fields, under another name where theirs is taken or acts."""
    fields: Fields = {}
    names = {name.lower() for name in taken} | set(_LIVE)
    for stated in sorted(paper.extra.keys() - _spoken_for(paper)):
        value = _extra_value(stated, paper.extra[stated])
        if value in ("{}", taken.get(stated)):
            continue
        name = _field_name(stated)
        while name in names or name in fields:
            name = f"extra-{name}"
        fields[name] = value
    return fields


def _spoken_for(paper: Paper) -> set[str]:
    """Return the names of extras that other fields say already."""
    return {*_KEY_NAMES, "entry_type", *(["author"] if stated_names(paper) else [])}


def _extra_value(name: str, value: str) -> str:
    text = verbatim(value) if _VERBATIM.match(name.lower()) else as_written(value)
    return f"{{{text}}}"


def _field_name(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "-", to_ascii(name).lower()).strip("-")
    return plain if plain[:1].isalpha() else f"extra-{plain}".rstrip("-")
