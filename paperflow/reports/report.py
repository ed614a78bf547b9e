"""What a report says: plain data, filled by the caller, turned into a page by `html.render`.

Every list may be empty; the page then leaves the section out. Order is the caller's:
papers by rank, quotes by score, everything else as it should be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from paperflow.records import Paper, Participant, Prediction
from paperflow.reports.connection import Connection
from paperflow.reports.hypothesis import Hypothesis
from paperflow.reports.prose import Removed, Sentence

Status = Literal["ok", "rate_limited", "unauthorized", "failed", "skipped"]
Named = tuple[tuple[str, str], ...]
"""Names with their values, in the order of reading."""

PARTS = ("relevance", "recency", "novelty", "authority")
"""The parts of a score, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """One part of a score: `value` in [0, 1] and `share` = weight · value of the total."""

    name: str
    value: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPaper:
    """One row of the papers' table; without `total` the paper was listed, not scored."""

    key: str
    paper: Paper
    rank: int
    total: float | None = None
    parts: tuple[ScorePart, ...] = ()
    marks: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the list was made: mode, weights of the score's parts, and the day it counts from."""

    mode: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    as_of: str = ""
    others: Named = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What one source answered: `count` papers, and a note for the reader."""

    name: str
    status: Status
    count: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the drawn graph; `paper_id` is set when the node is a paper."""

    id: str
    label: str
    type: str
    weight: float = 1.0
    year: int | None = None
    paper_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A typed edge between two nodes, and the sentence that says so."""

    source: str
    target: str
    type: str
    quote: str = ""
    paper_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A hyperedge: nodes that take part in one sentence, each in its role."""

    label: str
    participants: tuple[Participant, ...]
    quote: str = ""
    paper_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What is drawn; an edge or a participant that names no node is left out."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Papers of a year ("2020") or a month ("2020-12"); any other label is told in words."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence that answers: from which paper, which section and page, with which score."""

    text: str
    key: str
    paper_id: str
    section: str = ""
    page: int | None = None
    score: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question with its quotes; without quotes, `refusal` tells what the library lacks.

    `prose` is what a language model called `model` made of the quotes, and cites them by number;
    `removed` is what they did not bear.
    """

    question: str
    quotes: tuple[Quote, ...] = ()
    refusal: str = ""
    prose: tuple[Sentence, ...] = ()
    removed: tuple[Removed, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of the library; with `of`, how many there could be (coverage)."""

    name: str
    value: int
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A part of a paper's full text that is linked to nothing, and why."""

    paper_id: str
    kind: str
    label: str
    reason: str
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How many parts of the full texts the graph links, of how many, for each kind of part.

    `papers` say the same of each text, by its paper's id, the least covered first. `unread`
    papers have no full text; `left_out` gaps are counted but not listed.
    """

    parts: tuple[Count, ...]
    papers: tuple[Count, ...] = ()
    gaps: tuple[Gap, ...] = ()
    left_out: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Predictions of one kind, the likeliest first, and what is known of their model.

    `quality` names the figures of the model's card; predictions are never facts.
    """

    title: str
    predictions: tuple[Prediction, ...]
    quality: Named = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one page shows.

    `reading` is the query as it was understood (topic, venue, since, …). `keys` gives
    citation keys of papers that evidence names but `papers` does not list.
    """

    title: str
    revision: int = 0
    query: str = ""
    reading: Named = ()
    settings: Settings = field(default_factory=Settings)
    counts: tuple[Count, ...] = ()
    answer: Answer | None = None
    connection: Connection | None = None
    hypothesis: Hypothesis | None = None
    coverage: Covered | None = None
    expected: tuple[Expected, ...] = ()
    papers: tuple[ScoredPaper, ...] = ()
    timeline: tuple[Period, ...] = ()
    graph: Graph = field(default_factory=Graph)
    sources: tuple[SourceStatus, ...] = ()
    notes: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
