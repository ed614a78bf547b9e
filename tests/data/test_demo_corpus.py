"""The bundled demo corpus: its form, its card, and that its summaries are our own words."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[2] / "data" / "demo"
KEYS = [
    *["title", "abstract", "authors", "author_count", "date", "year", "arxiv_id", "doi", "url"],
    *["venue", "keywords", "references"],
]
ARXIV = r"\d{4}\.\d{5}"
DOI = r"10\.\d{4,}/\S+"
DATE = re.compile(r"(?P<year>\d{4}|XXXX)-(?P<month>\d\d)-(?P<day>\d\d)")
LONGEST_TITLE = 200  # characters; a page's abstracts are all longer
RUN = 8  # words in a row that no summary may share with a page's abstract

Record = dict[str, Any]


@cache
def load_records() -> list[Record]:
    lines = (DEMO / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())


def normalize(title: str) -> str:
    return " ".join(words_of(title))


def split_sentences(text: str) -> list[str]:
    """Split behind a stop that a space and a capital follow: "0.87 J" and "U-Net" stay whole."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def read_pages(pages: Iterable[Path]) -> list[tuple[str, str]]:
    """Return the title and abstract of each entry of the saved pages."""
    entries = []
    for page in pages:
        lines = [line.strip() for line in page.read_text(encoding="utf-8").splitlines()]
        lines = [line for line in lines if line]
        entries += [
            (title, abstract)
            for title, abstract in pairwise(lines)
            if len(title) <= LONGEST_TITLE < len(abstract)
        ]
    return entries


@pytest.fixture(params=load_records(), ids=lambda record: normalize(record["title"])[:40])
def record(request: pytest.FixtureRequest) -> Record:
    found: Record = request.param
    return found


@pytest.fixture
def entries(real_data: Callable[[str], Path]) -> list[tuple[str, str]]:
    return read_pages(sorted(real_data("../seeds").glob("*.txt")))


def test_holds_each_paper_once_in_the_order_of_titles() -> None:
    titles = [record["title"] for record in load_records()]
    assert len(titles) == 74
    assert len({normalize(title) for title in titles}) == 74
    assert titles == sorted(titles, key=str.casefold)


def test_is_written_as_plain_text_with_one_record_a_line() -> None:
    text = (DEMO / "papers.jsonl").read_text(encoding="utf-8")
    assert text == "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in load_records())


def test_has_each_field_with_its_type(record: Record) -> None:
    assert list(record) == KEYS
    for key in ["title", "abstract", "date", "arxiv_id", "doi", "url", "venue"]:
        assert isinstance(record[key], str)
        assert record[key] == " ".join(record[key].split())
    for key in ["authors", "keywords", "references"]:
        assert all(isinstance(item, str) and item == item.strip() != "" for item in record[key])
        assert len(set(record[key])) == len(record[key])
    for key in ["author_count", "year"]:
        assert record[key] is None or type(record[key]) is int


def test_summary_has_three_to_six_sentences(record: Record) -> None:
    assert 3 <= len(split_sentences(record["abstract"])) <= 6
    assert record["abstract"].endswith(".")


def test_keywords_are_lower_case(record: Record) -> None:
    assert 3 <= len(record["keywords"]) <= 6
    assert record["keywords"] == [keyword.lower() for keyword in record["keywords"]]


def test_authors_are_all_or_none(record: Record) -> None:
    if record["authors"] and record["author_count"] is not None:
        assert len(record["authors"]) == record["author_count"]


def test_date_is_a_day_and_agrees_with_the_year(record: Record) -> None:
    if not record["date"]:
        assert record["year"] is None
        return
    found = DATE.fullmatch(record["date"])
    assert found
    printed = None if found["year"] == "XXXX" else int(found["year"])
    assert printed == record["year"]
    date(printed or 2024, int(found["month"]), int(found["day"]))


def test_arxiv_id_is_of_the_month_of_the_date(record: Record) -> None:
    """An id is given when a paper is announced, so it may be a month younger, never older."""
    if not record["arxiv_id"]:
        assert not record["url"]
        return
    assert re.fullmatch(ARXIV, record["arxiv_id"])
    assert record["url"] == f"https://arxiv.org/abs/{record['arxiv_id']}"
    if found := DATE.fullmatch(record["date"]):
        later = int(record["arxiv_id"][2:4]) - int(found["month"])
        if record["year"] is not None:
            later += 12 * (2000 + int(record["arxiv_id"][:2]) - record["year"])
        assert later in {0, 1}


def test_identifiers_are_distinct() -> None:
    for key in ["arxiv_id", "doi"]:
        given = [record[key] for record in load_records() if record[key]]
        assert len(set(given)) == len(given)


def test_references_have_the_right_form(record: Record) -> None:
    assert all(re.fullmatch(f"arxiv:{ARXIV}|doi:{DOI}", r) for r in record["references"])
    assert f"arxiv:{record['arxiv_id']}" not in record["references"]
    assert not record["doi"] or re.fullmatch(DOI, record["doi"])


def test_references_are_older_than_the_paper(record: Record) -> None:
    if record["arxiv_id"]:
        assert all(r < f"arxiv:{record['arxiv_id']}" for r in record["references"] if r[0] == "a")


def test_concepts_connect_the_papers() -> None:
    """A graph over these texts is of use only where papers share concepts."""
    counts = Counter(keyword for record in load_records() for keyword in record["keywords"])
    shared = {keyword for keyword, count in counts.items() if count > 1}
    linked = [record for record in load_records() if shared & set(record["keywords"])]
    assert len(shared) >= 30
    assert len(linked) >= 70


def test_card_states_the_counts_of_the_file() -> None:
    records = load_records()
    own = {f"arxiv:{record['arxiv_id']}" for record in records if record["arxiv_id"]}
    links = [reference for record in records for reference in record["references"]]
    counts = {
        "papers": len(records),
        "with an arXiv id": sum(bool(record["arxiv_id"]) for record in records),
        "with a DOI": sum(bool(record["doi"]) for record in records),
        "with a list of authors": sum(bool(record["authors"]) for record in records),
        "with an author count": sum(record["author_count"] is not None for record in records),
        "with a year": sum(record["year"] is not None for record in records),
        "with a day and month but no year": sum(r["date"].startswith("X") for r in records),
        "without a date": sum(not record["date"] for record in records),
        "with a venue": sum(bool(record["venue"]) for record in records),
        "with citation links": sum(bool(record["references"]) for record in records),
        "citation links": len(links),
        "citation links within the corpus": sum(link in own for link in links),
        "distinct keywords": len({k for record in records for k in record["keywords"]}),
    }
    card = (DEMO / "README.md").read_text(encoding="utf-8")
    stated = {name: int(count) for name, count in re.findall(r"^\| (.+?) \| (\d+) \|$", card, re.M)}
    assert stated == counts


def test_titles_are_those_of_the_pages(entries: list[tuple[str, str]]) -> None:
    assert len(entries) == 78
    titles = {normalize(title): title for title, _ in reversed(entries)}
    assert [r["title"] for r in load_records()] == sorted(titles.values(), key=str.casefold)


def test_no_summary_repeats_a_page(entries: list[tuple[str, str]]) -> None:
    taken = set[tuple[str, ...]]().union(*(runs_of(abstract) for _, abstract in entries))
    shared = {r["title"]: runs_of(r["abstract"]) & taken for r in load_records()}
    assert not {title: runs for title, runs in shared.items() if runs}
