"""Every source against everything that goes wrong: the right status, no hang, no loss."""

import threading
from collections import Counter

import pytest

from paperflow.sources import SOURCES, Finder, collect
from tests.sources.faults import FAULTS
from tests.sources.services import SERVICES
from tests.sources.world import finder, papers, world

KNOWN = papers(230)
FIND = finder(KNOWN)
ONE_PAGE = {"huggingface"}  # its search has no pages
every_source = pytest.mark.parametrize("name", SERVICES)


def _searched(there, name, limit):
    return collect(name, lambda: there.source(name).search("graphs and things", limit=limit))


def ask(folder, name, limit=500, spoil=None, known=FIND, **options):
    """Search one source, whose server `spoil` may change, and return answer and world."""
    changed = {} if spoil is None else {"spoil": spoil}
    with world(folder, {name: known}, **changed, **options) as there:
        answer = _searched(there, name, limit)
    return answer, there


def test_every_source_has_a_stand_in():
    assert set(SOURCES.builtin) == set(SERVICES)


@every_source
def test_all_pages_are_read_in_order_without_loss_or_duplicate(tmp_path, name):
    answer, _ = ask(tmp_path, name)
    wanted = KNOWN[:120] if name in ONE_PAGE else KNOWN
    assert answer.status == "ok", answer.note
    assert [paper.title for paper in answer.papers] == [paper.title for paper in wanted]


@every_source
def test_what_a_service_states_arrives(tmp_path, name):
    answer, _ = ask(tmp_path, name, limit=3)
    for found, stated in zip(answer.papers, KNOWN[:3], strict=True):
        assert found.abstract.endswith(stated.abstract)
        assert found.authors == stated.authors
        assert found.year == 2020
        assert found.sources == (name,)
        assert name == "openreview" or {found.doi, found.arxiv_id} & {stated.doi, stated.arxiv_id}


@every_source
@pytest.mark.parametrize("limit", [1, 100, 101])
def test_no_more_is_given_and_asked_than_wanted(tmp_path, name, limit):
    answer, there = ask(tmp_path, name, limit=limit)
    assert len(answer.papers) == limit
    assert len(there.servers[name].seen) == (1 if limit <= 100 or name in ONE_PAGE else 2)


@every_source
def test_a_service_that_finds_nothing_has_answered(tmp_path, name):
    answer, _ = ask(tmp_path, name, known=lambda query: [])
    assert (answer.status, answer.papers) == ("ok", ())


@every_source
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_named_in_time(tmp_path, name, fault):
    answer, there = ask(tmp_path, name, spoil=lambda _, seen, reply: FAULTS[fault].spoil(reply))
    assert answer.status == FAULTS[fault].status, answer.note
    assert answer.note
    assert "secret" not in answer.note
    assert answer.papers == ()
    passed = there.tick.time - 1_000_000
    assert passed < 30 or fault in {"late", "drip"}  # there it is the server that lets time pass


@every_source
@pytest.mark.parametrize("fault", ["malformed", "truncated", "silent", "busy", "broken", "empty"])
def test_a_fault_that_passes_costs_nothing(tmp_path, name, fault):
    def spoil(number, seen, reply):
        return reply if number % 2 else FAULTS[fault].spoil(reply)

    answer, _ = ask(tmp_path, name, spoil=spoil, limit=50)
    assert answer.status == "ok", answer.note
    assert [paper.title for paper in answer.papers] == [paper.title for paper in KNOWN[:50]]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONE_PAGE))
@pytest.mark.parametrize("fault", ["broken", "busy for long", "malformed"])
def test_pages_that_came_before_a_fault_are_kept(tmp_path, name, fault):
    def spoil(number, seen, reply):
        return reply if number == 0 else FAULTS[fault].spoil(reply)

    answer, _ = ask(tmp_path, name, spoil=spoil)
    assert answer.status == FAULTS[fault].status
    titles = Counter(paper.title for paper in answer.papers)
    assert titles == Counter(paper.title for paper in KNOWN[:100])


@every_source
def test_no_thread_is_left_by_any_fault(tmp_path, name):
    before = threading.active_count()
    for fault in ("silent", "drip", "private"):
        ask(tmp_path / fault, name, spoil=lambda _, seen, reply, f=fault: FAULTS[f].spoil(reply))
    assert threading.active_count() == before


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"openreview"}))
def test_a_name_is_looked_up_and_an_unknown_one_is_no_error(tmp_path, name):
    with world(tmp_path, {name: FIND}) as there:
        source = there.source(name)
        assert isinstance(source, Finder)
        wanted = KNOWN[7]
        asked = [f"doi:{wanted.doi}", f"arxiv:{wanted.arxiv_id}", "doi:10.1/no", "arxiv:1234.56789"]
        found = list(source.find(asked))
    assert found
    assert {paper.title for paper in found} == {wanted.title}


@every_source
def test_the_user_agent_names_a_contact_and_the_key_goes_where_it_belongs(tmp_path, name):
    _, there = ask(tmp_path, name, limit=1)
    seen = there.servers[name].seen[0]
    assert "paperflow/" in seen.headers["user-agent"]
    assert "mailto:reader@example.org" in seen.headers["user-agent"]
    told = {**seen.params, **seen.headers}
    secrets = {key for key, text in told.items() if "secret" in text}
    wanted = {"openalex": {"api_key"}, "openreview": {"authorization"},
              "semantic_scholar": {"x-api-key"}}  # fmt: skip
    assert secrets == wanted.get(name, set())


@every_source
def test_no_key_is_kept_on_the_disk(tmp_path, name):
    ask(tmp_path, name, limit=1)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("web.sqlite*"))
    assert b"secret" not in kept
