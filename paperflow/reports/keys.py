"""Citation keys: the same papers get the same keys, in any order, on any day."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from paperflow.records import Paper, fingerprint
from paperflow.reports.dates import date_parts
from paperflow.reports.names import first_name_of
from paperflow.reports.text import to_ascii

_SKIPPED = re.compile(
    r"(?:an?|the|and|or|nor|but|not|of|on|in|at|to|by|for|from|with|without|into|via|as|is|are|be"
    r"|can|do|does|how|what|when|where|which|who|why|towards?|under|over|using)$"
)
_LONGEST = 24  # letters of one part


def citation_keys(papers: Sequence[Paper]) -> dict[str, str]:
    """Return the citation key of each paper by its id: author_word_year, in ASCII.

    Papers with the same author, word, and year are told apart by the suffix "", "a", "b", …
    in the order of their ids. So a key depends on no ranking, and changes only when a paper
    of the same author, word, and year, with a smaller id, comes or goes.
    """
    keys: dict[str, str] = {}
    for key, paper in keyed(papers):
        keys.setdefault(paper.id, key)
    return dict(sorted(keys.items()))


def keyed(papers: Sequence[Paper]) -> list[tuple[str, Paper]]:
    """Return every paper with its own key, sorted by key; a repeated record counts once."""
    groups: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in _in_order(papers):
        groups[_base(paper)].append(paper)
    pairs = [
        (key, paper)
        for base, group in groups.items()
        for key, paper in zip(_suffixed(base), group, strict=False)
    ]
    return sorted(pairs, key=lambda pair: pair[0])


def year_of(paper: Paper) -> str:
    """Return the paper's year in four digits, or nothing."""
    return date_parts(paper).year


def _in_order(papers: Sequence[Paper]) -> list[Paper]:
    """Sort by id; records without one, or with the same one, by their content."""
    if len({paper.id for paper in papers}) == len(papers):
        return sorted(papers, key=lambda paper: paper.id)
    distinct = {(paper.id, _content(paper)): paper for paper in papers}
    return [distinct[name] for name in sorted(distinct)]


def _content(paper: Paper) -> str:
    return fingerprint(json.dumps(paper.as_dict(), sort_keys=True))


def _base(paper: Paper) -> str:
    parts = (_author(paper), _word(paper.title), year_of(paper) or "nd")
    return "_".join(parts)


def _author(paper: Paper) -> str:
    """Return the first author's family name with its particle, or a body's first long word."""
    name = first_name_of(paper)
    if name is None:
        return "anon"
    if name.literal:
        return _word(name.literal)
    surname = name.surname
    return _letters(surname.rstrip(" 0123456789")) or _stand_in(surname)


def _word(text: str) -> str:
    """Return the first word that says something, or a stand-in for text without ASCII letters."""
    joined = re.sub(r"\b(\w)-(?=\w)", r"\1", text)  # K-means, U-Net
    first = ""
    for word in filter(None, map(_letters, re.split(r"[\W_]+", joined))):
        if not _SKIPPED.match(word):
            return word
        first = first or word
    return first or _stand_in(text)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", to_ascii(text).lower())[:_LONGEST]


def _stand_in(text: str) -> str:
    """Name text in a script that has no transcription here, the same each time."""
    return f"x{fingerprint(text)[:6]}" if text.strip() else "untitled"


def _suffixed(base: str) -> Iterator[str]:
    """Yield "base", "basea", …, "basez", "baseaa", … without end."""
    yield base
    number = 0
    while True:
        letters, rest = "", number
        while rest >= 0:
            letters = chr(ord("a") + rest % 26) + letters
            rest = rest // 26 - 1
        yield base + letters
        number += 1
