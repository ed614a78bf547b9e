"""The date of a BibTeX entry, from `date`, or from `year`, `month` and `day`."""

import re

from paperflow.readers import dates, latex

_MONTH = re.compile(r"([A-Za-z]+|\d{1,2})\.?(?:[\s~]+(\d{1,2})(?:st|nd|rd|th)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.?[\s~]+([A-Za-z]+)\.?")


def date_of(left: dict[str, str]) -> str:
    """Take the date's fields out of `left`; those that it can't express stay there."""
    written = left.get("date", "")
    if date := dates.parse(written.partition("/")[0]):
        if dates.parse(written) == date:
            del left["date"]
        if left.get("year", "") == date[:4]:
            del left["year"]
        return date
    year = latex.plain(left.get("year", "")).strip()
    if not dates.plausible(year):
        return ""
    month, day = _month_and_day(left.get("month", ""))
    day = day or _number(left.get("day", ""))
    date = dates.from_parts(year, month, day) or dates.from_parts(year, month)
    for name, used in (("year", True), ("month", month), ("day", len(date) == 10)):
        if used:
            left.pop(name, None)
    return date


def _month_and_day(text: str) -> tuple[str, str]:
    """Return the numbers in "jul", "July", "7", "July 4", and "4 July"; "" for what is none."""
    text = latex.plain(text).strip()
    if found := _DAY_FIRST.fullmatch(text):
        return dates.month_number(found[2]), found[1]
    if found := _MONTH.fullmatch(text):
        return dates.month_number(found[1]), found[2] or ""
    return "", ""


def _number(text: str) -> str:
    return text.strip() if text.strip().isascii() and text.strip().isdigit() else ""
