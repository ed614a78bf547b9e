"""A review of a paper: points with their evidence, scores, nearest works; as text and Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from paperflow.reports.markdown import escape
from paperflow.reports.report import Quote

DRAFT = "A draft to work from, not a judgement: read the paper before you use it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that a role says, with the sentences it stands on.

    `basis` says what was looked at, for what no sentence can show: that something is missing.
    """

    role: str
    text: str
    quotes: tuple[Quote, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure from 1 to `most`, and how it came about; without a value it can't be told."""

    name: str
    value: float | None
    most: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A work of the library close to the paper: cosine or shared words in [0, 1], and a quote."""

    key: str
    paper_id: str
    title: str
    similarity: float
    cited: bool
    year: int | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A structured review; `model` is "" where no language model took part.

    `prompts` are named by hash; `dropped` are points whose quotes are not in the text.
    """

    key: str
    paper_id: str
    title: str
    summary: tuple[Point, ...] = ()
    strengths: tuple[Point, ...] = ()
    weaknesses: tuple[Point, ...] = ()
    questions: tuple[Point, ...] = ()
    scores: tuple[Score, ...] = ()
    nearest: tuple[Near, ...] = ()
    notes: tuple[str, ...] = ()
    model: str = ""
    prompts: tuple[dict[str, Any], ...] = ()
    dropped: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def score(self, name: str) -> Score:
        """Return the score of this name."""
        return next(score for score in self.scores if score.name == name)

    @property
    def parts(self) -> tuple[tuple[str, tuple[Point, ...]], ...]:
        """Return the lists of points with their headings."""
        return (
            ("Summary", self.summary),
            ("Strengths", self.strengths),
            ("Weaknesses", self.weaknesses),
            ("Questions", self.questions),
        )


def as_markdown(review: Review) -> str:
    """Return the review as Markdown; whatever a paper says stays text."""
    return "\n".join([*_lines(review), ""])


def _lines(review: Review) -> Iterator[str]:
    yield f"# Review of {escape(review.title)}\n\n{DRAFT}\n"
    yield f"Paper: `[@{review.key}]`"
    yield f"By: {escape(review.model) or 'rules, retrieval and a regression, no language model'}\n"
    for heading, points in review.parts:
        yield f"## {heading}\n"
        for point in points:
            yield from _point(point)
        yield "" if points else "None found.\n"
    yield from _scores(review.scores)
    yield from _nearest(review.nearest)
    yield from _notes(review)


def _point(point: Point) -> Iterator[str]:
    basis = f" — {escape(point.basis)}" if point.basis else ""
    yield f"- **{point.role}**: {escape(point.text)}{basis}"
    for quote in point.quotes:
        yield f"  > “{escape(quote.text)}” ({escape(place(quote))})"


def place(quote: Quote) -> str:
    """Return the citation key, section and page of a quote."""
    page = f"p. {quote.page}" if quote.page else ""
    return ", ".join(part for part in (quote.key, quote.section, page) if part)


def _scores(scores: Sequence[Score]) -> Iterator[str]:
    yield "## Scores\n\n| score | value | how |\n|---|---|---|"
    for score in scores:
        yield f"| {score.name} | {told(score)} | {escape(score.basis)} |"
    yield ""


def told(score: Score) -> str:
    """Return a score as people write it: "3 of 4"."""
    return "not told" if score.value is None else f"{score.value:g} of {score.most}"


def _nearest(nearest: Sequence[Near]) -> Iterator[str]:
    yield "## Nearest works in the library\n"
    if not nearest:
        yield "None."
    for near in nearest:
        year = f", {near.year}" if near.year else ""
        cited = "cited" if near.cited else "not cited"
        yield f"- `[@{near.key}]` {escape(near.title)}{year}: {near.similarity:.2f}, {cited}"
    yield ""


def _notes(review: Review) -> Iterator[str]:
    if not review.notes and not review.dropped:
        return
    yield "## Notes\n"
    yield from (f"- {escape(note)}" for note in review.notes)
    yield from (f"- dropped: {escape(reason)}" for reason in review.dropped)
