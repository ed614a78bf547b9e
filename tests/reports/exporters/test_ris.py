"""RIS: another library, and our own reader, find the same fields again."""

from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

import pytest
import rispy
from hypothesis import given, settings

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.reports.bibtex import bare_doi
from paperflow.reports.keys import keyed
from paperflow.reports.kinds import KINDS, kind_of
from paperflow.reports.names import names_of
from paperflow.reports.ris import export
from paperflow.reports.text import one_line
from tests.reports.exporters.cases import PAPERS, libraries


def ris(papers: Sequence[Paper]) -> str:
    out = StringIO()
    export(papers, out)
    return out.getvalue()


def records(papers: Sequence[Paper]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rispy.loads(ris(papers))
    return found


def lines(paper: Paper) -> list[str]:
    return ris([paper]).split("\n")


@settings(max_examples=60)
@given(libraries)
def test_another_library_finds_one_record_a_paper(papers: list[Paper]) -> None:
    found = records(papers)
    assert [record["id"] for record in found] == [key for key, _ in keyed(papers)]
    for record, (_, paper) in zip(found, keyed(papers), strict=True):
        assert record.get("title", "") == one_line(paper.title)
        assert record.get("abstract", "") == one_line(paper.abstract)


def test_another_library_finds_the_fields_of_the_nasty_papers() -> None:
    for record, (_, paper) in zip(records(PAPERS), keyed(PAPERS), strict=True):
        assert len(record.get("authors", [])) == len(paper.authors)
        assert record.get("doi", "") == bare_doi(paper.doi)
        assert record.get("keywords", []) == list(paper.keywords)
        assert record.get("year", "") == ("" if paper.year is None else str(paper.year))


def test_our_reader_gets_the_nasty_papers_back() -> None:
    found = list(read(BytesIO(ris(PAPERS).encode()), kind="ris"))
    for back, (key, paper) in zip(found, keyed(PAPERS), strict=True):
        assert isinstance(back, Paper)
        assert back.extra["citation_key"] == key
        assert back.title == one_line(paper.title)
        assert back.abstract == one_line(paper.abstract)
        assert back.doi == bare_doi(paper.doi)
        assert back.arxiv_id == paper.arxiv_id
        assert back.venue == paper.venue or back.publisher == paper.venue
        assert back.keywords == paper.keywords
        assert kind_of(back) == kind_of(paper)
        assert [name.surname for name in names_of(back)] == [
            name.surname for name in names_of(paper)
        ]


def test_a_value_never_begins_a_line_of_its_own() -> None:
    text = lines(Paper(title="One\nER  - \nTY  - JOUR", abstract="a\r\nAU  - Nobody"))
    assert [line[:5] for line in text if line] == ["TY  -", "ID  -", "TI  -", "AB  -", "ER  -"]


@pytest.mark.parametrize("kind", [*KINDS, "", "nonsense"])
def test_every_kind_has_a_type_and_the_type_comes_first(kind: str) -> None:
    first = lines(Paper(title="T", kind=kind))[0]
    assert first.startswith("TY  - ")
    assert first.removeprefix("TY  - ").isupper()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"date": "2020-02-03"}, ["PY  - 2020", "DA  - 2020/02/03/"]),
        ({"date": "2020-02"}, ["PY  - 2020", "DA  - 2020/02//"]),
        ({"year": 2020}, ["PY  - 2020"]),
        ({"date": "XXXX-02-10"}, ["DA  - /02/10/"]),
        ({"date": "spring"}, ["DA  - spring"]),
        ({"pages": "1-10"}, ["SP  - 1", "EP  - 10"]),
        ({"pages": "e12"}, ["SP  - e12"]),
        ({"authors": ("Martin King Jr.",)}, ["AU  - King, Martin, Jr."]),
        ({"authors": ("Ludwig van Beethoven",)}, ["AU  - van Beethoven, Ludwig"]),
        ({"authors": ("The OpenProof Team",)}, ["AU  - The OpenProof Team"]),
        (
            {"arxiv_id": "2001.00001", "primary_class": "cs.DS"},
            ["AN  - arXiv:2001.00001 [cs.DS]"],
        ),
        ({"extra": {"note": "n", "odd": "v"}}, ["N1  - n", "N1  - odd: v"]),
        ({"kind": "thesis", "venue": "College"}, ["T2  - College", "PB  - College"]),
    ],
)
def test_a_field_is_written_with_its_tag(values: dict[str, Any], expected: list[str]) -> None:
    rest = [line for line in lines(Paper(title="T", **values)) if line]
    assert [line for line in rest if line[:2] not in ("TY", "ID", "TI", "ER")] == expected


def test_the_key_is_in_its_own_tag_and_in_no_note() -> None:
    keys = dict.fromkeys(("citation_key", "citation-key", "citekey", "ids"), "old")
    assert lines(Paper(title="T", extra=keys)) == lines(Paper(title="T"))


def test_an_extra_repeats_no_line() -> None:
    extra = {"note": "odd: v", "odd": "v"}
    assert lines(Paper(title="T", extra=extra)).count("N1  - odd: v") == 1


def test_two_authors_of_one_name_stay_two() -> None:
    assert lines(Paper(title="T", authors=("Wei Wang",) * 2)).count("AU  - Wang, Wei") == 2


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Document Type", "Document Type"),
        ("a:b", "a_b"),
        ("Language of Original Document", "Language_of_Original_Document"),
        ("2nd", "_2nd"),
        ("", "_"),
    ],
)
def test_an_extra_comes_back_by_a_name_that_a_note_can_have(name: str, written: str) -> None:
    text = ris([Paper(title="T", extra={name: "v: w"})])
    assert f"N1  - {written}: v: w\n" in text
    (back,) = read(BytesIO(text.encode()), kind="ris")
    assert isinstance(back, Paper)
    assert back.extra[written] == "v: w"
    assert "note" not in back.extra
