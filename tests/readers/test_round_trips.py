"""What our own exporters write, our readers read back; field by field, format by format."""

import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.reports import EXPORTERS
from tests.readers.samples import papers

READER_OF = {"bib": "bibtex", "csl": "csl", "csv": "table", "json": "jsonl", "ris": "ris"}
# What a format has no place for, or a narrower one.
LOST = {
    "bib": ("author_count", "citation_count", "references", "sources"),
    "csl": (),
    "csv": (),
    "json": (),
    "ris": ("author_count", "citation_count", "references", "sources"),
}

_word = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z", "M", "S"], exclude_characters=";,"),
    min_size=1,
    max_size=8,
).map(lambda word: unicodedata.normalize("NFC", word))
_title = st.lists(_word, min_size=1, max_size=5).map(" ".join)
_person = st.from_regex(r"[A-Z][a-zéøü]{1,6} (van |de la )?[A-Z][a-z]{2,8}", fullmatch=True)
_paper = st.builds(
    Paper,
    title=_title,
    abstract=_title,
    authors=st.lists(_person, max_size=3).map(tuple),
    author_count=st.none(),
    year=st.integers(1500, 2100),
    venue=_title,
    kind=st.sampled_from(["article", "inproceedings", "phdthesis", "techreport", "book", "misc"]),
    doi=st.sampled_from(["", "10.1000/182", "10.1000/a_b(c)<d>"]),
    arxiv_id=st.sampled_from(["", "1706.03762", "math/0211159"]),
    primary_class=st.just(""),
    url=st.sampled_from(["", "https://example.org/a%20b?x=1&y=~z#f_g"]),
    volume=st.sampled_from(["", "12"]),
    issue=st.sampled_from(["", "3-4"]),
    pages=st.sampled_from(["", "1-10", "e12"]),
    keywords=st.lists(_word, max_size=3, unique=True).map(tuple),
    citation_count=st.none() | st.integers(1, 99),
    references=st.sampled_from([(), ("doi:10.1000/182", "arxiv:1706.03762")]),
    sources=st.just(("local",)),
)  # fmt: skip


def written(record: Paper, name: str) -> str:
    out = io.StringIO(newline="")
    EXPORTERS.load(name)([record], out)
    return out.getvalue()


@pytest.mark.parametrize("name", READER_OF)
@given(record=_paper, day=st.sampled_from(["", "-02", "-02-10"]))
def test_an_exported_paper_is_read_back(name: str, record: Paper, day: str) -> None:
    record = replace(record, date=f"{record.year}{day}")
    (found,) = papers(written(record, name), f"papers.{name}", kind=READER_OF[name])
    blank = Paper(title="")
    changed = {field: getattr(blank, field) for field in LOST[name]} | {"extra": {}}
    assert replace(found, **changed) == replace(record, **changed)
    assert set(found.extra) <= {"citation_key", "note", "genre", "type"}


def _shows_something(text: str) -> bool:
    return any(letter.isprintable() and not letter.isspace() for letter in text)


@pytest.mark.parametrize("name", READER_OF)
@given(title=st.text(min_size=1).filter(_shows_something))
def test_any_title_is_read_back_or_cleaned(name: str, title: str) -> None:
    record = Paper(title=title, kind="article", year=1999)
    found = papers(written(record, name), kind=READER_OF[name])
    again = papers(written(found[0], name), kind=READER_OF[name])
    assert [item.title for item in again] == [item.title for item in found]


@pytest.mark.parametrize("name", READER_OF)
def test_an_export_is_recognised_without_its_suffix(name: str) -> None:
    record = Paper(id="doi:10.1000/182", title="A", authors=("Ada Byron",), year=1999)
    (found,) = papers(written(record, name))
    assert found.sources == (READER_OF[name],)
    assert (found.title, found.authors, found.year) == ("A", ("Ada Byron",), 1999)
