"""A plain text or a Markdown note: its first line is the title, the rest the abstract.

One with headings is a full text (prose.py).

A note may begin with YAML front matter, of which plain values and lists are understood.
A list of DOIs, arXiv ids or addresses names papers whose titles only a network knows.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from paperflow.errors import UnreadableFile
from paperflow.readers.aliases import sort_out
from paperflow.readers.fields import BadRecord, assemble
from paperflow.readers.file import File, Item, Reader
from paperflow.readers.prose import document_of, has_sections
from paperflow.records import Paper

NAME = "text"
_MAX_TEXT = 1 << 20  # characters; longer is a book, not a record
_LONGEST_TITLE = 500
_IDENTIFIER = re.compile(
    r"[-*\s]*(?:https?://\S+|(?:doi:\s*)?10\.\d{4,9}/\S+"
    r"|(?:arxiv:\s*)?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)\s*",
    re.IGNORECASE,
)
_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z_][\w -]*):(?:[ \t]+(.*))?")
_HEADING = re.compile(r"#{1,6}\s+|\s+#+\s*$")
_EXPORT = re.compile(r"# Papers\n\n\d+ papers?\n(?:\n## |\Z)")
_ABSTRACT = re.compile(r"\A(?:#{1,6}\s*)?abstract\s*[:.—–-]?(?:\s*\n|\s+)", re.IGNORECASE)


def _looks_like(head: str) -> bool:
    return False  # any text would: it is what remains


def _read(file: File) -> Iterator[Item]:
    text = file.whole(_MAX_TEXT).lstrip("\ufeff")
    if _EXPORT.match(text):
        raise UnreadableFile(
            "it is a list of papers that paperflow wrote to be looked at",
            hint="add the .bib or .json export of the same papers instead",
        )
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if all(_IDENTIFIER.fullmatch(line) for _, line in lines):
        for number, line in lines:
            yield file.failure(
                f"line {number}, {line.strip()[:80]}",
                "its title is not in the file, and only a source on the network knows it; "
                "add its BibTeX or RIS record",
            )
        return
    try:
        paper, body = _paper(text)
        yield document_of(paper, body) if has_sections(body) else paper
    except BadRecord as error:
        raise UnreadableFile(str(error)) from None


def _paper(text: str) -> tuple[Paper, str]:
    """Return what a text says of its paper, and what follows its title."""
    stated, extra, body = _front_matter(text)
    title, _, rest = body.strip().partition("\n")
    heading = _HEADING.sub("", title[: _LONGEST_TITLE + 1]).strip()
    if "title" not in stated or heading == stated["title"]:
        stated["title"], body = heading, rest
    if len(str(stated["title"])) > _LONGEST_TITLE:
        raise BadRecord(f"its first line is no title: it has more than {_LONGEST_TITLE} characters")
    if "\t" in title or not any(letter.isalpha() for letter in str(stated["title"])):
        raise BadRecord("its first line is no title: it holds numbers or a table, not a sentence")
    stated.setdefault("abstract", _ABSTRACT.sub("", body.strip(), count=1))
    return assemble(NAME, stated, extra), body


def _front_matter(text: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the fields and the extras that a note's front matter states, and its body."""
    found = _FRONT.match(text)
    if not found:
        return {}, {}, text
    values: dict[str, Any] = {}
    name = ""
    for line in found[1].splitlines():
        if pair := _PAIR.fullmatch(line.rstrip()):
            name = pair[1].strip()
            values[name] = _value((pair[2] or "").strip())
        elif name and line.strip().startswith("- "):
            held = values[name] if isinstance(values[name], list) else []
            values[name] = [*held, _value(line.strip()[2:].strip())]
    stated, extra = sort_out(values.items())
    return stated, extra, text[found.end() :]


def _value(text: str) -> Any:
    """Return a scalar or a list in brackets; quotes are taken off."""
    if text.startswith("[") and text.endswith("]"):
        return [_value(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except ValueError:
            return text[1:-1]
    return text


READER = Reader(suffixes=(".txt", ".text", ".md", ".markdown"), looks_like=_looks_like, read=_read)
