"""What every source promises; a source without a sample fails here."""

from collections.abc import Callable

import pytest

from paperflow.errors import UnknownName
from paperflow.records import Paper
from paperflow.sources import SOURCES, Source, SourceError, ask_sources, known_sources


class Library:
    """A source by hand, as `local` is handed in."""

    def search(self, query: str, *, limit: int) -> list[Paper]:
        return [Paper(title=f"{query} {number}") for number in range(limit)]


class Refusing:
    """A source that answers with nothing but an error."""

    def __init__(self, error: SourceError) -> None:
        self.error = error

    def search(self, query: str, *, limit: int) -> list[Paper]:
        raise self.error


# For each source, how to make one that answers from a recorded sample.
SAMPLES: dict[str, Callable[[], Source]] = {"local": Library}


def test_every_source_has_a_sample():
    assert set(known_sources(["local"])) == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_source_answers_with_at_most_as_many_papers_as_asked_for(name):
    (answer,) = ask_sources([name], "graph", limit=2, given={name: SAMPLES[name]()})
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


def test_an_unknown_source_is_an_error_before_any_is_asked():
    with pytest.raises(UnknownName, match="no source named 'nowhere'"):
        ask_sources(["local", "nowhere"], "graph", limit=2, given={"local": Library()})
    assert SOURCES.names() == []
