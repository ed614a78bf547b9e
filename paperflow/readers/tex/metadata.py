"""Title, authors and the like, as a LaTeX source states them."""

import re

from paperflow.readers.builder import without_links
from paperflow.readers.fields import one_line
from paperflow.readers.tex.inline import Names, inline
from paperflow.readers.tex.source import argument, option
from paperflow.records import Paper
from paperflow.store.identity import bare_arxiv_id

_TITLE = re.compile(r"\\(?:icml)?title\*?(?=\s*[\[{])")
_AUTHOR = re.compile(r"\\(?:author|icmlauthor|name)\b\*?(?=\s*[\[{])")
_KEYWORDS = re.compile(r"\\(?:keywords|begin\s*\{(?:IEEE)?keywords?\})")
_BETWEEN = re.compile(r"\\(?:and|And|AND|quad|qquad)\b|\\\\|\n\s*\n|\\hspace\*?\{[^{}]*\}")
_NOTES = re.compile(
    r"\\(?:thanks|footnote|footnotemark|inst|textsuperscript|affil|orcid|orcidID|email|IEEEauthorrefmark|corref|fnref"
    r"|authorrefmark|href|url|texttt|tt)\b\s*(?:\[[^\]]*\])?\s*(?:\{(?:[^{}]|\{[^{}]*\})*\})?|\$[^$]*\$|\^\{[^{}]*\}"
)
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s){1,4}[^\W\d_][\w.'’-]+(?:,?\s(?:Jr|Sr|II|III)\.?)?")
_PLACE = re.compile(
    r"universit|institut|department|laborator|school|college|faculty|research|@|inc\b|corp|google|microsoft|center"
    r"|centre|academy|hospital|\d|street|submission|anonymous|equal|author|deepmind|facebook|openai|group|team|\bUSA?\b"
    r"|china|germany|canada|united",
    re.IGNORECASE,
)


def paper_of(text: str, name: str, abstract: str) -> Paper:
    """Return what a source says of itself; an empty title where it has none."""
    return Paper(
        title=_plain(_first(text, _TITLE)) or name,
        abstract=abstract,
        authors=_authors(text),
        arxiv_id=bare_arxiv_id(name),
        sources=("tex",),
    )


def _first(text: str, pattern: re.Pattern[str]) -> str:
    values = _all(text, pattern)
    return next((value for value in values if value.strip()), "")


def _all(text: str, pattern: re.Pattern[str]) -> list[str]:
    values = []
    for found in pattern.finditer(text):
        at = found.end()
        while (more := option(text, at))[0] is not None:
            at = more[1]
        values.append(argument(text, at)[0])
    return values


def _plain(text: str) -> str:
    return one_line(
        without_links(inline(_NOTES.sub("", text) if "thanks" in text else text, Names()))
    )


def _authors(text: str) -> tuple[str, ...]:
    """Return what reads like names in the author fields, each once."""
    pieces = [part for value in _all(text, _AUTHOR) for part in _BETWEEN.split(value)]
    lines = [_plain(_NOTES.sub("", piece)) for piece in pieces]
    named = [
        name.strip(" ,;*&")
        for line in lines
        for name in re.split(r",\s+|\s+and\s+|\s*&\s*|;", line)
    ]
    return tuple(dict.fromkeys(n for n in named if _NAME.fullmatch(n) and not _PLACE.search(n)))
