"""Take a host's turn, ask, give the turn back; follow redirects the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

from paperflow.sources.status import SourceError
from paperflow.sources.web.connect import PrivateAddress, PublicBackend
from paperflow.sources.web.exchange import Refused, Reply, Unreachable, exchange
from paperflow.sources.web.policy import Policy
from paperflow.sources.web.proxy import proxy_for

if TYPE_CHECKING:
    from paperflow.sources.web.call import Web

_REDIRECTS = 5
_NOWHERE = "it leads to an address that is not on the web"
_LOOK_AGAIN = 0.05  # seconds after which it is seen whether another has given its turn back
_SAFE = "/?#[]@!$&'()*+,;=:%~"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `own` headers and `secrets` go to the host of `url` and to no other."""

    method: str
    url: str
    headers: Mapping[str, str]
    own: Mapping[str, str]
    content: bytes | None
    secrets: Mapping[str, object] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the address with its secrets: for the wire, never for a message."""
        if not self.secrets:
            return self.url
        joint = "&" if "?" in self.url else "?"
        return f"{self.url}{joint}{urlencode(self.secrets, quote_via=quote)}"

    def moved(self, location: str) -> "Asked":
        """Return the request for where the host sends it."""
        try:
            url = quote(urljoin(self.url, location), safe=_SAFE)
            scheme = urlsplit(url).scheme
        except ValueError as error:
            raise Refused(_NOWHERE) from error
        if scheme not in _PORTS:
            raise Refused(_NOWHERE)
        if host_of(url) == host_of(self.url) and scheme == urlsplit(self.url).scheme:
            return replace(self, url=url)
        common = {name: text for name, text in self.headers.items() if name != "If-None-Match"}
        return Asked("GET", url, common, {}, None)


def host_of(url: str) -> tuple[str, int]:
    """Return host and port of an address; raise Refused for what is none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))
    except ValueError as error:
        raise Refused(_NOWHERE) from error


def _proxy_host(address: str) -> tuple[str, int]:
    """Return host and port of a proxy; raise Refused, without its password, for none."""
    host, port = host_of(address)
    if urlsplit(address).scheme not in _PORTS or not host:
        raise Refused("the proxy that the environment names is none: write http://host:port")
    return host, port


class Visit:
    """The requests of one call, one after another, each in its host's turn."""

    def __init__(self, web: "Web", policy: Policy, holder: str, deadline: float) -> None:
        self._web = web
        self._policy = policy
        self._holder = holder
        self._deadline = deadline
        self.host = ""  # the one that is being asked

    def reply(self, asked: Asked) -> tuple[Reply, str]:
        """Return the answer at the end of all redirects, and the host that gave it."""
        for _ in range(_REDIRECTS + 1):
            reply = self._asked_once(asked)
            location = reply.headers.get("location", "")
            if reply.status not in {301, 302, 303, 307, 308} or not location:
                return reply, self.host
            asked = asked.moved(location)
        raise Refused("it redirects without end")

    def _asked_once(self, asked: Asked) -> Reply:
        name, port = host_of(asked.url)
        self.host = f"{name}:{port}"
        self._take_turn()
        try:
            return self._exchanged(asked)
        finally:
            ready = self._web.clock.now() + self._policy.interval
            self._web.state.give_back(self.host, self._holder, ready)

    def _exchanged(self, asked: Asked) -> Reply:
        web = self._web
        proxy = proxy_for(asked.url, web.environment)
        way = _proxy_host(proxy) if proxy else None
        backend = PublicBackend(web.trusted, web.resolve, self._remaining, way)
        headers = {**asked.headers, **asked.own}
        most = self._policy.most
        try:
            if way:
                backend.check(*host_of(asked.url))
            return exchange(
                backend, asked.method, asked.address, headers, asked.content, most, proxy
            )
        except PrivateAddress as error:
            raise Refused("it leads to an address that is not public") from error
        except Unreachable as error:
            raise Unreachable(f"{error}, through the proxy" if way else str(error)) from error

    def _take_turn(self) -> None:
        """Wait until nobody else asks the host and it may be asked again."""
        clock = self._web.clock
        while True:
            if (now := clock.now()) >= self._deadline:
                raise Unreachable("it did not answer in time")
            turn = self._web.state.take(self.host, self._holder, now, self._deadline)
            if not turn.rest and not turn.wait:
                return
            if turn.reason == "down":
                raise SourceError("left alone for a minute: it failed too often")
            wait = min(turn.wait, _LOOK_AGAIN) if turn.reason == "held" else turn.wait + turn.rest
            if now + wait >= self._deadline:
                raise SourceError("its turn does not come in time", status="rate_limited")
            clock.sleep(wait)

    def _remaining(self) -> float:
        return self._deadline - self._web.clock.now()
