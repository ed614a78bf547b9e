"""Dates as people write them, to ISO 8601 as exact as known."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.readers.dates import from_parts, month_number, parse, plausible, year_of


@pytest.mark.parametrize(
    ("text", "date"),
    [
        *((text, text) for text in ("1999", "1999-02", "1999-02-03", "XXXX-02-10")),
        *(("1999/2/3", "1999-02-03"), ("1999/02//", "1999-02"), ("1999///", "1999")),
        *(("1999-02-03T04:05:06Z", "1999-02-03"), ("1999-02-03 04:05", "1999-02-03")),
        *(("Feb 3, 1999", "1999-02-03"), ("3 February 1999", "1999-02-03")),
        *(("February 1999", "1999-02"), ("Feb. 3rd, 1999", "1999-02-03")),
        *(("Feb 3", "XXXX-02-03"), ("Feb 29", "XXXX-02-29"), ("29 Feb 2000", "2000-02-29")),
    ],
)
def test_a_date_that_is_understood_is_iso(text: str, date: str) -> None:
    assert parse(text) == date


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "3020", "1200", "99", "1999-13", "1999-02-30", "Feb 30, 1999", "2/3/1999"),
        *("1999-02-03/1999-02-05", "Spring 1999", "3 Feb 4 1999", "XXXX", "c. 1999", "٢٠٢٠"),
        "1999" + "-" * 100_000,
    ],
)
def test_a_date_that_is_not_understood_is_not_guessed(text: str) -> None:
    assert parse(text) == ""


@given(st.dates(min_value=datetime.date(1500, 1, 1), max_value=datetime.date(2100, 12, 31)))
def test_every_day_is_understood_in_many_forms(day: datetime.date) -> None:
    iso = day.isoformat()
    english = f"{day:%B} {day.day}, {day.year:04}"
    assert parse(iso) == parse(f"{day:%Y/%m/%d}/") == parse(english) == iso
    assert parse(f"{day.day} {day:%b} {day.year:04}") == iso
    assert from_parts(f"{day.year:04}", str(day.month), str(day.day)) == iso
    assert year_of(iso) == day.year


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    date = parse(text)
    assert date == "" or parse(date) == date


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("jan", "1"), ("January", "1"), ("SEPT.", "9"), ("sep", "9"), ("12", "12"), ("07", "7")),
        *(("13", ""), ("0", ""), ("spring", ""), ("", ""), ("j", ""), ("²", "")),
    ],
)
def test_months_are_known_by_name_and_number(text: str, number: str) -> None:
    assert month_number(text) == number


@pytest.mark.parametrize(
    ("year", "holds"),
    [(1500, True), (2100, True), (1499, False), (2101, False), ("99", False), ("²²²²", False)],
)
def test_a_plausible_year_lies_between_printing_and_typing_errors(
    year: str | int, holds: bool
) -> None:
    assert plausible(year) is holds
