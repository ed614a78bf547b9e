"""What tools say: short lines with ids, in pages; what papers say stands between delimiters."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from paperflow.agents.prompting import fenced
from paperflow.answers.citations import Work
from paperflow.answers.reading import Reading
from paperflow.errors import BadInput
from paperflow.records import Paper, Passage, Prediction
from paperflow.reports.report import Quote, ScoredPaper
from paperflow.reports.text import clean, counted, one_line

T = TypeVar("T")
PAGE = 10  # entries on a page of a list
MOST = 6000  # characters of one result: what a small model's context bears several times
LINE = 400  # characters of one quote or title


def page_of(items: Sequence[T], page: int, noun: str, what: str = "") -> tuple[Sequence[T], str]:
    """Return one page of a list, and a line that says which; raise BadInput beyond the last.

    The line counts the items by their noun in the singular, and goes on with `what` they are.
    """
    pages = max(1, -(-len(items) // PAGE))
    if page > pages:
        raise BadInput(f"there is no page {page}", hint=f"the list has {counted(pages, 'page')}")
    more = f"; page={page + 1} has more" if page < pages else ""
    place = f", page {page} of {pages}{more}" if pages > 1 else ""
    return items[(page - 1) * PAGE : page * PAGE], f"{counted(len(items), noun)}{what}{place}"


def result(head: str, label: str, lines: Iterable[str], notes: Sequence[str] = ()) -> str:
    """Return our own line, then what comes from papers as data, cut where it is too long."""
    body = cut("\n".join([*(f"note: {note}" for note in notes), *lines]), MOST)
    return f"{head}\n{fenced(label, clean(body))}" if body else head


def cut(text: str, most: int) -> str:
    """Return at most `most` characters, with a mark that says how many are left out."""
    left = len(text) - most
    return text if left <= 0 else f"{text[:most]} […{left} more characters are left out]"


def paper_line(paper: Paper, key: str) -> str:
    """Return a paper in one line, its id last."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    facts = [cut(one_line(fact), LINE) for fact in (authors, str(paper.year or ""), paper.venue)]
    told = "; ".join(fact for fact in facts if fact)
    title = cut(one_line(paper.title), LINE)
    return f"[{key}] {title}{f' ({told})' if told else ''} id={paper.id}"


def scored_line(item: ScoredPaper) -> str:
    """Return a ranked paper with what its score is made of."""
    return f"{item.rank}. {paper_line(item.paper, item.key)}; {item.why}"


def quote_lines(quotes: Iterable[Quote]) -> list[str]:
    """Return quotes, each with citation key, place, and id."""
    return [
        f"“{one_line(item.text)}” [{item.key}] {item.section}"
        f"{f', p. {item.page}' if item.page else ''} id={item.paper_id}"
        for item in quotes
    ]


def work_lines(work: Work) -> list[str]:
    """Return a cited or citing work, and the first sentence that says so."""
    key = f"[{work.key}] " if work.key else ""
    year = f" ({work.year})" if work.year else ""
    where = "" if work.key else " (not in the library)"
    lines = [f"{key}{cut(one_line(work.title), LINE)}{year}{where} id={work.id}"]
    said = [quote for quote in work.quotes if quote != work.title]
    return lines + [f"   “{cut(one_line(quote), LINE)}”" for quote in said[:1]]


def prediction_line(item: Prediction) -> str:
    """Return a prediction in one line: what, how likely, and why."""
    source = cut(one_line(item.source_label), LINE)
    title = cut(one_line(item.target_label), LINE)
    what = title if item.kind == "reading" else f"{source} should cite: {title}"
    why = cut(one_line("; ".join(item.reasons)), LINE)
    return f"{what} ({item.score:.2f}; {why}) id={item.target}"


def reading_lines(reading: Reading) -> list[str]:
    """Return a page of a paper: its record, its headings on the first page, its passages."""
    lines = [paper_line(reading.paper, reading.key)]
    if reading.page == 1:
        lines.append(f"sections: {cut('; '.join(reading.sections) or 'none', LINE)}")
    section = None
    for passage in reading.passages:
        if passage.section != section:
            lines.append(f"\n## {one_line(passage.section) or '(no heading)'}")
            section = passage.section
        lines.append(_passage(passage))
    return lines


def _passage(passage: Passage) -> str:
    page = f", p. {passage.page}" if passage.page else ""
    return f"[¶{passage.ordinal}{page}] {passage.text}"
