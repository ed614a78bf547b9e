"""Why a paper stands where it stands: four values in [0, 1], their weights, their shares.

relevance  how well it answers the topic (`search`), stretched so that the best candidate
           has 1 and the worst 0: what the other parts are weighed against. (LitSearch
           among 20,000 papers, mode balanced: MRR .62 so, .35 without the stretching,
           .64 by relevance alone)
recency    (date - earliest) / (as_of - earliest), both dates the library's, clipped;
           0 where the date is not known. A year alone counts as its middle
novelty    TF-IDF distance 1 - cos(paper, centroid of the candidates), stretched so that
           the most ordinary candidate has 0 and the most unusual 1; 0 without an
           abstract, since too few words always look unusual
authority  the larger of log(1 + c) / log(1 + 1000), c the citations that a source
           counted, and log(1 + l) / log(1 + max(10, L)), l the papers of the library
           that cite it and L the largest such number; at most 1

The weights are those of Paper Circle (arXiv 2604.06170, appendices D and E), its TF-IDF
similarity and BM25 joined as relevance, times .9, with authority at .1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from paperflow.encoder import paper_text
from paperflow.errors import BadInput, UnknownName
from paperflow.records import Paper
from paperflow.retrieval.search import Hit
from paperflow.retrieval.text import tfidf

PARTS = ("relevance", "recency", "novelty", "authority")
MANY_CITATIONS = 1000  # recorded citations that mean full authority
FEW_CITATIONS = 10  # in a small library, one citation does not make an authority


@dataclass(frozen=True, slots=True)
class Mode:
    """What a reader wants more of: the weights of the parts, and the lambda of MMR."""

    weights: Mapping[str, float]
    mmr_lambda: float


def _mode(relevance: float, recency: float, novelty: float, authority: float, lam: float) -> Mode:
    values = (relevance, recency, novelty, authority)
    return Mode(MappingProxyType(dict(zip(PARTS, values, strict=True))), lam)


MODES = {
    "stable": _mode(0.63, 0.18, 0.09, 0.10, 0.80),
    "balanced": _mode(0.54, 0.18, 0.18, 0.10, 0.65),
    "discovery": _mode(0.45, 0.09, 0.36, 0.10, 0.50),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its `values` and `weights` by part, their `shares`, and the `total`.

    A share is weight * value / total: the shares of a paper sum to one (or are all 0).
    """

    paper: Paper
    values: Mapping[str, float]
    weights: Mapping[str, float]
    shares: Mapping[str, float]
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What the values are measured against: the library's dates and its own citations.

    `citations` counts, for "doi:…" and "arxiv:…", the papers of the library that cite it.
    """

    earliest: str = ""
    as_of: str = ""
    citations: Mapping[str, int] = field(default_factory=dict)


def mode(name: str) -> Mode:
    """Return the mode called `name`; raise UnknownName for any other."""
    if name not in MODES:
        raise UnknownName(f"no mode named {name!r}", hint=f"known: {', '.join(MODES)}")
    return MODES[name]


def weights_of(mode_name: str, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the weights of a mode with the user's own in their place, summing to one."""
    weights = {**mode(mode_name).weights, **(given or {})}
    for name, value in weights.items():
        if name not in PARTS:
            raise BadInput(f"no score named {name!r}", hint=f"known: {', '.join(PARTS)}")
        if not (math.isfinite(value) and value >= 0):
            raise BadInput(f"the weight of {name} can't be {value}", hint="use a number from 0 up")
    total = sum(weights.values())
    if not (math.isfinite(total) and total > 0):
        raise BadInput("no score has a weight", hint="give at least one a number above 0")
    return {name: weights[name] / total for name in PARTS}


def parse_weights(text: str) -> dict[str, float]:
    """Return the weights that a text such as "relevance=2,recency=0.5" states."""
    found = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = item.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError as error:
            raise BadInput(
                f"{item!r} is no weight", hint="write --weights relevance=2,recency=0.5"
            ) from error
    return found


