"""What a model says held against the text: no quote, no fact."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from paperflow.extract.model.chunks import Chunk
from paperflow.extract.model.parse import Dropped, read_reply
from paperflow.extract.model.schema import (
    THIS_PAPER,
    Extraction,
    Finding,
    Link,
    Said,
    Statement,
    Term,
)
from paperflow.records import Evidence, Passage, quote

NOT_THERE = "its quote is not in the passage"
NOT_NAMED = "its quote does not name it"
UNKNOWN = "it names a term that is not among the terms"
ALONE = "it relates fewer than two terms"
MEASURED = ("method", "dataset", "metric", "value", "split")


class Placed(NamedTuple):
    """Something said, and the passage that says so between two places."""

    said: Said
    passage: Passage
    start: int
    end: int

    @property
    def evidence(self) -> Evidence:
        return quote(self.passage, self.start, self.end)

    def named(self, name: str) -> Evidence | None:
        """Return where the quote names something, the plural included."""
        words = r"\s+".join(map(re.escape, name.split()))
        pattern = re.compile(rf"(?<!\w){words}(?:e?s)?(?!\w)", re.IGNORECASE)
        match = pattern.search(self.passage.text, self.start, self.end)
        return quote(self.passage, *match.span()) if match else None


class Checked(NamedTuple):
    """What a reply says truly, and what was dropped."""

    kept: list[Placed]
    dropped: list[Dropped]


def checked(chunk: Chunk, reply: str) -> Checked:
    """Return what the reply says that the chunk bears out; raise Unreadable."""
    extraction, dropped = read_reply(reply)
    kept: list[Placed] = []
    names = {THIS_PAPER}
    for said in _all(extraction):
        placed = _placed(chunk, said)
        reason = _doubt(placed, names) if placed else NOT_THERE
        if placed and not reason:
            kept.append(placed)
            names |= {said.name.lower()} if isinstance(said, Term) else set()
        else:
            dropped.append(Dropped(_what(said), reason))
    return Checked(kept, dropped)


def _all(extraction: Extraction) -> Iterator[Said]:
    """Yield what was said, terms first: the rest names them."""
    for name in Extraction.model_fields:
        yield from getattr(extraction, name)


def _placed(chunk: Chunk, said: Said) -> Placed | None:
    """Find the quote in the chunk; only the kind of white space may differ."""
    pattern = re.compile(r"\s+".join(map(re.escape, said.quote.split())))
    for piece in chunk:
        if match := pattern.search(piece.passage.text, piece.start, piece.end):
            return Placed(said, piece.passage, *match.span())
    return None


def _doubt(placed: Placed, names: set[str]) -> str:
    """Return why something is not believed although its quote is there, or ""."""
    said = placed.said
    told = [name for name in names_in(said) if name.lower() != THIS_PAPER]
    if any(placed.named(name) is None for name in told):
        return NOT_NAMED
    if not isinstance(said, Term) and any(name.lower() not in names for name in told):
        return UNKNOWN
    if isinstance(said, Statement) and len({name.lower() for name in told}) < 2:
        return ALONE
    return ""


def names_in(said: Said) -> tuple[str, ...]:
    """Return the names of the terms that something said is about."""
    match said:
        case Term():
            return (said.name,)
        case Link():
            return (said.source, said.target)
        case Statement():
            return (*said.subjects, *said.objects, *said.contexts)
    return ()


def measured(placed: Placed) -> dict[str, str]:
    """Return what a result measured, as far as its quote says so."""
    said = placed.said
    told = {name: getattr(said, name) for name in MEASURED} if isinstance(said, Finding) else {}
    return {name: value for name, value in told.items() if value and placed.named(value)}


def _what(said: Said) -> str:
    return " ".join(names_in(said)) or said.quote
