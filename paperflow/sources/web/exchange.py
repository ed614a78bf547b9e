"""One request and its answer over a fresh connection, with a limit on what is unpacked."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from urllib.parse import unquote, urlsplit

import httpcore2

from paperflow.sources.web.connect import PublicBackend


class Unreachable(Exception):
    """No whole answer came; asking again may help. The message says why, without addresses."""


class Refused(Exception):
    """The answer can't be taken, and asking again does not help."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its headers by lower-case names, its body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    backend: PublicBackend,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes | None,
    most: int,
    proxy: str = "",
) -> Reply:
    """Send one request, through a proxy or straight; raise Unreachable or Refused."""
    through = _proxy(proxy) if proxy else None
    try:
        with (
            httpcore2.ConnectionPool(
                _tls(), through, max_connections=1, network_backend=backend
            ) as pool,
            pool.stream(method, url, headers=[*headers.items()], content=content) as answer,
        ):
            named = {name.decode("latin-1").lower(): value.decode("latin-1")
                     for name, value in answer.headers}  # fmt: skip
            packed = named.get("content-encoding", "identity").lower()
            body = unpack(answer.iter_stream(), packed, most)
            return Reply(answer.status, named, body)
    except httpcore2.ProxyError as error:
        raise Refused(f"the proxy refuses to lead there ({error})") from error
    except httpcore2.UnsupportedProtocol as error:
        raise Refused("it leads to an address that is not on the web") from error
    except httpcore2.TimeoutException as error:
        raise Unreachable("it did not answer in time") from error
    except httpcore2.RemoteProtocolError as error:
        raise Unreachable("its answer broke off or is no HTTP") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise Unreachable("it can't be reached") from error


def unpack(chunks: Iterable[bytes], packed: str, most: int) -> bytes:
    """Return a body, unpacked as it comes, and never more than `most` bytes of it."""
    if packed == "identity":
        return b"".join(_bounded(chunks, most))
    if packed not in {"gzip", "x-gzip", "deflate"}:
        raise Refused(f"its answer is packed in an unknown way: {packed[:20]!r}")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
    try:
        pieces = (inflater.decompress(chunk, most + 1) for chunk in _bounded(chunks, most))
        body = b"".join(_bounded(pieces, most))
    except zlib.error as error:
        raise Unreachable("its packed answer is damaged") from error
    if not inflater.eof:
        raise Unreachable("its answer broke off")
    return body


def _bounded(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise Refused(f"its answer is larger than {most:,} bytes")
        yield chunk


def _proxy(address: str) -> httpcore2.Proxy:
    """Return the proxy of an address, which may hold a name and a password."""
    parts = urlsplit(address)
    secret = (unquote(parts.username or ""), unquote(parts.password or ""))
    return httpcore2.Proxy(
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        auth=secret if parts.username else None,
        ssl_context=_tls() if parts.scheme == "https" else None,
    )


@cache
def _tls() -> SSLContext:
    return httpcore2.default_ssl_context()
