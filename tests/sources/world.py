"""A small web for tests: papers, servers that know them, and the way there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from paperflow.records import Paper
from paperflow.sources import SOURCES, Source
from paperflow.sources.web import Web
from paperflow.store.web import WebState
from tests.sources.loopback import Loopback, Reply, Seen, Tick
from tests.sources.services import SERVICES, Find

KEYS = {"OPENALEX_API_KEY": "secret-key", "OPENREVIEW_TOKEN": "secret-token",
        "SEMANTIC_SCHOLAR_API_KEY": "secret-s2"}  # fmt: skip
Spoil = Callable[[int, Seen, Reply], Reply]


def papers(count: int, word: str = "Graphs") -> list[Paper]:
    """Return papers that every service can state in its own form."""
    return [
        Paper(
            title=f"On {word} & Other Things <{number}>",
            abstract=f"We count to {number} in {word}.",
            authors=("Ada Lovelace", f"Alan {word} Turing"),
            year=2020,
            date="2020-05-04",
            doi=f"10.1000/{word.lower()}.{number}",
            arxiv_id=f"2005.{number:05}",
        )
        for number in range(count)
    ]


def finder(known: Sequence[Paper]) -> Find:
    """Return what finds everything by words, and one paper by its name."""

    def find(query: str) -> Sequence[Paper]:
        scheme, _, value = query.partition(":")
        if scheme in {"doi", "arxiv"}:
            return [p for p in known if value in (p.doi if scheme == "doi" else p.arxiv_id, "*")]
        return known

    return find


def unspoilt(number: int, seen: Seen, reply: Reply) -> Reply:
    return reply


@dataclass
class World:
    """Servers by the names of their sources, one clock, and the way to them."""

    web: Web
    servers: dict[str, Loopback]
    tick: Tick

    def source(self, name: str) -> Source:
        made: Source = SOURCES.load(name)(self.web)
        return made


@contextmanager
def world(
    folder: Path, services: Mapping[str, Find], spoil: Spoil = unspoilt, **options: Any
) -> Iterator[World]:
    """Serve these services; `spoil` may change the answer to the request of this number."""
    tick = Tick()
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Loopback(_respond(name, find, spoil), tick.clock))
            for name, find in services.items()
        }
        settings = {"contact": "reader@example.org", "environment": KEYS, **options}
        web = Web(
            state=WebState(folder / "web.sqlite"),
            mirrors={name: server.url for name, server in servers.items()},
            clock=tick.clock,
            random=Random(0),
            resolve=_only_here,
            **settings,
        )
        yield World(web, servers, tick)


def _respond(name: str, find: Find, spoil: Spoil) -> Callable[[Seen], Reply]:
    count = iter(range(10**9))
    return lambda seen: spoil(next(count), seen, SERVICES[name](find, seen))


def _only_here(host: str, port: int) -> list[str]:
    """Resolve addresses written in numbers, and no name: tests never reach the network."""
    if not host.replace(".", "").isdigit():
        raise OSError(f"no such host: {host}")
    return [host]
