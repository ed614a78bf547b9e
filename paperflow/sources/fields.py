"""Values out of answers that may hold anything: every function takes any JSON and none raises."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from paperflow.records import Paper
from paperflow.store.identity import bare_arxiv_id, bare_doi

_TAG = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>]{0,300})?/?>")
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_FIRST_YEAR, _LAST_YEAR = 1500, 2100
_ARXIV_DOI = "10.48550/arxiv."


def at(value: Any, *path: str | int) -> Any:
    """Return what stands at a path of keys and positions, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: Any, *path: str | int) -> list[Any]:
    """Return the list at a path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def listed(*path: str | int) -> Callable[[Any], bool]:
    """Return a test for answers that have a list at this path."""
    return lambda value: isinstance(at(value, *path), list)


def text(value: Any, *path: str | int) -> str:
    """Return the text at a path on one line, or ""."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return " ".join(_CONTROL.sub("", str(found)).split())


def plain(value: Any, *path: str | int) -> str:
    """Return marked-up text at a path without its tags and entities, on one line."""
    return text(unescape(_TAG.sub("", text(value, *path))))


def number(value: Any, *path: str | int) -> int | None:
    """Return the count at a path, or None."""
    found = at(value, *path)
    return found if type(found) is int and 0 <= found < 10**9 else None


def texts(values: Iterable[Any], *path: str | int) -> tuple[str, ...]:
    """Return the filled texts at a path of each value."""
    return tuple(found for value in values if (found := text(value, *path)))


def day(value: Any, *path: str | int) -> str:
    """Return the ISO date with which the text at a path begins, or ""."""
    found = _DATE.match(text(value, *path))
    if not found or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return ""
    month, monthday = found[2] or "", found[3] or ""
    if not 1 <= int(month or 0) <= 12:
        return found[1]
    return "-".join([found[1], month, *([monthday] if 1 <= int(monthday or 0) <= 31 else [])])


def from_parts(value: Any) -> str:
    """Return the ISO date of [year, month, day], whose end may be missing."""
    parts = [number(part) for part in (value if isinstance(value, list) else [])[:3]]
    known = parts[: parts.index(None)] if None in parts else parts
    return day("-".join(f"{part:02}" for part in known if part is not None))


def year(date: str) -> int | None:
    """Return the year of an ISO date, or None."""
    return int(date[:4]) if date else None


def names(doi: str, arxiv: str = "") -> dict[str, Any]:
    """Return Paper's `doi` and `arxiv_id` for what a source states; arXiv's own DOIs are ids."""
    found, arxiv = bare_doi(doi), bare_arxiv_id(arxiv)
    if found.startswith(_ARXIV_DOI):
        return {"doi": "", "arxiv_id": arxiv or bare_arxiv_id(found.removeprefix(_ARXIV_DOI))}
    return {"doi": found, "arxiv_id": arxiv}


def name(paper: Paper) -> str:
    """Return "doi:…" or "arxiv:…" for a paper, or ""."""
    if paper.doi:
        return f"doi:{paper.doi}"
    return f"arxiv:{paper.arxiv_id}" if paper.arxiv_id else ""


def split(name: str) -> tuple[str, str]:
    """Return scheme and value of "doi:…" or "arxiv:…"."""
    scheme, _, value = name.partition(":")
    return scheme, value


def filled(papers: Iterable[Paper | None]) -> Iterable[Paper]:
    """Yield the papers that have a title."""
    return (paper for paper in papers if paper is not None and paper.title)
