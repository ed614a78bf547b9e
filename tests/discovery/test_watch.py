"""Kept queries: each paper is told once, whenever it can be had."""

from dataclasses import replace

import pytest

from paperflow.discovery import forget, watch
from paperflow.discovery.watch import FILE, load_watches
from paperflow.errors import BadInput, UnknownName
from paperflow.records import Paper
from paperflow.workspace import find_workspace
from tests.sources.loopback import Reply
from tests.sources.world import papers, world

KNOWN = papers(6)
QUERY = "graphs and things"


@pytest.fixture
def workspace(tmp_path):
    return find_workspace(tmp_path / "library", create=True)


def test_only_what_is_new_is_told(tmp_path, workspace):
    shown = KNOWN[:3]
    with world(tmp_path, {"crossref": lambda query: shown}) as there:
        web = there.web.but(refresh=True)
        (first,) = watch(workspace, QUERY, ["crossref"], web=web)
        (second,) = watch(workspace, QUERY, web=web)
        shown = KNOWN[:5]
        (third,) = watch(workspace, web=web)
    assert [paper.title for paper in first.papers] == [paper.title for paper in KNOWN[:3]]
    assert second.papers == ()
    assert [paper.title for paper in third.papers] == [paper.title for paper in KNOWN[3:5]]
    assert workspace.store.papers.count() == 5


def test_what_a_source_could_not_give_is_told_when_it_can(tmp_path, workspace):
    down = True

    def spoil(number, seen, reply):
        return Reply(500) if down and "offset" in seen.params else reply

    services = {"crossref": lambda query: KNOWN[:2], "openalex": lambda query: KNOWN[2:4]}
    with world(tmp_path, services, spoil) as there:
        (first,) = watch(workspace, QUERY, ["crossref", "openalex"], web=there.web)
        down = False
        there.tick.sleep(100)
        (second,) = watch(workspace, QUERY, web=there.web)
    assert {paper.doi for paper in first.papers} == {paper.doi for paper in KNOWN[2:4]}
    assert [answer.status for answer in first.answers] == ["failed", "ok"]
    assert {paper.doi for paper in second.papers} == {paper.doi for paper in KNOWN[:2]}


def test_a_paper_that_two_sources_give_or_that_gets_a_doi_later_is_told_once(tmp_path, workspace):
    bare = replace(KNOWN[0], doi="", arxiv_id="", sources=("one",))
    answers = {"one": [bare], "two": [replace(bare, sources=("two",))]}

    class Given:
        def __init__(self, name):
            self.name = name

        def search(self, query, *, limit):
            return answers[self.name]

    given = {name: Given(name) for name in answers}
    with world(tmp_path, {}) as there:
        (first,) = watch(workspace, QUERY, ["one", "two"], web=there.web, given=given)
        answers["one"] = [replace(KNOWN[0], sources=("one",))]
        (second,) = watch(workspace, QUERY, web=there.web, given=given)
    assert len(first.papers) == 1
    assert second.papers == ()


def test_two_works_of_one_title_are_both_told(tmp_path, workspace):
    shown = KNOWN[:1]
    with world(tmp_path, {"crossref": lambda query: shown}) as there:
        web = there.web.but(refresh=True)
        watch(workspace, QUERY, ["crossref"], web=web)
        shown = [replace(KNOWN[0], doi="10.1/another", arxiv_id="")]
        (news,) = watch(workspace, QUERY, web=web)
    assert [paper.doi for paper in news.papers] == ["10.1/another"]


def test_a_watch_can_be_forgotten_and_an_unknown_one_is_an_error(tmp_path, workspace):
    with world(tmp_path, {"crossref": lambda query: KNOWN}) as there:
        watch(workspace, QUERY, ["crossref"], web=there.web)
    assert list(load_watches(workspace)) == [QUERY]
    forget(workspace, QUERY)
    assert load_watches(workspace) == {}
    with pytest.raises(UnknownName, match="no watch"):
        forget(workspace, QUERY)


def test_a_watch_without_a_source_and_a_damaged_file_say_what_to_do(workspace):
    with pytest.raises(BadInput, match="needs a source"):
        watch(workspace, QUERY)
    with pytest.raises(UnknownName, match="no source named"):
        watch(workspace, QUERY, ["nowhere"])
    (workspace.home / FILE).write_text("{")
    with pytest.raises(BadInput, match="can't be read"):
        watch(workspace)


def test_papers_without_a_name_are_kept_apart_by_year(tmp_path, workspace):
    class Given:
        def search(self, query, *, limit):
            return [Paper(title="Notes", authors=("A B",), year=year) for year in (2001, 2002)]

    with world(tmp_path, {}) as there:
        (news,) = watch(workspace, "notes", ["one"], web=there.web, given={"one": Given()})
    assert [paper.year for paper in news.papers] == [2001, 2002]
