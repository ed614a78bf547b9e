"""What a model says of papers, held against their texts: a point goes that no true quote bears.

What a summary or a strength says has to be near its quotes. A weakness or a question may say what
is not there; it too may invent neither numbers nor words in quotation marks.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from paperflow.answers.support import FAR, NEGATED, NO_QUOTE, lack
from paperflow.encoder import Encoder
from paperflow.records import Passage
from paperflow.reports.report import Quote
from paperflow.reports.review import Point

LISTS = ("summary", "strengths", "weaknesses", "questions")
_LEAST = 4  # words; less stands in any paper
_NOT_THERE = "no quote of it is in the text"
_JUDGED = ("weaknesses", "questions")


@dataclass(frozen=True)
class Library:
    """The texts that may be quoted: passages of papers, and each paper's citation key.

    With an `encoder`, what is said is held against its quotes by meaning too.
    """

    passages: tuple[Passage, ...]
    keys: Mapping[str, str]
    encoder: Encoder | None = None

    def quote(self, text: str) -> Quote | None:
        """Return where a text stands; only the kind of white space may differ."""
        words = text.strip().strip("\"“”'").split()
        if len(words) < _LEAST:
            return None
        pattern = re.compile(r"\s+".join(map(re.escape, words)))
        for passage in self.passages:
            if match := pattern.search(passage.text):
                return Quote(
                    text=match.group(),
                    key=self.keys[passage.paper_id],
                    paper_id=passage.paper_id,
                    section=passage.section,
                    page=passage.page,
                )
        return None

    def text(self, paper_id: str) -> str:
        """Return the text of one paper's passages."""
        return "\n\n".join(p.text for p in self.passages if p.paper_id == paper_id)


@dataclass(frozen=True)
class Checked:
    """The points that are borne out, as plain values by list, and what was dropped and why."""

    points: dict[str, list[dict[str, Any]]]
    dropped: list[str]

    @property
    def count(self) -> int:
        """Return the number of points."""
        return sum(map(len, self.points.values()))


def checked(
    role: str, said: Mapping[str, Sequence[Mapping[str, Any]]], library: Library
) -> Checked:
    """Return the points of a role with those of their quotes that stand in the text."""
    points: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS}
    dropped = []
    for name in LISTS:
        for item in said[name]:
            quotes = tuple(_found(item["quotes"], library))
            if reason := _reason(name, item["text"], quotes, library):
                dropped.append(f"{role}: {item['text']} ({reason})")
            else:
                points[name].append(asdict(Point(role=role, text=item["text"], quotes=quotes)))
    return Checked(points, dropped)


def _reason(name: str, text: str, quotes: Sequence[Quote], library: Library) -> str:
    """Return why a point is not kept, "" where it is."""
    reason = lack(text, [quote.text for quote in quotes], library.encoder)
    if reason in (FAR, NEGATED) and name in _JUDGED:
        return ""
    return _NOT_THERE if reason == NO_QUOTE else reason


def _found(quotes: Sequence[str], library: Library) -> Iterator[Quote]:
    yield from dict.fromkeys(quote for text in quotes if (quote := library.quote(text)))
