"""The one way to the web: its cache, its manners, its limits, each against a real server."""

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from httpcore2 import ReadTimeout
from hypothesis import given
from hypothesis import strategies as st

from paperflow.sources import SourceError
from paperflow.sources.web import Policy
from paperflow.sources.web.connect import PublicBackend, is_public
from paperflow.sources.web.policy import back_off, fresh_for, retry_after
from paperflow.store.web import WebState
from tests.sources.loopback import Loopback, Reply, Tick
from tests.sources.net import GOOD

HERE = Path(__file__).parents[2]


def test_an_answer_is_used_again_until_it_is_stale(net):
    there = net(GOOD)
    assert there.json() == there.json() == {"answer": 42}
    assert there.asked == 1
    there.tick.sleep(90_000)
    there.json()
    assert there.asked == 2


def test_a_stale_answer_with_an_etag_is_only_confirmed(net):
    tagged = GOOD.but(headers={"ETag": '"v1"', "Cache-Control": "max-age=60"})
    there = net(tagged, Reply(304), GOOD)
    there.json()
    there.tick.sleep(61)
    assert there.json() == {"answer": 42}
    assert there.server.seen[1].headers["if-none-match"] == '"v1"'
    there.json()  # the confirmation made it fresh
    assert there.asked == 2


def test_refresh_asks_although_the_answer_is_fresh(net):
    there = net(GOOD, Reply(200, b'{"answer": 43}'))
    there.json()
    assert there.json(web=replace(there.web, refresh=True)) == {"answer": 43}
    assert there.json() == {"answer": 43}


def test_offline_answers_from_the_cache_however_old_and_skips_the_rest(net):
    there = net(GOOD)
    there.json()
    there.tick.sleep(10_000_000)
    offline = replace(there.web, offline=True)
    assert there.json(web=offline) == {"answer": 42}
    with pytest.raises(SourceError) as caught:
        there.json("/other", web=offline)
    assert caught.value.status == "skipped"
    assert there.asked == 1


def test_what_can_t_be_read_is_not_kept(net):
    there = net(Reply(200, b'["a list"]'), Reply(200, b"nonsense"), GOOD)
    assert there.json() == {"answer": 42}
    assert there.asked == 3


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for_to_the_second(net, status):
    there = net(Reply(status, headers={"Retry-After": "17"}), GOOD)
    assert there.json() == {"answer": 42}
    assert there.gaps() == [pytest.approx(17, abs=0.01)]


def test_a_wait_longer_than_the_deadline_is_not_begun_and_holds_for_everybody(net):
    there = net(Reply(429, headers={"Retry-After": "600"}), GOOD)
    begin = there.tick.time
    for path in ("/thing", "/other"):
        with pytest.raises(SourceError) as caught:
            there.json(path)
        assert caught.value.status == "rate_limited"
    assert (there.asked, there.tick.time) == (1, begin)
    there.tick.sleep(601)
    assert there.json() == {"answer": 42}


def test_failures_are_asked_again_after_growing_waits(net):
    there = net(Reply(500), Reply(502), Reply(500), GOOD, policy=Policy(interval=0.0))
    assert there.json() == {"answer": 42}
    first, second, third = there.gaps()
    assert 0.5 <= first <= 1 <= second <= 2 <= third <= 4


@given(st.integers(0, 12), st.integers(0, 99), st.floats(0.1, 20))
def test_jitter_stays_between_half_and_the_whole_of_the_wait(attempt, seed, wait):
    whole = min(60.0, wait * 2**attempt)
    assert whole / 2 <= back_off(Policy(wait=wait), attempt, Random(seed)) <= whole


def test_a_host_that_fails_again_and_again_is_left_alone_for_a_while(net):
    there = net(Reply(500), policy=Policy(interval=0.0, wait=0.1))
    for path in ("/a", "/b"):
        with pytest.raises(SourceError):
            there.json(path)
    asked = there.asked
    with pytest.raises(SourceError, match="left alone") as caught:
        there.json("/c")
    assert (caught.value.status, there.asked) == ("failed", asked)
    there.tick.sleep(61)
    with pytest.raises(SourceError, match="problem of its own"):
        there.json("/d")
    assert there.asked == asked + 1  # one try, and it rests again
    there.replies[:] = [GOOD]
    there.tick.sleep(61)
    assert there.json("/e") == there.json("/f") == {"answer": 42}


def test_requests_keep_their_distance_also_after_a_redirect_and_a_failure(net):
    there = net(Reply(302, headers={"Location": "/other"}), GOOD, Reply(500), GOOD,
                policy=Policy(interval=3.0))  # fmt: skip
    for path in ("/a", "/b"):
        there.json(path)
    assert there.asked == 4
    assert min(there.gaps()) >= 3.0


def test_a_turn_that_was_never_given_back_is_free_after_its_time(tmp_path):
    state = WebState(tmp_path / "web.sqlite")
    assert state.take("host:1", "killed", now=100, until=130).wait == 0
    assert state.take("host:1", "next", now=101, until=140).wait == 29
    assert state.take("host:1", "next", now=131, until=140).wait == 0
    state.give_back("host:1", "killed", ready=500)  # too late: it has no turn any more
    state.give_back("host:1", "next", ready=135)
    assert state.take("host:1", "third", now=132, until=150).wait == 3


