"""A server on this machine that answers as it is told, and a clock that never waits."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from paperflow.sources.web import Clock


class Tick:
    """Time that passes only when somebody sleeps; client and server share it."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.time = start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.time += max(0.0, seconds)

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.sleep)


@dataclass(frozen=True)
class Seen:
    """A request as it arrived, and when."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    time: float


@dataclass(frozen=True)
class Reply:
    """An answer: `length` is what it claims to have, `drip` the seconds before each byte.

    `late` seconds pass before it begins; with `silent` nothing is sent at all.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    late: float = 0.0
    silent: bool = False

    def but(self, **changes: Any) -> "Reply":
        return replace(self, **changes)


class Loopback:
    """Serves on 127.0.0.1 until it is closed; `seen` is everything that was asked."""

    def __init__(self, respond: Callable[[Seen], Reply], clock: Clock | None = None) -> None:
        self.respond = respond
        self.clock = clock or Clock()
        self.seen: list[Seen] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Loopback":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    owner: Loopback
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        owner = self.server.owner
        parts = urlsplit(self.path)
        headers = {name.lower(): text for name, text in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        seen = Seen(self.command, parts.path, params, headers, body, owner.clock.now())
        owner.seen.append(seen)
        self.close_connection = True
        self._send(owner.respond(seen), owner.clock)

    do_GET = do_POST = do_CONNECT = _answer  # noqa: N815 - the names that http.server calls

    def _send(self, reply: Reply, clock: Clock) -> None:
        if reply.late:
            clock.sleep(reply.late)
        if reply.silent:
            return
        self.send_response(reply.status)
        for name, text in reply.headers.items():
            self.send_header(name, text)
        length = len(reply.body) if reply.length is None else reply.length
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        if not reply.drip:
            self.wfile.write(reply.body)
            return
        for place in range(len(reply.body)):
            clock.sleep(reply.drip)
            self.wfile.write(reply.body[place : place + 1])

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output clean."""
