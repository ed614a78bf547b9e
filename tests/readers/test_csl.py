"""CSL-JSON: fields, names, dates, and how it differs from other JSON."""

import json
from typing import Any

import pytest

from paperflow.records import Failure, Paper
from tests.readers.samples import items, paper, papers


def item(**values: Any) -> Paper:
    return paper(json.dumps([{"id": "k", "type": "book", "title": "A", **values}]), "refs.json")


def test_a_full_item_fills_the_fields_of_a_paper() -> None:
    found = paper(
        json.dumps(
            {
                "id": "http://zotero.org/users/1/items/ABC",
                "citation-key": "noether21",
                "type": "article-journal",
                "title": "Idealtheorie",
                "author": [{"family": "Noether", "given": "Emmy"}],
                "issued": {"date-parts": [[1921, "9", 3]]},
                "container-title": "Mathematische Annalen",
                "volume": 83,
                "issue": "1–2",
                "page": "24–66",
                "DOI": "https://doi.org/10.1007/BF01464225",
                "URL": "https://example.org",
                "publisher": "Springer",
                "language": "de",
                "keyword": "rings; ideals",
                "abstract": "Rings.",
                "ISSN": "0025-5831",
            }
        )
    )
    assert found == Paper(
        title="Idealtheorie",
        abstract="Rings.",
        authors=("Emmy Noether",),
        year=1921,
        date="1921-09-03",
        venue="Mathematische Annalen",
        kind="article",
        doi="10.1007/bf01464225",
        url="https://example.org",
        volume="83",
        issue="1-2",
        pages="24-66",
        publisher="Springer",
        language="de",
        keywords=("rings", "ideals"),
        sources=("csl",),
        extra={"citation_key": "noether21", "ISSN": "0025-5831"},
    )


def test_names_keep_their_parts() -> None:
    found = item(
        author=[
            {"family": "Waerden", "given": "Bartel", "non-dropping-particle": "van der"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"literal": "The Reading Group"},
            {"family": "García Márquez", "given": "Gabriel"},
        ]
    )
    assert found.authors == (
        *("Bartel van der Waerden", "Martin Luther King, Jr."),
        *("The Reading Group", "Gabriel García Márquez"),
    )
    assert found.extra["author"] == (
        "van der Waerden, Bartel and King, Jr., Martin Luther and {The Reading Group} "
        "and García Márquez, Gabriel"
    )


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[1999]]}, "1999"),
        ({"date-parts": [["1999", "2"]]}, "1999-02"),
        ({"date-parts": [[1999, 2], [1999, 3]]}, "1999-02"),
        ({"raw": "1999-02-03"}, "1999-02-03"),
        ({"literal": "February 1999"}, "1999-02"),
        ({"date-parts": [[3020]]}, ""),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": [[None]]}, ""),
        ("1999", "1999"),
    ],
)
def test_dates_are_as_exact_as_they_are_written(issued: Any, date: str) -> None:
    assert item(issued=issued).date == date


def test_a_date_that_is_not_understood_is_kept() -> None:
    assert item(issued={"literal": "Spring 1999"}).extra["date"] == "Spring 1999"
    assert "1999" in item(issued={"date-parts": [[1999], [2000]]}).extra["issued"]


def test_theses_have_their_degree_and_their_school() -> None:
    found = item(type="thesis", genre="Master's thesis", publisher="TU Wien")
    assert (found.kind, found.venue, found.publisher) == ("mastersthesis", "TU Wien", "")


@pytest.mark.parametrize(
    "values",
    [
        {"number": "arXiv:1706.03762"},
        {"note": "arXiv: 1706.03762 [cs]"},
        {"archive": "arXiv", "archive_location": "1706.03762"},
        {"custom": {"arxiv_id": "1706.03762"}},
    ],
)
def test_the_arxiv_id_is_found_where_programs_write_it(values: dict[str, Any]) -> None:
    assert item(**values).arxiv_id == "1706.03762"


def test_custom_values_are_opened() -> None:
    found = item(custom={"citation_count": 7, "shelf": "B", "extra": {"note": "N"}})
    assert found.citation_count == 7
    assert found.extra == {"citation_key": "k", "shelf": "B", "note": "N"}


def test_an_item_without_a_title_is_named_by_its_id() -> None:
    good, bad = items('[{"type": "book", "title": "A"}, {"type": "book", "id": "k"}]', "r.json")
    assert isinstance(good, Paper)
    assert bad == Failure(item="r.json: record 2, id k", reason="it has no title")


@pytest.mark.parametrize(
    ("record", "reader"),
    [
        ({"type": "article-journal", "title": "A"}, "csl"),
        ({"type": "book", "title": "A"}, "csl"),
        ({"title": "A", "author": [{"family": "B"}]}, "csl"),
        ({"title": "A", "authors": ["B"]}, "jsonl"),
        ({"title": "A", "type": "article", "publication_year": 1999}, "jsonl"),
        ({"title": "A", "kind": "book", "venue": "B"}, "jsonl"),
    ],
)
def test_csl_is_told_from_other_json(record: dict[str, Any], reader: str) -> None:
    (found,) = papers(json.dumps([record]), "refs.json")
    assert found.sources == (reader,)