def test_several_processes_of_one_workspace_keep_one_distance(tmp_path):
    code = (
        "import sys; from pathlib import Path; from paperflow.store.web import WebState\n"
        "from paperflow.sources.web import Policy, Web\n"
        "web = Web(state=WebState(Path(sys.argv[1])), mirrors={'here': sys.argv[2]}, budget=300)\n"
        "site = web.site('here', '', Policy(interval=0.02))\n"
        "for number in range(5): site.call().json(f'/{sys.argv[3]}/{number}')"
    )
    with Loopback(lambda seen: GOOD) as server:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", code, tmp_path / "web.sqlite", server.url, str(number)],
                env={**os.environ, "PYTHONPATH": str(HERE)},
            )
            for number in range(3)
        ]
        assert [process.wait() for process in running] == [0, 0, 0]
    times = [seen.time for seen in server.seen]
    assert len(times) == 15
    assert min(b - a for a, b in pairwise(times)) >= 0.02


def test_a_redirect_is_followed_and_gets_no_key_on_another_host(net):
    there = net(GOOD)
    with Loopback(lambda seen: GOOD, there.tick.clock) as other:
        there.replies[:] = [Reply(302, headers={"Location": f"{other.url}/moved?x=1"})]
        web = replace(there.web, mirrors={**there.web.mirrors, "other": other.url})
        site = there.site(web, headers={"x-api-key": "secret"}, secrets={"api_key": "secret"})
        assert site.call().json("/thing") == {"answer": 42}
    assert "secret" in there.server.seen[0].headers["x-api-key"]
    assert there.server.seen[0].params == {"api_key": "secret"}
    assert "secret" not in str(other.seen[0])


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://127.0.0.1:1/", "http://[::1]/", "http://localhost/",
     "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/", "ftp://host/x",
     "file:///etc/passwd", "http://2130706433/", "//192.168.1.1/x", "http://[bad"],
)  # fmt: skip
def test_no_redirect_leads_to_a_private_place(net, target):
    there = net(Reply(302, headers={"Location": target}))
    with pytest.raises(SourceError, match=r"not public|not on the web") as caught:
        there.json()
    assert caught.value.status == "failed"
    assert there.asked == 1


def test_a_name_is_resolved_and_checked_for_each_connection(net):
    answers = iter([["93.184.216.34", "10.0.0.7"], ["192.168.0.1"]])
    there = net(GOOD, resolve=lambda host, port: next(answers))
    for _ in range(2):
        with pytest.raises(SourceError, match="not public"):
            there.site().call().download("https://example.org/a.pdf")


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.1.2.3", False),
     ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False),
     ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("2001:0:53aa:64c::1", False)],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address, public):
    assert is_public(address) is public


def test_an_answer_that_grows_too_large_is_refused_while_it_comes(net):
    small = Policy(most=10_000)
    plain = net(Reply(200, b'"' + b"a" * 20_000 + b'"'), policy=small)
    with pytest.raises(SourceError, match="larger than 10,000 bytes"):
        plain.json()
    packed = Reply(200, gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="larger than 10,000 bytes"):
        net(packed, policy=small).json("/packed")


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_packed_answers_are_unpacked(net, packing):
    import zlib

    body = gzip.compress(GOOD.body) if packing == "gzip" else zlib.compress(GOOD.body)
    assert net(GOOD.but(body=body, headers={"Content-Encoding": packing})).json() == {"answer": 42}


def test_a_stream_that_drips_ends_at_the_deadline():
    tick = Tick(0.0)

    class Drip:
        def read(self, size, timeout):
            tick.sleep(1)
            return b"x"

    backend = PublicBackend(frozenset({("h", 1)}), lambda h, p: ["h"], lambda: 30 - tick.now())
    backend._inner = type("Inner", (), {"connect_tcp": lambda *a: Drip()})()
    stream = backend.connect_tcp("h", 1)
    assert b"".join(stream.read(1) for _ in range(30)) == b"x" * 30
    with pytest.raises(ReadTimeout):
        stream.read(1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), (" 5 ", 5), ("Thu, 01 Jan 1970 00:10:00 GMT", 100), ("soon", None), ("-3", None),
     ("", None), ("Thu, 01 Jan 1970 00:00:01 GMT", 0), ("9" * 50, 999_999_999)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(text, seconds):
    assert retry_after({"retry-after": text}, 500.0) == seconds


@given(st.text(max_size=40))
def test_no_header_raises(text):
    assert (retry_after({"retry-after": text}, 0.0) or 0) >= 0
    assert 0 <= fresh_for(Policy(), {"cache-control": text}) <= 86_400


def test_a_damaged_memory_of_the_web_is_made_anew(tmp_path):
    path = tmp_path / "web.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    assert WebState(path).answer("x") is None
