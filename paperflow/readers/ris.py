"""RIS, as Zotero, EndNote, Scopus and publishers write it.

Read here and not by a library: the one at hand keeps only the first of repeated tags
and cuts addresses at ";". Tags without a field of their own keep their letters in `extra`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from paperflow.readers import dates, names
from paperflow.readers.fields import BadRecord, assemble, one_line, school_as_venue
from paperflow.readers.file import File, Reader
from paperflow.records import Failure, Paper

NAME = "ris"
KINDS = {
    "JOUR": "article", "EJOUR": "article", "JFULL": "article", "MGZN": "article",
    "NEWS": "article", "INPR": "article", "ABST": "article", "CONF": "inproceedings",
    "CPAPER": "inproceedings", "CHAP": "incollection", "ECHAP": "incollection",
    "ENCYC": "incollection", "BOOK": "book", "EBOOK": "book", "EDBOOK": "book",
    "THES": "phdthesis", "RPRT": "techreport", "DATA": "dataset", "COMP": "software",
    "ELEC": "online", "BLOG": "online", "WEB": "online", "UNPB": "unpublished",
    "MANSCPT": "unpublished", "GEN": "misc",
}  # fmt: skip
# For each field the tags that state it, the best one first.
_FIELDS = {
    "title": ("TI", "T1", "CT", "BT"), "abstract": ("AB", "N2"), "doi": ("DO", "DI"),
    "venue": ("T2", "JF", "JO", "C3", "BT", "JA", "J2"), "url": ("UR",), "volume": ("VL",),
    "issue": ("IS",), "publisher": ("PB",), "language": ("LA",),
}  # fmt: skip
_NAMED = {  # extras that BibTeX has a name for
    "ID": "citation_key", "A2": "editor", "ED": "editor", "ET": "edition", "CY": "address",
    "T3": "series", "N1": "note", "ST": "shorttitle", "M3": "type",
}  # fmt: skip
_TAGGED = {"author", "issn", "isbn", *_NAMED.values()} - {"citation_key"}
_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|)$")
_START = re.compile(r"(?:[^\n]{0,200}\n){0,5}?TY {1,2}- ")
_NOTE = re.compile(r"([^\W\d][^\s:]*(?: [^\s:]+){0,2}): (\S.*)", re.DOTALL)
_ARXIV = re.compile(r"arxiv:\s*(\S+)(?:\s+\[([\w.-]+)\])?", re.IGNORECASE)
_MAX_RECORD = 16 << 20  # characters

Tags = Mapping[str, list[str]]


def _looks_like(head: str) -> bool:
    return bool(_START.match(head))


def _read(file: File) -> Iterator[Paper | Failure]:
    for line, tags, problem in _records(file):
        place = f"record at line {line}"
        if key := "".join(tags.get("ID", [])[:1]):
            place = f"record {key} (line {line})"
        try:
            if problem:
                raise BadRecord(problem)
            yield _paper(tags)
        except BadRecord as error:
            yield file.failure(place, str(error))


def _records(file: File) -> Iterator[tuple[int, Tags, str]]:
    """Yield each record's first line, its tags, and what is wrong with its form."""
    tags: dict[str, list[str]] = {}
    start = size = 0
    last = ""
    for number, line in enumerate(file.lines(), 1):
        found = _LINE.match(line.strip("\r\ufeff"))
        tag, text = (found[1], (found[2] or "").strip()) if found else ("", line.strip())
        if tag in {"TY", "ER"}:
            if tags:
                yield start, tags, ""  # an end that was left out is forgiven
            tags = defaultdict(list, TY=[text]) if tag == "TY" else {}
            start, size, last = number, 0, tag
        elif tags and (size := size + len(line)) > _MAX_RECORD:
            yield start, tags, f"it is longer than {_MAX_RECORD >> 20} MB"
            tags = {}
        elif tags and tag:
            tags[tag].append(text)
            last = tag
        elif tags and text:
            tags[last][-1] = f"{tags[last][-1]} {text}".strip()
    if tags:
        yield start, tags, "the file ends inside it (no ER line)"


