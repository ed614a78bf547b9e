"""How sources are asked: all at once, each reported, none ends the run."""

import threading

import pytest

from paperflow.errors import UnknownName
from paperflow.records import Paper
from paperflow.sources import SourceError, ask_sources, known_sources


class Library:
    """A source by hand, as `local` is handed in."""

    def search(self, query: str, *, limit: int) -> list[Paper]:
        return [Paper(title=f"{query} {number}") for number in range(limit)]


class Refusing:
    """A source that gives one paper, and then nothing but an error."""

    def __init__(self, error: SourceError) -> None:
        self.error = error

    def search(self, query: str, *, limit: int):
        yield Paper(title="The one before the error")
        raise self.error


def test_a_source_answers_with_at_most_as_many_papers_as_asked_for():
    (answer,) = ask_sources(["local"], "graph", limit=2, given={"local": Library()})
    assert answer.status == "ok"
    assert 0 < len(answer.papers) <= 2
    assert all(paper.title for paper in answer.papers)


@pytest.mark.parametrize("status", ["rate_limited", "unauthorized", "failed", "skipped"])
def test_a_source_that_does_not_answer_is_reported_and_ends_nothing(status):
    refusing = Refusing(SourceError("asks to slow down", status=status))
    given = {"local": Library(), "elsewhere": refusing}
    answers = ask_sources(["elsewhere", "local"], "graph", limit=2, given=given)
    assert [answer.status for answer in answers] == [status, "ok"]
    assert answers[0].note == "asks to slow down"
    assert [paper.title for paper in answers[0].papers] == ["The one before the error"]


def test_sources_are_asked_at_once_and_told_as_they_come():
    """Each waits for the other to be asked, so one after the other would never end."""
    meeting = threading.Barrier(2, timeout=60)

    class Waiting(Library):
        def search(self, query: str, *, limit: int) -> list[Paper]:
            meeting.wait()
            return super().search(query, limit=limit)

    told = []
    given = {"one": Waiting(), "two": Waiting()}
    answers = ask_sources(["one", "two"], "x", limit=1, given=given, told=told.append)
    assert [answer.name for answer in answers] == ["one", "two"]
    assert sorted(answer.name for answer in told) == ["one", "two"]


def test_an_unknown_source_is_an_error_before_any_is_asked():
    with pytest.raises(UnknownName, match="no source named 'nowhere'"):
        ask_sources(["local", "nowhere"], "graph", limit=2, given={"local": Library()})
    assert "arxiv" in known_sources(["local"])
