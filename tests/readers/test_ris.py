"""RIS: fields, repeated tags, dates, names, and records that do not end."""

import pytest
import rispy

from paperflow.records import Failure, Paper
from tests.readers.samples import items, paper, papers


def record(*lines: str, kind: str = "JOUR") -> str:
    return "\n".join([f"TY  - {kind}", *lines, "ER  - ", ""])


def test_a_full_record_fills_the_fields_of_a_paper() -> None:
    found = paper(
        record(
            "ID  - noether21",
            "AU  - Noether, Emmy",
            "AU  - van der Waerden, Bartel Leendert, Jr.",
            "TI  - Idealtheorie",
            "T2  - Mathematische Annalen",
            "AB  - Rings with",
            "a finite basis.",
            "PY  - 1921",
            "DA  - 1921/09/03/",
            "SP  - 24",
            "EP  - 66",
            "VL  - 83",
            "IS  - 1-2",
            "KW  - rings",
            "KW  - ideals; bases",
            "DO  - https://doi.org/10.1007/BF01464225",
            "UR  - https://example.org/a;b",
            "L1  - https://example.org/a.pdf",
            "PB  - Springer",
            "LA  - de",
            "SN  - 0025-5831",
            "C1  - kept",
            "C1  - kept too",
        ),
        "refs.ris",
    )
    assert found == Paper(
        title="Idealtheorie",
        abstract="Rings with a finite basis.",
        authors=("Emmy Noether", "Bartel Leendert van der Waerden, Jr."),
        year=1921,
        date="1921-09-03",
        venue="Mathematische Annalen",
        kind="article",
        doi="10.1007/bf01464225",
        url="https://example.org/a;b",
        pdf_url="https://example.org/a.pdf",
        volume="83",
        issue="1-2",
        pages="24-66",
        publisher="Springer",
        language="de",
        keywords=("rings", "ideals", "bases"),
        sources=("ris",),
        extra={"citation_key": "noether21", "issn": "0025-5831", "C1": "kept; kept too"},
    )


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        *(("JOUR", "article"), ("CPAPER", "inproceedings"), ("CONF", "inproceedings")),
        *(("CHAP", "incollection"), ("BOOK", "book"), ("THES", "phdthesis")),
        *(("RPRT", "techreport"), ("DATA", "dataset"), ("COMP", "software")),
        *(("ELEC", "online"), ("UNPB", "unpublished"), ("GEN", "misc"), ("HEAR", "misc")),
    ],
)
def test_types_become_kinds(tag: str, kind: str) -> None:
    assert paper(record("TI  - A", kind=tag)).kind == kind


def test_a_type_without_a_kind_is_kept() -> None:
    assert paper(record("TI  - A", kind="HEAR")).extra["TY"] == "HEAR"


def test_the_school_is_the_venue_of_a_thesis() -> None:
    found = paper(record("TI  - A", "PB  - TU Wien", "M3  - Master's thesis", kind="THES"))
    assert (found.kind, found.venue, found.publisher) == ("mastersthesis", "TU Wien", "")


@pytest.mark.parametrize(
    ("lines", "date", "year"),
    [
        (["PY  - 1999"], "1999", 1999),
        (["PY  - 1999///"], "1999", 1999),
        (["Y1  - 1999/05//"], "1999-05", 1999),
        (["DA  - 1999/05/06/"], "1999-05-06", 1999),
        (["DA  - /02/10/"], "XXXX-02-10", None),
        (["PY  - 1999", "DA  - 1998/12/31/"], "1998-12-31", 1999),
        (["PY  - 1999///Spring"], "1999", 1999),
        (["PY  - 3020"], "", None),
    ],
)
def test_dates_are_as_exact_as_they_are_written(
    lines: list[str], date: str, year: int | None
) -> None:
    found = paper(record("TI  - A", *lines))
    assert (found.date, found.year) == (date, year)


@pytest.mark.parametrize("text", ["1999///Spring", "3020"])
def test_a_date_that_is_not_understood_is_kept(text: str) -> None:
    assert paper(record("TI  - A", f"PY  - {text}")).extra["date"] == text


def test_among_inverted_names_one_without_a_comma_is_a_group() -> None:
    found = paper(record("TI  - A", "AU  - Byron, Ada", "AU  - The Reading Group"))
    assert found.authors == ("Ada Byron", "The Reading Group")
    assert found.extra["author"] == "Byron, Ada and {The Reading Group}"
    sloppy = paper(record("TI  - A", "AU  - Ada Byron", "AU  - Mary Shelley"))
    assert sloppy.authors == ("Ada Byron", "Mary Shelley")
    assert "author" not in sloppy.extra


def test_two_family_names_are_kept_apart() -> None:
    found = paper(record("TI  - A", "AU  - García Márquez, Gabriel"))
    assert found.authors == ("Gabriel García Márquez",)
    assert found.extra["author"] == "García Márquez, Gabriel"


@pytest.mark.parametrize("line", ["AN  - arXiv:1706.03762 [cs.CL]", "N1  - see arXiv:1706.03762v2"])
def test_the_arxiv_id_is_found_where_programs_write_it(line: str) -> None:
    assert paper(record("TI  - A", line)).arxiv_id == "1706.03762"


def test_an_end_that_was_left_out_is_forgiven_but_not_at_the_end_of_the_file() -> None:
    found = items("TY  - JOUR\nTI  - A\nTY  - JOUR\nID  - cut\nTI  - B\n", "refs.ris")
    assert [getattr(item, "title", None) for item in found] == ["A", None]
    assert isinstance(found[1], Failure)
    assert found[1].item == "refs.ris: record cut (line 3)"


def test_loose_spacing_and_words_before_the_first_record_are_forgiven() -> None:
    text = "Provider: Somebody\nDatabase: X\n\nTY  -  JOUR\nTI - A  title\nER  -\n"
    assert paper(text).title == "A title"


def test_what_rispy_writes_is_read_back() -> None:
    written = rispy.dumps(
        [
            {
                "type_of_reference": "CHAP",
                "title": "A Chapter",
                "authors": ["Byron, Ada", "Shelley, Mary"],
                "secondary_title": "A Book",
                "year": "1843",
                "keywords": ["engines"],
                "doi": "10.1000/engine",
            },
            {"type_of_reference": "RPRT", "title": "A Report", "year": "1844"},
        ]
    )
    chapter, report = papers(written, "refs.ris")
    assert chapter.authors == ("Ada Byron", "Mary Shelley")
    assert (chapter.venue, chapter.year, chapter.doi) == ("A Book", 1843, "10.1000/engine")
    assert (report.kind, report.year) == ("techreport", 1844)


def test_notes_with_a_name_are_extras_and_others_stay_notes() -> None:
    found = paper(
        record(
            *("TI  - A", "ID  - key", "N1  - annote: good", "N1  - Read it", "N1  - odd: a: b"),
            *("N1  - Export Date: 5 May 2020", "N1  - We say at length here: nothing"),
            *("N1  - see https://example.org", "N1  - citation_key: key", "N1  - Note: kept"),
            "N1  - author: Somebody",
        )
    )
    assert found.extra == {
        "citation_key": "key",
        "annote": "good",
        "odd": "a: b",
        "Export Date": "5 May 2020",
        "note": "Read it; We say at length here: nothing; see https://example.org; Note: kept; "
        "author: Somebody",
    }


def test_a_named_note_takes_no_other_tag_s_place() -> None:
    found = paper(record("TI  - A", "ID  - key", "N1  - citation_key: other", "C1  - x"))
    assert found.extra == {"citation_key": "key", "C1": "x", "note": "citation_key: other"}
