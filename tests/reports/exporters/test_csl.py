"""CSL-JSON: what the schema of CSL 1.0.2 allows, checked without the network."""

import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings

from paperflow.records import Paper
from paperflow.reports.csl import export, item
from paperflow.reports.keys import citation_keys
from paperflow.reports.kinds import KINDS
from tests.reports.exporters.cases import PAPERS, libraries

# The part of csl-data.json (CSL 1.0.2) that we may use; it allows no other properties.
_TYPES = """
article article-journal article-magazine article-newspaper bill book broadcast chapter classic
collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing
interview legal_case legislation manuscript map motion_picture musical_score pamphlet
paper-conference patent performance periodical personal_communication post post-weblog regulation
report review review-book software song speech standard thesis treaty webpage
"""
_STRINGS = """
abstract annote archive archive_location authority chapter-number collection-title container-title
DOI edition event-title genre ISBN ISSN issue keyword language medium note number page PMCID PMID
publisher publisher-place source status title title-short URL version volume
"""
TYPES, STRINGS = frozenset(_TYPES.split()), frozenset(_STRINGS.split())
NAME_PARTS = {"family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"}


def exported(papers: Sequence[Paper]) -> list[dict[str, Any]]:
    out = StringIO()
    export(papers, out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    return found


def check(entry: dict[str, Any]) -> None:
    """Fail where the schema would."""
    assert isinstance(entry["id"], str)
    assert entry["type"] in TYPES
    assert isinstance(entry.get("custom", {}), dict)
    for name in entry.keys() - {"id", "type", "custom", "author", "issued"}:
        assert name in STRINGS, f"{name} is no property of CSL"
        assert isinstance(entry[name], str)
    for person in entry.get("author", []):
        assert person
        assert person.keys() <= NAME_PARTS
        assert all(isinstance(part, str) for part in person.values())
    if issued := entry.get("issued"):
        assert issued.keys() <= {"date-parts", "literal"}
        for parts in issued.get("date-parts", []):
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)


@settings(max_examples=60)
@given(libraries)
def test_any_library_is_valid(papers: list[Paper]) -> None:
    found = exported(papers)
    assert [entry["id"] for entry in found] == sorted(citation_keys(papers).values())
    for entry in found:
        check(entry)


@pytest.mark.parametrize("kind", [*KINDS, "", "nonsense"])
def test_every_kind_has_a_type_of_csl(kind: str) -> None:
    check(item(Paper(title="T", kind=kind, venue="V"), "k"))


@pytest.mark.filterwarnings("ignore:The following arguments for Reference")
def test_a_citation_processor_takes_every_paper() -> None:
    citeproc = pytest.importorskip("citeproc")
    from citeproc.source.json import CiteProcJSON

    source = CiteProcJSON([entry for entry in exported(PAPERS) if "title" in entry])
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
    for key in source:
        bibliography.register(citeproc.Citation([citeproc.CitationItem(key)]))
    printed = [str(entry) for entry in bibliography.bibliography()]
    assert len(printed) == len(PAPERS)
    assert any("Łukasiewicz-Nguyễn" in text for text in printed)


def test_names_keep_their_parts() -> None:
    authors = ("Ludwig van Beethoven", "King, Jr., Martin", "The OpenProof Team", "Mausam")
    assert item(Paper(title="T", authors=authors), "k")["author"] == [
        {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
        {"family": "King", "given": "Martin", "suffix": "Jr."},
        {"literal": "The OpenProof Team"},
        {"family": "Mausam"},
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"date": "2020-02-03"}, {"date-parts": [[2020, 2, 3]]}),
        ({"date": "2020-02"}, {"date-parts": [[2020, 2]]}),
        ({"year": 2020}, {"date-parts": [[2020]]}),
        ({"date": "XXXX-02-10"}, {"literal": "XXXX-02-10"}),
        ({"date": "spring"}, {"literal": "spring"}),
        ({}, None),
    ],
)
def test_dates_are_numbers_where_the_year_is_known(
    values: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    assert item(Paper(title="T", **values), "k").get("issued") == expected


def test_what_csl_has_no_place_for_stands_under_custom() -> None:
    paper = Paper(
        title="T",
        kind="thesis",
        venue="Nowhere College",
        arxiv_id="2001.00001",
        references=("doi:10.1/x",),
        citation_count=0,
        extra={"b": "2", "a": "1"},
    )
    assert item(paper, "k")["custom"] == {
        "kind": "thesis",
        "arxiv_id": "2001.00001",
        "references": ["doi:10.1/x"],
        "citation_count": 0,
        "extra": {"a": "1", "b": "2"},
        "venue": "Nowhere College",
    }
    assert item(paper, "k")["publisher"] == "Nowhere College"
