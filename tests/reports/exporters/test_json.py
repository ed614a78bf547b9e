"""JSON: every field, as it is stored."""

import json
from io import StringIO

from hypothesis import given, settings

from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.records_json import export, record, writable
from tests.reports.exporters.cases import PAPERS, libraries


def text(papers: list[Paper]) -> str:
    out = StringIO()
    export(papers, out)
    return out.getvalue()


@settings(max_examples=60)
@given(libraries)
def test_any_library_comes_back_whole(papers: list[Paper]) -> None:
    found = json.loads(text(papers))
    for entry, (key, paper) in zip(found, keyed(papers), strict=True):
        assert entry.pop("citation_key") == key
        assert entry == writable(record(paper))


def test_the_nasty_papers_come_back_equal() -> None:
    found = json.loads(text(list(PAPERS)))
    keys = [entry.pop("citation_key") for entry in found]
    assert [(key, Paper.from_dict(entry)) for key, entry in zip(keys, found, strict=True)] == keyed(
        PAPERS
    )


def test_letters_stay_letters_and_lines_are_short() -> None:
    written = text([Paper(title="Ünïcode 中", authors=("A", "B"))])
    assert '    "title": "Ünïcode 中",\n' in written
    assert '      "A",\n' in written
