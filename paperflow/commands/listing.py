"""A ranked list on the terminal."""

from typing import TYPE_CHECKING

from paperflow.commands.output import say, table

if TYPE_CHECKING:
    from paperflow.reports.report import Report


def write_list(report: "Report") -> None:
    """Print the ranked list with each part's share of the total, and how it was made."""
    from paperflow.reports.report import PARTS

    for name, value in report.reading:
        say(f"{name:10} {value}")
    for note in report.notes:
        say(f"{'note':10} {note}")
    if not report.papers:
        say("no paper fits: try fewer words, or a wider window")
        return
    rows = []
    for item in report.papers:
        shares = {part.name: part.share for part in item.parts}
        marks = f"  [{', '.join(item.marks)}]" if item.marks else ""
        cells = [f"{shares[name]:.2f}" if name in shares else "" for name in PARTS]
        total = "" if item.total is None else f"{item.total:.2f}"
        title = f"{item.paper.title}{marks}"
        rows.append([title, item.rank, item.key, item.paper.year, total, *cells])
    table(["title", "rank", "key", "year", "total", *PARTS], rows)
