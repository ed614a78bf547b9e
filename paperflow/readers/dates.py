"""Dates as people write them, to ISO 8601 as exact as known; "XXXX" for an unprinted year.

What is not fully understood is not guessed: the functions return "" and the reader
keeps the words in `extra`.
"""

import re
from calendar import monthrange

FIRST_YEAR, LAST_YEAR = 1500, 2100  # printing, and typing errors
UNKNOWN_YEAR = "XXXX"

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_MONTH = "|".join(name[:3] for name in MONTHS)
_NAMED = re.compile(
    rf"(?:(?P<day>\d{{1,2}})\.?\s+)?(?P<month>{_MONTH})[a-z]*\.?"
    rf"(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)?(?:\s*,?\s+(?P<year>\d{{4}}))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(\d{4}|XXXX)(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?/{0,3}")
_LONGEST = 40  # characters of a date; more is a sentence
_TIME = re.compile(r"[T ]\d{2}:\d{2}\S*$")


def parse(text: str) -> str:
    """Return the ISO date that `text` states, or "" when it states none that is plausible."""
    if len(text) > _LONGEST:
        return ""
    text = _TIME.sub("", text.strip())
    if found := _NUMBERS.fullmatch(text):
        return from_parts(*(part or "" for part in found.groups()))
    if found := _NAMED.fullmatch(text):
        day = found["day"] or found["day2"] or ""
        if found["day"] and found["day2"]:
            return ""
        return from_parts(found["year"] or UNKNOWN_YEAR, month_number(found["month"]), day)
    return ""


def month_number(text: str) -> str:
    """Return "1" to "12" for the name, the short name, or the number of a month; else ""."""
    word = text.strip().rstrip(".").lower()
    for number, name in enumerate(MONTHS, 1):
        if word == name.lower() or word == name[:3].lower() or word == "sept" == name.lower()[:4]:
            return str(number)
    return word.lstrip("0") if word.isascii() and word.isdigit() and 1 <= int(word) <= 12 else ""


def from_parts(year: str, month: str = "", day: str = "") -> str:
    """Return the date of these parts; "" when the year is implausible or the day does not exist."""
    known = year != UNKNOWN_YEAR
    if known and not plausible(year):
        return ""
    if not month:
        return year if known else ""
    if not 1 <= int(month) <= 12:
        return ""
    if not day:
        return f"{year}-{int(month):02}"
    last = monthrange(int(year) if known else 2000, int(month))[1]
    return f"{year}-{int(month):02}-{int(day):02}" if 1 <= int(day) <= last else ""


def plausible(year: str | int) -> bool:
    """Tell whether this is a year in which a work can have appeared."""
    text = str(year)
    return (
        len(text) == 4
        and text.isascii()
        and text.isdigit()
        and FIRST_YEAR <= int(text) <= LAST_YEAR
    )


def year_of(date: str) -> int | None:
    """Return the year of an ISO date, or None where it is not printed."""
    return int(date[:4]) if plausible(date[:4]) else None
