"""CSV and TSV: headers of many tools, quoted cells, guarded cells, broken rows."""

import pytest

from paperflow.records import Failure, Paper
from tests.readers.samples import failures, items, paper, papers


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("title,authors,year,doi,abstract", "A,Ada Byron; Mary Shelley,1999,10.1000/182,S"),
        (
            "Key,Item Type,Publication Year,Author,Title,DOI,Abstract Note",
            'K,book,1999,"Byron, Ada; Shelley, Mary",A,10.1000/182,S',
        ),
        (
            "Authors,Title,Year,Source title,DOI,Abstract,EID",
            "Byron A.; Shelley M.,A,1999,V,10.1000/182,S,2-s2.0",
        ),
        ("TITLE\tAuthor(s)\tYEAR\tDoi\tAbstract", "A\tAda Byron\t1999\t10.1000/182\tS"),
        ("Title;Authors;Year;DOI;Abstract", '"A";"Ada Byron; Mary Shelley";1999;10.1000/182;"S"'),
    ],
)
def test_headers_are_matched_with_tolerance(header: str, row: str) -> None:
    found = paper(f"{header}\n{row}\n")
    assert (found.title, found.year, found.date) == ("A", 1999, "1999")
    assert (found.doi, found.abstract) == ("10.1000/182", "S")
    assert found.sources == ("table",)


def test_authors_are_separated_by_semicolons() -> None:
    text = 'title,authors,year\nA,"Byron, Ada; King, Martin Luther, Jr.; Plato",1999\n'
    assert paper(text).authors == ("Ada Byron", "Martin Luther King, Jr.", "Plato")


def test_columns_without_a_place_are_kept_under_their_names() -> None:
    found = paper("Title,Year,My Stars,Empty\nA,1999,5,\n")
    assert found.extra == {"My Stars": "5"}


def test_cells_may_have_commas_quotes_and_lines() -> None:
    text = 'title,abstract,year\n"A, ""B""","First\n\nSecond",1999\n'
    found = paper(text)
    assert (found.title, found.abstract) == ('A, "B"', "First\n\nSecond")


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("=1+1", "=1+1"),
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'@home", "@home"),
        ("'Tis a title", "'Tis a title"),
        ("-1", "-1"),
    ],
)
def test_a_guard_against_formulas_is_taken_off_and_nothing_is_run(cell: str, title: str) -> None:
    assert paper(f"title,year\n{cell},1999\n").title == title


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1999,X", "no title"),
        ("B,1999,X,too,many", "5 cells under 3 names"),
        ('"B"junk,1999,X', "no CSV"),
        (f"{'B' * 200_000},1999,X", "no CSV"),
    ],
    ids=range(4),
)
def test_a_bad_row_is_a_failure_and_the_rest_is_read(row: str, reason: str) -> None:
    found = items(f"title,year,venue\nA,1999,X\n{row}\nC,1999,X\n", "papers.csv")
    assert [item.title for item in found if isinstance(item, Paper)] == ["A", "C"]
    (failure,) = (item for item in found if isinstance(item, Failure))
    assert failure.item == "papers.csv: row at line 3"
    assert reason in failure.reason


def test_a_quote_that_is_never_closed_is_told_with_its_line() -> None:
    found = items('title,year\nA,1999\n"B,1999\nC,1999\n', "papers.csv")
    assert isinstance(found[0], Paper)
    assert found[1] == Failure(
        item="papers.csv: row at line 3", reason="it is no CSV: unexpected end of data"
    )


def test_short_rows_and_blank_rows_are_forgiven() -> None:
    assert [item.title for item in papers("title,year,venue\nA\n,,\n\nB,1999\n")] == ["A", "B"]


def test_a_table_without_a_title_column_is_refused() -> None:
    (failure,) = failures("name,age\nAda,36\n", "people.csv")
    assert "no column for the title" in failure.reason


def test_a_year_column_with_whole_dates_gives_the_date() -> None:
    found = paper("title,year,venue\nA,1999-05-06,V\n")
    assert (found.date, found.year) == ("1999-05-06", 1999)
