"""A web in which everything goes wrong at times, and what must hold at the end all the same.

Every source has a server and a clock of its own, so nothing here takes real time and one
seed always gives the same run. A server notes what it returned unspoilt, and when it was asked.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random

from paperflow.discovery.gather import gather
from paperflow.records import Paper
from paperflow.sources import SOURCES, Answer, Source
from paperflow.sources.web import Web
from paperflow.store.web import WebState
from paperflow.workspace import Workspace
from tests.sources.faults import FAULTS
from tests.sources.loopback import Loopback, Reply, Seen, Tick
from tests.sources.services import SERVICES
from tests.sources.world import KEYS, papers

LIMIT = 1000
_PAUSE = 7200.0  # seconds between two queries
_SHARE = 0.25  # of the requests that go wrong
_MODULES = {
    "europepmc": "europe_pmc",
    "huggingface": "hugging_face",
}


@dataclass
class Server:
    """One service under faults: what it knows for each query, and what it returned whole."""

    name: str
    seed: int
    known: dict[str, list[Paper]]
    tick: Tick = field(default_factory=Tick)
    returned: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    silent_until: float = 0.0

    def __post_init__(self) -> None:
        self._random = Random(f"{self.seed} {self.name}")
        self._given: list[Paper] = []

    def respond(self, seen: Seen) -> Reply:
        self.times.append(seen.time)
        self._given = []
        reply = SERVICES[self.name](self._find, seen)
        fault = self._random.choice(sorted(FAULTS)) if self._random.random() < _SHARE else ""
        self.faults.append(fault)
        if fault:
            return self._apart(FAULTS[fault].spoil(reply))
        body = reply.body.decode()
        self.returned |= {paper.title for paper in self._given if _code(paper) in body}
        return reply

    def _apart(self, reply: Reply) -> Reply:
        """Let no two servers lead to one address: each has a clock of its own."""
        place = reply.headers.get("Location", "")
        port = 1000 + sorted(SERVICES).index(self.name)
        moved = place.replace("169.254.169.254/", f"169.254.169.254:{port}/")
        return reply.but(headers={**reply.headers, "Location": moved}) if place else reply

    def _find(self, query: str) -> Sequence[Paper]:
        self._given = self.known[query.split()[-1]]
        return self._given

    @property
    def verdicts(self) -> set[str]:
        """Return the statuses that the last answer of this query, spoilt or not, can lead to.

        One that drips and is short may arrive in one piece.
        """
        last = self.faults[-1]
        return {FAULTS[last].status if last else "ok"} | ({"ok"} if last == "drip" else set())

    @property
    def smallest_gap(self) -> float:
        return min((b - a for a, b in pairwise(self.times)), default=float("inf"))


def _code(paper: Paper) -> str:
    """Return a word of the title that no other paper has."""
    return f"x{paper.doi.partition('.')[2].replace('.', 'q')}x"


def corpus(query: int, seed: int) -> list[Paper]:
    """Return the papers of one query, some of which several services know."""
    found = papers(Random(f"{seed} {query}").randint(1, 150), f"Word{query}")
    coded = [replace(p, arxiv_id=f"{query + 1000:04}.{n:05}") for n, p in enumerate(found)]
    return [replace(paper, title=f"{paper.title} {_code(paper)}") for paper in coded]


@dataclass
class Outcome:
    """What a run left behind."""

    rows: dict[str, Counter[str]]
    wrong: list[str]
    servers: dict[str, Server]
    workspace: Workspace
    threads: int
    mark: float = 0.0

    @property
    def returned(self) -> set[str]:
        return set().union(*(server.returned for server in self.servers.values()))

    def problems(self) -> list[str]:
        """Return everything that does not hold."""
        stored = Counter(paper.title for paper in self.workspace.store.papers.all())
        found = [f"lost: {title}" for title in sorted(self.returned - stored.keys())]
        found += [f"{count} times: {title}" for title, count in stored.items() if count > 1]
        found += [f"pace: {name}" for name, server in self.servers.items() if _hasty(name, server)]
        found += [f"threads left: {self.threads}"] if self.threads else []
        return found + self.wrong


def _hasty(name: str, server: Server) -> bool:
    module = name.partition(" ")[0]
    policy = import_module(f"paperflow.sources.{_MODULES.get(module, module)}").POLICY
    return server.smallest_gap < policy.interval - 1e-6


def _wrong(answers: dict[str, Answer], servers: dict[str, Server]) -> Iterator[str]:
    """Yield the rows that say ok and gave too little, or another status than the server earned."""
    for name, answer in answers.items():
        query = next((p.title.split("Word")[1].split()[0] for p in answer.papers), "")
        wanted = servers[name].known.get(f"Word{query}", ()) if query else ()
        most = 120 if name == "huggingface" else LIMIT
        if answer.status == "ok" and len(answer.papers) != len(wanted[:most]):
            yield f"{name} says ok and gave {len(answer.papers)} of {len(wanted)}"
        if answer.status not in (right := servers[name].verdicts):
            yield f"{name} says {answer.status}, not {right}: {answer.note}"
        if answer.status == "ok" and answer.note:
            yield f"{name} says ok and {answer.note}"


@contextmanager
def chaos(
    folder: Path,
    workspace: Workspace,
    queries: int,
    seed: int,
    at_quarter: Callable[[], float] = float,
) -> Iterator[Outcome]:
    """Ask all services all queries, one query after the other, and give what came of it.

    `at_quarter` is called after a quarter of them, and its value kept as `mark`.
    """
    found = {f"Word{number}": corpus(number, seed) for number in range(queries)}
    before = threading.active_count()
    with ExitStack() as stack:
        servers = {name: _server(name, seed, found) for name in (*SERVICES, "datacite copy")}
        ticks = {name: server.tick for name, server in servers.items()}
        servers["datacite copy"].tick = ticks["datacite copy"] = servers["arxiv"].tick
        listening = {
            name: stack.enter_context(Loopback(server.respond, ticks[name].clock))
            for name, server in servers.items()
        }
        urls = {name: loopback.url for name, loopback in listening.items()}
        outcome = Outcome({name: Counter() for name in SERVICES}, [], servers, workspace, 0)
        for number in range(queries):
            for tick in ticks.values():
                tick.sleep(_PAUSE)
            _one_query(folder, workspace, f"Word{number}", servers, urls, outcome)
            for loopback in listening.values():
                loopback.seen.clear()  # the memory that is measured is not the harness's
            if number == queries // 4:
                outcome.mark = at_quarter()
    outcome.threads = threading.active_count() - before
    yield outcome


def _server(name: str, seed: int, found: dict[str, list[Paper]]) -> Server:
    """Return a server that knows a part of each query's papers."""
    random = Random(f"{seed} {name} part")
    known = {query: [p for p in all_ if random.random() < 0.6] for query, all_ in found.items()}
    return Server(name.partition(" ")[0], seed + len(name), known)


def _one_query(
    folder: Path,
    workspace: Workspace,
    query: str,
    servers: dict[str, Server],
    urls: dict[str, str],
    outcome: Outcome,
) -> None:
    given = {name: _source(folder, name, servers, urls) for name in SERVICES}
    answers = gather(
        workspace, list(given), f"papers on {query}", limit=LIMIT, given=given,
        web=Web(state=WebState(folder / "web.sqlite")),
    )  # fmt: skip
    for answer in answers:
        outcome.rows[answer.name][answer.status] += 1
        outcome.rows[answer.name]["papers"] += len(answer.papers)
    outcome.wrong += _wrong({answer.name: answer for answer in answers}, servers)


def _source(folder: Path, name: str, servers: dict[str, Server], urls: dict[str, str]) -> Source:
    """Return a source whose way to the web has the clock of its server."""
    mirrors = {name: urls[name]}
    if name == "arxiv":
        mirrors["datacite"] = urls["datacite copy"]
    web = Web(
        state=WebState(folder / "web.sqlite"), mirrors=mirrors, environment=KEYS,
        clock=servers[name].tick.clock, random=Random(0),
    )  # fmt: skip
    made: Source = SOURCES.load(name)(web)
    return made
