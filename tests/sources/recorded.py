"""Answers that the services once gave, out of the fixtures of other projects' tests."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import yaml

from tests.sources.loopback import Reply, Seen


@dataclass(frozen=True)
class Recorded:
    """One exchange."""

    host: str
    path: str
    params: dict[str, str]
    reply: Reply

    def answers(self, seen: Seen) -> bool:
        """Tell whether it fits: the same path, and the same place in a list."""
        places = ("offset", "start", "id_list", "token", "search_query")
        return seen.path == self.path and all(
            self.params[name].strip() == seen.params.get(name, "").removeprefix("all:")
            for name in places
            if name in self.params
        )


def cassette(path: Path) -> list[Recorded]:
    """Return the exchanges of a VCR cassette."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tape = yaml.load(path.read_text(encoding="utf-8"), loader)
    return [_recorded(row["request"]["uri"], row["response"]) for row in tape["interactions"]]


def _recorded(url: str, response: dict) -> Recorded:
    body = response["body"]["string"]
    body = body.encode() if isinstance(body, str) else body
    body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return _exchange(url, Reply(response["status"]["code"], body))


def arxiv_pages(folder: Path, begin: str) -> Iterator[Recorded]:
    """Yield arXiv's recorded pages whose files begin so."""
    for path in sorted(folder.glob(f"{begin}*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        yield _exchange(row["url"], Reply(row["status_code"], row["body"].encode()))


def _exchange(url: str, reply: Reply) -> Recorded:
    parts = urlsplit(url)
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Recorded(parts.hostname or "", parts.path, params, reply)


def player(tape: list[Recorded]):
    """Return a service that answers from a tape, and 404 to what is not on it."""

    def respond(seen: Seen) -> Reply:
        return next((row.reply for row in tape if row.answers(seen)), Reply(404, b"{}"))

    return respond
