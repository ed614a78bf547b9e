"""A server whose answers are queued, and the way to it, for tests of the way to the web."""

from itertools import pairwise
from pathlib import Path
from random import Random

from paperflow.sources.web import Policy, Web
from paperflow.store.web import WebState
from tests.sources.loopback import Loopback, Reply, Seen, Tick

GOOD = Reply(200, b'{"answer": 42}')


class Net:
    """A server whose answers are queued, and a site that leads to it."""

    def __init__(self, folder: Path, *replies: Reply, policy: Policy | None = None, **options):
        self.tick = Tick()
        self.replies = list(replies)
        self.server = Loopback(self._next, self.tick.clock)
        self.web = Web(
            state=WebState(folder / "web.sqlite"), mirrors={"here": self.server.url},
            clock=self.tick.clock, random=Random(0), environment={}, **options,
        )  # fmt: skip
        self.policy = policy or Policy()

    def _next(self, seen: Seen) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def site(self, web: Web | None = None, **more):
        return (web or self.web).site("here", "https://service.example", self.policy, **more)

    def json(self, path: str = "/thing", web: Web | None = None, **params):
        return self.site(web).call().json(path, params)

    @property
    def asked(self) -> int:
        return len(self.server.seen)

    def gaps(self) -> list[float]:
        times = [seen.time for seen in self.server.seen]
        return [later - sooner for sooner, later in pairwise(times)]
