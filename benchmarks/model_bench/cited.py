"""Athar's citation sentences: which words point to the cited work, and what stands near them."""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from judged import data
from numpy.typing import NDArray

LABELS = "onp"  # neutral, negative, positive
NEAR = 6  # words on either side of the citation
_NAME = r"[A-Z][\w'’\-]+"
_CITATION = re.compile(
    rf"\(?\s*({_NAME}(?:(?:\s*,\s*|\s+and\s+|\s*&\s*|\s+)(?:{_NAME}|et\s+al\.?,?|al\.?))*)"
    r"\s*,?\s*\(?\s*((?:19|20)\d\d)[a-z]?\s*\)?"
)
_NUMBERED = re.compile(r"\[[^\]]{0,60}\d[^\]]{0,20}\]")
_SHORT = re.compile(r"\(\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\)")
_TARGETS = re.compile(r"(?:TARGETCIT[\s;,()]*)+")
_OTHERS = re.compile(r"(?:OTHERCIT[\s;,()]*)+")


@dataclass(frozen=True)
class Corpus:
    """Sentences with their ends and labels; `marked` names no author, `near` is cut around."""

    citing: list[str]
    cited: list[str]
    labels: NDArray[np.int64]
    texts: list[str]
    marked: list[str]
    near: list[str]
    titles: dict[str, str]


def read() -> Corpus:
    """Return the corpus; the year of a cited work comes from the table of titles."""
    rows = [line.split("\t", 3) for line in _lines("athar.tsv.gz")][1:]
    table = [line.split("\t") for line in _lines("acl_paper_title_year.tsv.gz")]
    years = {cells[0]: cells[-1] for cells in table}
    citing, cited, labels, texts = (list(column) for column in zip(*rows, strict=True))
    marked = mark(texts, cited, years)
    return Corpus(
        citing,
        cited,
        np.array([LABELS.index(label) for label in labels]),
        texts,
        marked,
        [window(text) for text in marked],
        {cells[0]: cells[1] for cells in table},
    )


def _lines(name: str) -> list[str]:
    with gzip.open(data(f"citation-sentiment/{name}"), "rt", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def mark(texts: Sequence[str], cited: Sequence[str], years: dict[str, str]) -> list[str]:
    """Return the sentences with TARGETCIT for the cited work and OTHERCIT for others.

    The first author of a cited work is the name that stands most often beside its year in the
    sentences that cite it; no label plays a part.
    """
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, work in zip(texts, cited, strict=True):
        near = (m for m in _CITATION.finditer(text) if m[2] == years[work])
        found = {match[1].split()[0].rstrip(",") for match in near}
        names[work].update(sorted(found))
    first = {work: count.most_common(1)[0][0] for work, count in names.items() if count}
    return [
        _marked(text, first.get(work), years[work]) for text, work in zip(texts, cited, strict=True)
    ]


def _marked(text: str, name: str | None, year: str) -> str:
    def told(match: re.Match[str]) -> str:
        own = name is not None and name in match[1] and match[2] == year
        return " TARGETCIT " if own else " OTHERCIT "

    shown = _CITATION.sub(told, text)
    if "TARGETCIT" not in shown and name is not None:
        shown = shown.replace(name, " TARGETCIT ")
    shown = _OTHERS.sub(" OTHERCIT ", _NUMBERED.sub(" OTHERCIT ", shown))
    return " ".join(re.sub(r"\d+", "0", shown).split())


def anonymous(text: str) -> str:
    """Return a sentence in which TARGETCIT stands for every citation."""
    shown = _SHORT.sub(" TARGETCIT ", _NUMBERED.sub(" TARGETCIT ", text))
    shown = _CITATION.sub(" TARGETCIT ", shown)
    return " ".join(re.sub(r"\d+", "0", _TARGETS.sub(" TARGETCIT ", shown)).split())


def window(marked: str) -> str:
    """Return the words near the cited work; nothing where it is not found."""
    words = marked.split()
    at = [place for place, word in enumerate(words) if "TARGETCIT" in word]
    near = {n for place in at for n in range(max(0, place - NEAR), place + NEAR + 1)}
    return " ".join(words[n] for n in sorted(near) if n < len(words))
