"""Papers with the ratings that reviewers gave them, without what tells whether they got in.

Of ICLR 2022 the accepted papers lie here as printed, with authors and acknowledgements, and the
others as submitted. What stands before the abstract (but the title) and authors who stand
beside it are cut off, and
`paperflow.extract.rating.features` stops before acknowledgements and references.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

from judged import data
from vector_cache import cache_folder

from paperflow.documents import Document
from paperflow.extract.rating import features
from paperflow.readers.prose import document_of
from paperflow.records import Paper, fingerprint
from review_bench.rated import Rated

OLD = "iclr-ratings/iclr2017_2018_ratings.jsonl.gz"
NEW = "iclr2022-reviews/papers.jsonl.gz"
TEST = 60  # papers of ICLR 2022 that nothing is fitted on: those with the smallest fingerprints
_LONGEST_FRONT = 4000  # characters between abstract and introduction
_ABSTRACT = re.compile(r"^\W*ABSTRACT\W*$|ABSTRACT|Abstract", re.MULTILINE)
_INTRODUCTION = re.compile(r"^[#\s*]*\d*\s*1?\.?\s*I\s?NTRODUCTION", re.MULTILINE | re.IGNORECASE)
_HEADER = re.compile(r"(?:under review|published) as", re.IGNORECASE)
_AUTHOR = re.compile(r"\*\*|@|\b(?:Universit|Institut|Department|Laborator)")
_MOST_OF_AUTHOR = 60  # words
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_FEW = 5  # headings of Markdown; a text with fewer has them as bare lines
_BARE_HEADING = re.compile(
    r"^(?:\d+(?:\.\d+)*\s+)?([A-Z][A-Z ,:-]{6,}|Introduction|References)$", re.MULTILINE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def old() -> list[Rated]:
    """Return titles and abstracts of ICLR 2017 and 2018 that are not among those of 2022."""
    known = {_letters(paper.title) for paper, _ in map(_front, _lines(NEW))}
    return [
        Rated(
            Paper(title=row["title"], abstract=row["abstract"]),
            int(row["year"]),
            tuple(map(float, row["rating"].split(";"))),
            row["status"] in {"Poster", "Oral"},
        )
        for row in _lines(OLD)
        if _letters(row["title"]) not in known
    ]


def new(limit: int | None = None) -> list[Rated]:
    """Return the papers of ICLR 2022, the TEST ones first; what is counted is kept in a file."""
    rows = sorted(_lines(NEW), key=lambda row: fingerprint(str(row["id"])))[:limit]
    kept = _Kept(cache_folder() / "review-features.jsonl")
    return [_rated(row, kept) for row in rows]


def _rated(row: dict[str, Any], kept: "_Kept") -> Rated:
    paper, body = _front(row)
    text = (paper.title, paper.abstract, body)
    found = kept.get(*text) or kept.put(*text, found=_counted(paper, body))
    return Rated(
        paper,
        2022,
        tuple(row["ratings"]),
        row["decision"] != "Reject",
        found["text"],
        tuple(found["giveaways"]),
    )


def _counted(paper: Paper, body: str) -> dict[str, Any]:
    document = document_of(paper, f"## ABSTRACT\n\n{paper.abstract}\n\n{body}")
    return {"text": features.text_features(document), "giveaways": _giveaways(document)}


def _giveaways(document: Document) -> list[float]:
    """Return characters after the main text, and the share of citations since 2021."""
    main = features.main_text(document)
    rest = sum(len(b.text) for number, b in enumerate(document.blocks) if number not in main)
    cited = [document.blocks[c.block].text[c.start : c.end] for c in document.citations()]
    years = [int(year) for text in cited for year in _YEAR.findall(text)]
    return [float(rest), fmean(year >= 2021 for year in years) if years else 0.0]


def _front(row: dict[str, Any]) -> tuple[Paper, str]:
    """Return title and abstract, and the text from the introduction on, as Markdown."""
    text = str(row["text"])
    at = _ABSTRACT.search(text)
    front, rest = (text[: at.start()], text[at.end() :]) if at else ("", text)
    begin = _INTRODUCTION.search(rest, 0, _LONGEST_FRONT)
    cut = begin.start() if begin else _LONGEST_FRONT // 2
    parts = [part for part in re.split(r"\n\s*\n", rest[:cut]) if not _is_author(part)]
    abstract = " ".join(re.sub(r"-\n(?=[a-z])|\*\*|#+", "", "\n\n".join(parts)).split())
    body = rest[cut:]
    if len(_HEADING.findall(text)) <= _FEW:
        body = _BARE_HEADING.sub(r"\n## \1\n", body)
    return Paper(title=_title(front), abstract=abstract), body


def _is_author(part: str) -> bool:
    """Tell whether a stretch of the abstract is an author's name and address beside it."""
    return bool(_AUTHOR.search(part)) and len(part.split()) < _MOST_OF_AUTHOR


def _title(front: str) -> str:
    """Return the lines in capitals at the beginning, else the first line."""
    title: list[str] = []
    for line in front.split("\n"):
        text = re.sub(r"[#*_]+\s*", "", line).strip()
        letters = [letter for letter in text if letter.isalpha()]
        if not letters or _HEADER.match(text):
            continue
        if title and sum(map(str.isupper, letters)) < 0.7 * len(letters):
            break
        title.append(text)
    return re.sub(r"-\s", "", " ".join(title))


class _Kept:
    """Features by the text and the way they were counted, a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version = fingerprint(Path(features.__file__).read_text(encoding="utf-8"))
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._known = {row["key"]: row for row in map(json.loads, lines)}

    def get(self, *text: str) -> dict[str, Any] | None:
        """Return what is kept of a text."""
        return self._known.get(fingerprint(self._version, *text))

    def put(self, *text: str, found: dict[str, Any]) -> dict[str, Any]:
        """Keep what was counted in a text, and return it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": fingerprint(self._version, *text), **found}) + "\n")
        return found


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data(name), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
