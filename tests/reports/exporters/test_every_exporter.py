"""What every exporter promises; a new one is checked as soon as it stands in the table."""

import os
import subprocess
import sys
from io import StringIO
from random import Random

import pytest
from hypothesis import given, settings

from paperflow.errors import UnknownName
from paperflow.records import Paper
from paperflow.reports import EXPORTERS, Exporter
from tests.reports.exporters.cases import PAPERS, libraries
from tests.reports.exporters.write_golden import GOLDEN, exported

NAMES = EXPORTERS.names()
every_exporter = pytest.mark.parametrize("name", NAMES)


def run(name: str, papers: list[Paper]) -> str:
    export: Exporter = EXPORTERS.load(name)
    out = StringIO(newline="")
    export(papers, out)
    return out.getvalue()


@every_exporter
def test_a_library_of_nasty_papers_is_written_as_in_the_golden_file(name: str) -> None:
    golden = GOLDEN / f"papers.{name}"
    assert exported(name) == golden.read_bytes().decode("utf-8"), (
        "if the change is meant: python -m tests.reports.exporters.write_golden"
    )


@every_exporter
@settings(max_examples=30)
@given(papers=libraries)
def test_any_library_is_written_in_utf_8(name: str, papers: list[Paper]) -> None:
    run(name, papers).encode("utf-8")


@every_exporter
@settings(max_examples=30)
@given(papers=libraries)
def test_lines_end_in_the_format_s_own_way(name: str, papers: list[Paper]) -> None:
    text = run(name, papers)
    assert text == "" or text.endswith("\n")
    assert ("\r" in text) == (name == "csv")
    assert not any(mark in text for mark in "\0\x1b\x85\u2028\ufeff")


@every_exporter
def test_the_order_of_the_papers_does_not_matter(name: str) -> None:
    shuffled = list(PAPERS)
    Random(3).shuffle(shuffled)
    assert run(name, shuffled) == exported(name)


@every_exporter
def test_the_order_of_the_user_s_own_fields_does_not_matter(name: str) -> None:
    one = Paper(title="T", id="title:1", extra={"b": "1", "a": "2"})
    two = Paper(title="T", id="title:1", extra={"a": "2", "b": "1"})
    assert run(name, [one]) == run(name, [two])


@every_exporter
def test_a_record_that_is_given_twice_is_written_once(name: str) -> None:
    assert run(name, [*PAPERS, *PAPERS]) == exported(name)


@every_exporter
def test_no_papers_make_a_file_that_is_still_of_the_format(name: str) -> None:
    empty = {"bib": "", "csl": "[]\n", "json": "[]\n", "md": "# Papers\n\n0 papers\n", "ris": ""}
    assert run(name, []) == empty.get(name, exported("csv").split("\r\n")[0] + "\r\n")


@every_exporter
def test_bytes_are_the_same_in_another_process_with_another_hash_seed(name: str) -> None:
    code = (
        "import sys; from tests.reports.exporters.write_golden import exported;"
        f"sys.stdout.buffer.write(exported({name!r}).encode())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert ran.stdout.decode() == exported(name), ran.stderr.decode()


def test_an_unknown_exporter_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="no exporter named 'bibs'") as raised:
        EXPORTERS.load("bibs")
    assert "'bib'" in raised.value.hint
