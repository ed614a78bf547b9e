"""Connections that lead to public addresses only, and never outlive a deadline.

The name is resolved here, every address that it has is checked, and the connection goes to
a checked address: a name that changes its mind between check and use gains nothing.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from ssl import SSLContext
from typing import Any

from httpcore2 import (
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    WriteTimeout,
)

Resolve = Callable[[str, int], Sequence[str]]
Remaining = Callable[[], float]

CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0  # of silence


class PrivateAddress(Exception):
    """A name leads to an address that is not public."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raise OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def is_public(address: str) -> bool:
    """Tell whether an address is one of the open internet, also inside an IPv6 one."""
    ip: IPv4Address | IPv6Address | None = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or (ip if ip.teredo is None else None)
    return ip is not None and ip.is_global and not ip.is_multicast


class PublicBackend(NetworkBackend):
    """Connects for one request; `trusted` are the hosts and ports that the user configured.

    With a `proxy`, connections lead to it, wherever it is.
    """

    def __init__(
        self,
        trusted: frozenset[tuple[str, int]],
        resolve: Resolve,
        remaining: Remaining,
        proxy: tuple[str, int] | None = None,
    ) -> None:
        self._trusted = trusted
        self._proxy = proxy
        self._resolve = resolve
        self._remaining = remaining
        self._inner = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers."""
        error: Exception = ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            if (limit := min(self._remaining(), CONNECT_SECONDS)) <= 0:
                raise ConnectTimeout("out of time")
            try:
                stream = self._inner.connect_tcp(address, port, limit)
                return _TimedStream(stream, self._remaining)
            except (ConnectError, ConnectTimeout) as caught:
                error = caught
        raise error

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise ConnectError(str(error)) from error
        if (host, port) != self._proxy and not self._may_lead(host, port, found):
            raise PrivateAddress(host)
        return found

    def check(self, host: str, port: int) -> None:
        """Raise PrivateAddress for where a proxy must not be sent.

        A name that is not known here is known to the proxy alone, and left to it.
        """
        with suppress(OSError, UnicodeError):
            if not self._may_lead(host, port, self._resolve(host, port)):
                raise PrivateAddress(host)

    def _may_lead(self, host: str, port: int, found: Sequence[str]) -> bool:
        return (host, port) in self._trusted or all(map(is_public, found))


class _TimedStream(NetworkStream):
    """A stream whose every step ends by the deadline; an endless drip does not outlive it."""

    def __init__(self, inner: NetworkStream, remaining: Remaining) -> None:
        self._inner = inner
        self._remaining = remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next bytes, b"" at the end."""
        if (limit := min(self._remaining(), READ_SECONDS)) <= 0:
            raise ReadTimeout("out of time")
        return self._inner.read(max_bytes, limit)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        if (limit := min(self._remaining(), READ_SECONDS)) <= 0:
            raise WriteTimeout("out of time")
        self._inner.write(buffer, limit)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        """Return the same stream, encrypted."""
        limit = max(0.001, min(self._remaining(), CONNECT_SECONDS))
        inner = self._inner.start_tls(ssl_context, server_hostname, limit)
        return _TimedStream(inner, self._remaining)

    def get_extra_info(self, info: str) -> Any:
        """Return what the inner stream knows."""
        return self._inner.get_extra_info(info)
