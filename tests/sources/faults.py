"""What goes wrong on the web, as changes to a good answer, and the status that it must lead to."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from tests.sources.loopback import Reply

BOMB = gzip.compress(bytes(64 << 20), 9)


@dataclass(frozen=True)
class Fault:
    """A way to spoil an answer; `status` is what a source says when it never ends."""

    status: str
    spoil: Callable[[Reply], Reply]


def _private(reply: Reply) -> Reply:
    return Reply(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})


FAULTS = {
    "malformed": Fault("failed", lambda reply: reply.but(body=reply.body[: len(reply.body) // 2])),
    "no text": Fault("failed", lambda reply: reply.but(body=b"\xff\xfe\x00\x81")),
    "empty": Fault("failed", lambda reply: reply.but(body=b"")),
    "other form": Fault("failed", lambda reply: reply.but(body=b'"hello"')),
    "truncated": Fault(
        "failed",
        lambda reply: reply.but(body=reply.body[:-20], length=len(reply.body)),
    ),
    "drip": Fault("failed", lambda reply: reply.but(drip=1.0)),
    "late": Fault("failed", lambda reply: reply.but(late=300.0, silent=True)),
    "silent": Fault("failed", lambda reply: reply.but(silent=True)),
    "busy": Fault("rate_limited", lambda reply: Reply(429, b"Rate exceeded.")),
    "busy for long": Fault(
        "rate_limited", lambda reply: Reply(429, headers={"Retry-After": "3600"})
    ),
    "busy until": Fault(  # two hours after the tests' clock begins
        "rate_limited",
        lambda reply: Reply(503, headers={"Retry-After": "Mon, 12 Jan 1970 15:46:40 GMT"}),
    ),
    "no access": Fault("unauthorized", lambda reply: Reply(401, b"{}")),
    "broken": Fault("failed", lambda reply: Reply(500, b"oops")),
    "gateway": Fault("failed", lambda reply: Reply(502, b"<html>")),
    "private": Fault("failed", _private),
    "file": Fault("failed", lambda reply: Reply(302, headers={"Location": "file:///etc/passwd"})),
    "loop": Fault("failed", lambda reply: Reply(301, headers={"Location": "/"})),
    "bomb": Fault("failed", lambda reply: Reply(200, BOMB, {"Content-Encoding": "gzip"})),
    "bad packing": Fault("failed", lambda reply: reply.but(headers={"Content-Encoding": "gzip"})),
}
