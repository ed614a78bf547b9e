"""A saved page of daily papers, copied as text from a site that lists them.

Blocks between blank lines: a title, its abstract, and a foot with the number of authors
and the date. Either part of the foot, or all of it, may be absent; some entries name an
organization instead. What is not printed stays empty; a date without its year is
"XXXX-02-10". The number after a date counts comments on the site and is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from paperflow.readers import dates
from paperflow.readers.fields import BadRecord, assemble
from paperflow.readers.file import File, Reader
from paperflow.records import Failure, Paper

NAME = "listing"
_COUNT = re.compile(r"•?\s*(\d+) authors?")
_DATE = re.compile(r"([A-Z][a-z]{2,8} \d{1,2}(?:, \d{4})?)(?: \d+)?")
_DOT = "·"
_HEADER = re.compile(
    r"new|subscribe|daily papers|trending papers|by\s*AK and the research community"
    r"|get trending papers in your email inbox!?",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"^[ \t]*•[ \t]*\d+ authors?[ \t]*\n[ \t]*·[ \t]*\n[ \t]*[A-Z][a-z]{2,8} \d",
    re.MULTILINE,
)
_LONGEST_TITLE = 300  # characters
_SHORTEST_ABSTRACT = 200


@dataclass(frozen=True)
class _Block:
    """Lines without a blank one between them, and the number of the first."""

    line: int
    lines: Sequence[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()

    @property
    def date(self) -> str:
        """Return the date as printed, when this block is an entry's foot or a page's day."""
        found = _DATE.fullmatch(self.lines[-1].strip())
        return found[1] if found and len(self.lines) <= 3 else ""


def _looks_like(head: str) -> bool:
    return bool(_SIGN.search(head))


def _read(file: File) -> Iterator[Paper | Failure]:
    for entry in _entries(_without_header(_blocks(file.whole()))):
        try:
            yield _paper(entry)
        except BadRecord as error:
            place = f"line {entry[0].line}, {entry[0].text[:60]!r}"
            yield file.failure(place, str(error))


def _blocks(text: str) -> list[_Block]:
    numbered = enumerate(text.split("\n"), 1)
    groups = groupby(numbered, key=lambda pair: bool(pair[1].strip()))
    parts = [list(group) for filled, group in groups if filled]
    return [_Block(part[0][0], [line for _, line in part]) for part in parts]


def _without_header(blocks: list[_Block]) -> list[_Block]:
    """Drop the page's own words, and the day under them."""
    start = 0
    while start < len(blocks) and all(_HEADER.fullmatch(x.strip()) for x in blocks[start].lines):
        start += 1
    if start and start < len(blocks) and blocks[start].date:
        start += 1
    return blocks[start:]


def _entries(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Yield the blocks of each entry: title, paragraphs of the abstract, and perhaps a foot."""
    run: list[_Block] = []
    for block in blocks:
        run.append(block)
        if block.date:
            yield from _split(run)
            run = []
    yield from _split(run)


def _split(run: list[_Block]) -> Iterator[list[_Block]]:
    """Split a run that ends with a foot: entries before the last one have none."""
    starts = [0]
    for place in range(2, len(run) - 1):
        follows_abstract = place - 1 not in starts
        if follows_abstract and _is_title(run[place]) and _is_abstract(run[place + 1]):
            starts.append(place)
    for start, end in zip(starts, [*starts[1:], len(run)], strict=True):
        if run:
            yield run[start:end]


def _is_title(block: _Block) -> bool:
    text = block.text
    short = len(block.lines) == 1 and len(text) <= _LONGEST_TITLE
    return short and text[-1] not in ".,;:" and "://" not in text


def _is_abstract(block: _Block) -> bool:
    return len(block.text) >= _SHORTEST_ABSTRACT


def _paper(entry: list[_Block]) -> Paper:
    """Return the paper that an entry's blocks print."""
    foot = entry[-1] if entry[-1].date else None
    body = entry[: len(entry) - bool(foot)]
    if not body:
        raise BadRecord("a date without a title")
    if not foot and len(body) == 1:
        raise BadRecord("neither abstract, nor authors, nor date follow it")
    who = [line.strip() for line in foot.lines[:-1] if line.strip() != _DOT] if foot else []
    counts = [found[1] for line in who if (found := _COUNT.fullmatch(line))]
    stated = {
        "title": body[0].text,
        "abstract": "\n\n".join(block.text for block in body[1:]),
        "author_count": "".join(counts[:1]),
        "date": dates.parse(foot.date) if foot else "",
    }
    others = [line for line in who if not _COUNT.fullmatch(line)]
    return assemble(NAME, stated, {"organization": "; ".join(others)})


READER = Reader(suffixes=(), looks_like=_looks_like, read=_read)
