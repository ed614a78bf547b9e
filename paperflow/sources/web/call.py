"""Ask the web: one place that knows the cache, the manners, the deadline, and the keys.

`Web` is what a workspace gives, `Site` one service with its manners, `Call` one piece of
work under one deadline. Everything that goes wrong is a SourceError that names the reason
in words, never an address with its parameters, because these may hold a key.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from secrets import token_hex
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from paperflow import __version__
from paperflow.records import fingerprint
from paperflow.sources.status import SourceError
from paperflow.sources.web import connect
from paperflow.sources.web.clock import Clock
from paperflow.sources.web.exchange import Refused, Reply, Unreachable
from paperflow.sources.web.policy import (
    ATTEMPTS,
    COOL_DOWN,
    PATIENCE,
    Policy,
    back_off,
    fresh_for,
    retry_after,
    slows_down,
)
from paperflow.sources.web.visit import Asked, Visit, host_of
from paperflow.store.web import Kept, WebState

T = TypeVar("T")
Params = Mapping[str, object]
Shape = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Web:
    """A workspace's way to the web. `mirrors` are other addresses of services, by name."""

    state: WebState
    contact: str = ""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    refresh: bool = False
    budget: float = 30.0  # seconds for one piece of work at one service
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=Random)
    resolve: connect.Resolve = connect.resolve
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def but(self, *, offline: bool = False, refresh: bool = False) -> "Web":
        """Return the same way, which never leaves the machine, or asks although it knows."""
        return replace(self, offline=self.offline or offline, refresh=self.refresh or refresh)

    @property
    def user_agent(self) -> str:
        """Say who asks, and whom to write to."""
        contact = f" (mailto:{self.contact})" if self.contact else ""
        return f"paperflow/{__version__}{contact}"

    @property
    def trusted(self) -> frozenset[tuple[str, int]]:
        """Return host and port of each mirror: the user may name a private one."""
        return frozenset(host_of(url) for url in self.mirrors.values())

    def key(self, *names: str) -> str:
        """Return the first of these environment variables that is set, or ""."""
        found = (self.environment.get(name, "").strip() for name in names)
        return next(filter(None, found), "")

    def site(
        self,
        name: str,
        base: str,
        policy: Policy,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Params | None = None,
    ) -> "Site":
        """Return a service; `headers` and the parameters `secrets` go to it and nowhere else."""
        address = self.mirrors.get(name, base).rstrip("/")
        return Site(self, address, policy, headers or {}, secrets or {})


@dataclass(frozen=True)
class Site:
    """One service: its address, its manners, and what it must be told with each request."""

    web: Web
    base: str
    policy: Policy
    headers: Mapping[str, str]
    secrets: Params

    def call(self, share: float = 1.0) -> "Call":
        """Begin a piece of work; its deadline is the web's budget, or a share of it."""
        return Call(self, self.web.clock.now() + share * self.web.budget)


