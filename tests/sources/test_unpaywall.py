"""Unpaywall against everything that goes wrong: the right status, no hang, nothing lost."""

from random import Random

import pytest

from paperflow.sources import SourceError
from paperflow.sources.unpaywall import Unpaywall
from paperflow.sources.web import Web
from paperflow.store.web import WebState
from tests.sources.faults import FAULTS
from tests.sources.loopback import Loopback, Reply, Tick
from tests.sources.services import as_json

BEST, OTHER = "https://repository.example/a.pdf", "https://journal.example/a.pdf"
PLACES = [{"url_for_pdf": OTHER}, {"url_for_pdf": None, "url": "https://x.example"}, "nonsense",
          {"url_for_pdf": BEST}]  # fmt: skip
LONG = "x" * 100_000  # so that a drip does not arrive in one piece
GOOD = as_json({"best_oa_location": PLACES[3], "oa_locations": PLACES, "title": LONG})


@pytest.fixture
def asked(tmp_path):
    """Return a function that looks up a DOI; `respond` gets the number of the request."""
    servers = []

    def look_up(respond, contact="reader@example.org"):
        tick, count = Tick(), iter(range(1000))
        servers.append(Loopback(lambda seen: respond(next(count)), tick.clock))
        web = Web(
            state=WebState(tmp_path / f"{len(servers)}.sqlite"), clock=tick.clock, random=Random(0),
            mirrors={"unpaywall": servers[-1].url}, environment={}, contact=contact,
        )  # fmt: skip
        try:
            return Unpaywall(web).locations("10.1000/a<b>"), servers[-1].seen, tick.time - 1_000_000
        except SourceError as error:
            return error, servers[-1].seen, tick.time - 1_000_000

    yield look_up
    for server in servers:
        server.close()


def test_the_best_place_comes_first_and_each_once(asked):
    found, seen, _ = asked(lambda number: GOOD)
    assert found == [BEST, OTHER]
    assert (seen[0].path, seen[0].params) == (
        "/v2/10.1000/a%3Cb%3E",
        {"email": "reader@example.org"},
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_stays_is_named_in_time(asked, fault):
    error, _, passed = asked(lambda number: FAULTS[fault].spoil(GOOD))
    assert isinstance(error, SourceError)
    assert error.status == FAULTS[fault].status
    assert error.message
    assert "reader@example.org" not in error.message
    assert passed < 30 or fault in {"late", "drip"}  # there it is the server that lets time pass


@pytest.mark.parametrize("fault", ["malformed", "truncated", "silent", "busy", "broken", "empty"])
def test_a_fault_that_passes_costs_nothing(asked, fault):
    found, _, _ = asked(lambda number: GOOD if number else FAULTS[fault].spoil(GOOD))
    assert found == [BEST, OTHER]


@pytest.mark.parametrize(
    "reply", [Reply(404, b"{}"), as_json({"best_oa_location": None, "oa_locations": []})]
)
def test_a_doi_without_an_open_text_is_no_error(asked, reply):
    assert asked(lambda number: reply)[0] == []


def test_a_contact_that_it_refuses_and_one_that_is_missing_say_so(asked):
    refused, _, _ = asked(lambda number: as_json({"error": True, "message": "no e-mail"}, 422))
    assert (refused.status, refused.message) == ("failed", "it refuses the request (HTTP 422)")
    missing, seen, _ = asked(lambda number: GOOD, contact="")
    assert (missing.status, seen) == ("unauthorized", [])
