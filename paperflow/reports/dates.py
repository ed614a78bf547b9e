"""A paper's date in its parts, as far as they are known."""

import re
from dataclasses import dataclass

from paperflow.records import Paper

_ISO = re.compile(r"(\d{4}|XXXX)(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Parts:
    """Year in four digits, month, and day; an empty part is not known.

    `rest` is the date as it is stated where year, month, and day don't say it all.
    """

    year: str = ""
    month: str = ""
    day: str = ""
    rest: str = ""


def date_parts(paper: Paper) -> Parts:
    """Return the parts of the paper's date; the year that the paper states comes first."""
    stated = f"{paper.year:04d}" if paper.year is not None else ""
    found = _ISO.fullmatch(paper.date)
    if not found:
        return Parts(stated, rest=paper.date)
    year, month, day = found[1].replace("XXXX", ""), found[2] or "", found[3] or ""
    if stated in ("", year):
        return Parts(year, month, day, "" if year else paper.date)
    if not year:
        return Parts(stated, month, day)
    return Parts(stated, rest=paper.date)  # two statements that disagree; both stay
