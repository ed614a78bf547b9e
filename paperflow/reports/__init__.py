"""Files that a researcher takes away: one module a format, listed in the table EXPORTERS."""

from collections.abc import Sequence
from typing import Protocol, TextIO

from paperflow.records import Paper
from paperflow.registry import Registry


class Exporter(Protocol):
    """Write `papers` to `out`, in an order that depends on the papers alone."""

    def __call__(self, papers: Sequence[Paper], out: TextIO) -> None: ...


EXPORTERS = Registry(
    "exporter",
    {
        "bib": "paperflow.reports.bibtex:export",
        "csl": "paperflow.reports.csl:export",
        "csv": "paperflow.reports.table:export",
        "json": "paperflow.reports.records_json:export",
        "md": "paperflow.reports.markdown:export",
        "ris": "paperflow.reports.ris:export",
    },
)