class Call:
    """Requests to one service under one deadline."""

    def __init__(self, site: Site, deadline: float) -> None:
        self._site = site
        self._web = site.web
        self._visit = Visit(site.web, site.policy, token_hex(8), deadline)
        self.deadline = deadline

    def json(
        self, path: str, params: Params | None = None, body: Any = None, shape: Shape | None = None
    ) -> Any:
        """Return the JSON that the service answers; a `body` is posted.

        An answer that `shape` does not know fails like a broken one, and is not kept.
        """
        return self._fetch(self._asked(path, params, body), _json(shape or _is_object))

    def find(self, path: str, params: Params | None = None, shape: Shape | None = None) -> Any:
        """Return the JSON of one thing, or None where the service does not know it."""
        return self._fetch(self._asked(path, params, None), _json(shape or _is_object), absent=True)

    def get(self, path: str, params: Params, parse: Callable[[bytes], T]) -> T:
        """Return the answer as `parse` reads it; what it refuses with ValueError is asked again."""
        found: T = self._fetch(self._asked(path, params, None), parse)
        return found

    def download(self, url: str) -> Reply:
        """Return the answer to one address as it is, not from the cache and not kept."""
        if self._web.offline:
            raise SourceError("offline", status="skipped")
        headers = {"User-Agent": self._web.user_agent, "Accept-Encoding": "gzip"}
        return self._answered(Asked("GET", url, headers, {}, None), None, _whole_reply)[0]

    def _asked(self, path: str, params: Params | None, body: Any) -> Asked:
        stated = urlencode(params or {}, quote_via=quote)
        url = f"{self._site.base}{path}{'?' if stated else ''}{stated}"
        common = {"User-Agent": self._web.user_agent, "Accept-Encoding": "gzip"}
        if body is None:
            return Asked("GET", url, common, self._site.headers, None, self._site.secrets)
        common["Content-Type"] = "application/json"
        content = json.dumps(body, sort_keys=True).encode()
        return Asked("POST", url, common, self._site.headers, content, self._site.secrets)

    def _fetch(self, asked: Asked, parse: Callable[[bytes], Any], absent: bool = False) -> Any:
        """Answer from the cache while it is fresh, else from the service."""
        key = fingerprint(asked.method, asked.url, (asked.content or b"").decode())
        kept = self._web.state.answer(key)
        now = self._web.clock.now()
        if kept and (self._web.offline or (now < kept.expires and not self._web.refresh)):
            return parse(kept.body)
        if self._web.offline:
            raise SourceError("offline, and never asked before", status="skipped")

        def read(reply: Reply) -> Any:
            return None if absent and reply.status in {404, 410} else parse(_body(reply, kept))

        reply, found = self._answered(asked, kept, read, absent)
        if reply.status in {200, 304}:
            self._keep(key, reply, kept)
        return found

    def _keep(self, key: str, reply: Reply, kept: Kept | None) -> None:
        now = self._web.clock.now()
        expires = now + fresh_for(self._site.policy, reply.headers)
        etag = reply.headers.get("etag", kept.etag if kept and reply.status == 304 else "")
        self._web.state.keep(key, Kept(_body(reply, kept), etag, expires), now)

    def _answered(
        self, asked: Asked, kept: Kept | None, read: Callable[[Reply], T], absent: bool = False
    ) -> tuple[Reply, T]:
        """Ask until there is an answer that can be read; raise SourceError when there is none."""
        if kept and kept.etag:
            asked = replace(asked, headers={**asked.headers, "If-None-Match": kept.etag})
        for attempt in range(ATTEMPTS):
            wait = back_off(self._site.policy, attempt, self._web.random)
            try:
                reply, host = self._visit.reply(asked)
                if slows_down(self._site.policy, reply.status, reply.headers):
                    error, wait = self._slowed(reply, host, wait)
                else:
                    _refuse(reply.status, absent)
                    found = read(reply)
                    self._web.state.worked(host)
                    return reply, found
            except Refused as caught:
                raise SourceError(str(caught)) from caught
            except (Unreachable, ValueError) as caught:
                error = SourceError(str(caught))
                if self._gave_up(self._visit.host):
                    raise error from caught
            self._wait(wait, error, last=attempt == ATTEMPTS - 1)
        raise AssertionError  # the last wait raises

    def _slowed(self, reply: Reply, host: str, wait: float) -> tuple[SourceError, float]:
        now = self._web.clock.now()
        stated = retry_after(reply.headers, now)
        wait = wait if stated is None else stated
        self._web.state.rest(host, now + wait, "busy")
        told = "" if stated is None else f" for {stated:.0f} s"
        return SourceError(f"it asks to slow down{told}", status="rate_limited"), wait

    def _gave_up(self, host: str) -> bool:
        """Count a failure; after some in a row nobody asks the host for a while."""
        if self._web.state.failed(host) < PATIENCE:
            return False
        self._web.state.rest(host, self._web.clock.now() + COOL_DOWN, "down")
        return True

    def _wait(self, seconds: float, error: SourceError, *, last: bool) -> None:
        if last or self._web.clock.now() + seconds >= self.deadline:
            raise error
        self._web.clock.sleep(seconds)


def _refuse(status: int, absent: bool) -> None:
    """Raise what a status means, if it is no answer."""
    if status in {200, 304} or (absent and status in {404, 410}):
        return
    if status in {401, 403}:
        raise SourceError(f"it refuses access (HTTP {status})", status="unauthorized")
    if status >= 500 or status == 408:
        raise Unreachable(f"it has a problem of its own (HTTP {status})")
    raise SourceError(f"it refuses the request (HTTP {status})")


def _body(reply: Reply, kept: Kept | None) -> bytes:
    if reply.status != 304:
        return reply.body
    if kept is None:
        raise Unreachable("it says that nothing changed, but was never asked before")
    return kept.body


def _json(shape: Shape) -> Callable[[bytes], Any]:
    def read(body: bytes) -> Any:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ValueError("its answer is no whole JSON") from error
        if not shape(value):
            raise ValueError("its answer has an unknown form")
        return value

    return read


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _whole_reply(reply: Reply) -> None:
    """Take any answer as it is."""