def score(
    hits: Sequence[Hit],
    papers: Sequence[Paper],
    weights: Mapping[str, float],
    library: Library,
) -> list[Scored]:
    """Return the candidates scored, best first, equal totals by id.

    `papers` are those of `hits`, in any order; a hit without its paper is left out.
    """
    relevance = _stretched({hit.paper_id: hit.relevance for hit in hits})
    known = sorted((paper for paper in papers if paper.id in relevance), key=lambda p: p.id)
    columns: dict[str, Sequence[float] | NDArray[np.float64]] = {
        "relevance": [relevance[paper.id] for paper in known],
        "recency": [recency(paper, library) for paper in known],
        "novelty": novelty(known),
        "authority": [authority(paper, library) for paper in known],
    }
    scored = [
        _scored(paper, {name: float(columns[name][row]) for name in PARTS}, weights)
        for row, paper in enumerate(known)
    ]
    return sorted(scored, key=lambda item: (-item.total, item.paper.id))


def _stretched(values: Mapping[str, float]) -> dict[str, float]:
    """Return values over [0, 1]; where all are equal, each is 1."""
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    if high - low < 1e-9:
        return dict.fromkeys(values, 1.0)
    return {name: (value - low) / (high - low) for name, value in values.items()}


def recency(paper: Paper, library: Library) -> float:
    """Return how new a paper is within the library, in [0, 1]."""
    when, first, last = map(_day, (_published(paper), library.earliest, library.as_of))
    if when is None or last is None:
        return 0.0
    first = last if first is None else min(first, last)
    if first == last:
        return float(when >= last)
    return min(1.0, max(0.0, (when - first) / (last - first)))


def authority(paper: Paper, library: Library) -> float:
    """Return how often a paper is cited, on a logarithmic scale in [0, 1]."""
    names = (f"doi:{paper.doi}", f"arxiv:{paper.arxiv_id}")
    within = max(library.citations.get(name, 0) for name in names)
    most = max([FEW_CITATIONS, *library.citations.values()])
    recorded = math.log1p(max(0, paper.citation_count or 0)) / math.log1p(MANY_CITATIONS)
    return min(1.0, max(recorded, math.log1p(within) / math.log1p(most)))


def novelty(papers: Sequence[Paper]) -> NDArray[np.float64]:
    """Return each candidate's distance from all of them together, stretched over [0, 1]."""
    told = [number for number, paper in enumerate(papers) if paper.abstract.strip()]
    result = np.zeros(len(papers))
    if len(told) < 2:
        return result
    vectors = tfidf([paper_text(papers[number]) for number in told])
    centroid = np.asarray(vectors.mean(axis=0)).ravel()
    length = np.linalg.norm(centroid)
    distance = 1 - (vectors @ centroid) / (length if length > 0 else 1)
    spread = distance.max() - distance.min()
    if spread > 1e-9:
        result[told] = (distance - distance.min()) / spread
    return result


def _scored(paper: Paper, values: dict[str, float], weights: Mapping[str, float]) -> Scored:
    values = {name: round(value, 6) for name, value in values.items()}
    parts = {name: weights[name] * values[name] for name in PARTS}
    total = sum(parts.values())
    shares = {name: part / total if total > 0 else 0.0 for name, part in parts.items()}
    return Scored(paper, values, dict(weights), shares, round(total, 6))


def _published(paper: Paper) -> str:
    return paper.date or (str(paper.year) if paper.year is not None else "")


def _day(text: str) -> int | None:
    """Return the day that an ISO 8601 date means, the middle of what it leaves open."""
    year, month, day = ([*text.split("-"), "", ""])[:3]
    if not year.isdigit():
        return None
    try:
        return date(int(year), int(month or 7), int(day or (15 if month else 1))).toordinal()
    except ValueError:
        return None
