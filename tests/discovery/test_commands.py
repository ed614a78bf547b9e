"""The commands that ask the web, from the command line to a server on this machine."""

import json

import pytest
from typer.testing import CliRunner

from paperflow.cli import app
from tests.sources.loopback import Loopback, Reply
from tests.sources.services import SERVICES
from tests.sources.world import finder, papers

KNOWN = papers(3)
PDF = Reply(200, b"%PDF-1.7 whole")


def respond(seen):
    if seen.path.startswith("/pdf/"):
        return PDF
    name = "semantic_scholar" if seen.path.startswith("/graph/") else "crossref"
    return SERVICES[name](finder(KNOWN), seen)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command in a library whose services are all here."""
    with Loopback(respond) as server:
        names = ("crossref", "semantic_scholar", "arxiv")
        monkeypatch.setenv("PAPERFLOW_MIRRORS", ",".join(f"{name}={server.url}" for name in names))
        monkeypatch.setenv("PAPERFLOW_WORKSPACE", str(tmp_path))
        yield lambda *arguments: CliRunner().invoke(app, arguments)


def test_add_discover_watch_and_fetch(run):
    assert "added 1" in run("add", KNOWN[0].doi).stdout
    found = run("discover", "graphs things", "--source", "crossref", "--lexical")
    assert found.exit_code == 0, found.output
    assert "crossref         ok" in found.stderr
    again = run("discover", "graphs things", "--source", "crossref", "--lexical", "--offline")
    assert again.stdout == found.stdout
    first = run("watch", "graphs things", "--source", "crossref", "--json")
    assert len(json.loads(first.stdout)[0]["new"]) == 3
    second = run("watch", "--json")
    assert json.loads(second.stdout) == [{"query": "graphs things", "new": []}]
    assert run("watch", "graphs things", "--forget").exit_code == 0
    fetched = run("fetch", KNOWN[0].doi)
    assert fetched.exit_code == 1  # its record names no arXiv id and no open text
    assert "PAPERFLOW_CONTACT" in fetched.stderr


def test_expand_offline_says_that_it_was_not_asked(run):
    run("add", KNOWN[0].doi)
    done = run("expand", "--offline")
    assert done.exit_code == 1
    assert "skipped" in done.stderr