def _paper(tags: Tags) -> Paper:
    best = {field: [tag for tag in some if tags.get(tag)][:1] for field, some in _FIELDS.items()}
    used = {field: tag for field, found in best.items() for tag in found}
    stated: dict[str, Any] = {field: tags[tag][0] for field, tag in used.items()}
    extra = _extras(tags, set(used.values()))
    people = _people([one_line(text) for text in _all(tags, "AU", "A1") if text])
    year = "".join(_all(tags, "PY", "Y1")[:1])[:4]
    stated |= {
        "year": year if dates.plausible(year) else "",
        "authors": [names.display(name) for name in people],
        "keywords": [word for text in _all(tags, "KW") for word in text.split(";")],
        "kind": _kind(tags, extra),
        "date": _date(tags, extra),
        "pages": "-".join(text for text in _all(tags, "SP", "EP") if text),
    }
    extra["author"] = names.exact_list(people)
    for link in _all(tags, "L1", "L2", "LK"):
        if link.startswith(("http://", "https://")):
            stated.setdefault("pdf_url" if "pdf" in link.lower() else "url", link)
            extra = {name: text for name, text in extra.items() if text != link}
    _arxiv(tags, stated, extra)
    school_as_venue(stated)
    return assemble(NAME, stated, extra)


def _people(texts: list[str]) -> list[names.Name]:
    """Return the parts of "Last, First, Jr"; among such names one without a comma is a group's."""
    inverted = any("," in text for text in texts)
    return [
        names.Name(last=text, group=True)
        if inverted and "," not in text and " " in text
        else names.from_family_first(text)
        for text in texts
    ]


def _all(tags: Tags, *wanted: str) -> list[str]:
    return [text for tag in wanted for text in tags.get(tag, [])]


def _extras(tags: Tags, used: set[str]) -> dict[str, Any]:
    """Return what no field took: other tags, and the second and later values of one."""
    taken = {"TY", "AU", "A1", "KW", "SP", "EP", "PY", "Y1", "DA"}
    extra: dict[str, Any] = {}
    for tag, texts in tags.items():
        left = texts[1:] if tag in used else [] if tag in taken else texts
        if left:
            extra[_extra_name(tag, tags)] = "; ".join(filter(None, left))
    if "note" in extra:
        _open_notes(tags["N1"], extra)
    return extra


def _open_notes(notes: list[str], extra: dict[str, Any]) -> None:
    """Give notes "name: value", as our own export writes extras, their names back.

    A name that has a tag of its own, or a value that a tag states, names nothing.
    """
    named: dict[str, list[str]] = defaultdict(list)
    free = []
    for note in dict.fromkeys(notes):
        found = _NOTE.fullmatch(note)
        name = found[1] if found else ""
        if not found or name.lower() in _TAGGED or extra.get(name, found[2]) != found[2]:
            free.append(note)
        else:
            named[name].append(found[2])
    extra["note"] = "; ".join(filter(None, free))
    extra |= {name: "; ".join(values) for name, values in named.items()}


def _extra_name(tag: str, tags: Tags) -> str:
    if tag == "SN":
        return "issn" if len(re.findall("[0-9X]", tags["SN"][0])) == 8 else "isbn"
    return _NAMED.get(tag, tag)


def _kind(tags: Tags, extra: dict[str, Any]) -> str:
    kind = tags["TY"][0]
    if kind == "THES" and "master" in " ".join(_all(tags, "M3", "M1", "U3")).lower():
        return "mastersthesis"
    if kind not in KINDS:
        extra["TY"] = kind
    return KINDS.get(kind, "misc")


def _date(tags: Tags, extra: dict[str, Any]) -> str:
    """Return the most exact date of DA, PY and Y1 ("2020/12/17/", "2020///Spring", "2020")."""
    found = []
    for text in _all(tags, "DA", "PY", "Y1"):
        date = dates.parse(f"{dates.UNKNOWN_YEAR}{text}" if text.startswith("/") else text)
        if not date:
            extra["date"] = text
            date = dates.from_parts(text[:4]) if re.match(r"\d{4}(?!\d)", text) else ""
        found.append(date)
    return max(found, key=len, default="")


def _arxiv(tags: Tags, stated: dict[str, Any], extra: dict[str, Any]) -> None:
    """Find "arXiv:2012.09699 [cs.LG]" where programs write it."""
    for tag in ("AN", "M1", "N1", "VL", "JO", "T2", "JF"):
        for text in tags.get(tag, []):
            if found := _ARXIV.search(text):
                stated.setdefault("arxiv_id", found[1])
                stated.setdefault("primary_class", found[2] or "")
                extra.pop("AN" if found[0] == text else "", None)


READER = Reader(suffixes=(".ris",), looks_like=_looks_like, read=_read)
