"""What a workspace remembers of the web: answers that may be used again, and whose turn it is.

It is derived data in a file of its own, shared by the threads and processes of one
workspace, and may be deleted at any time. Times are seconds of the clock that the caller
gives, so nothing here depends on the wall clock.
"""

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from paperflow.errors import WorkspaceError
from paperflow.store.database import clear_errors, use_write_ahead_log

_BUSY_SECONDS = 60.0
_FORGET = 30 * 86_400.0  # seconds after which an answer that went stale is dropped

_SCHEMA = """
create table if not exists answers (
    key text primary key, etag text not null, expires real not null, body blob not null
);
create table if not exists hosts (
    host text primary key,
    ready real not null default 0,
    holder text not null default '',
    held_until real not null default 0,
    rests_until real not null default 0,
    reason text not null default '',
    failures integer not null default 0
);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's body as it came, unpacked; stale from `expires` on."""

    body: bytes
    etag: str
    expires: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a host may be asked: now (`wait` is 0), later, or not before it has rested."""

    wait: float = 0.0
    rest: float = 0.0
    reason: str = ""


class WebState:
    """Kept answers, and for each host: when it may be asked, who asks, how often it failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made = False
        self._lock = threading.Lock()

    def answer(self, key: str) -> Kept | None:
        """Return the answer kept under `key`, fresh or stale, or None."""
        with self._open() as connection:
            sql = "select body, etag, expires from answers where key = ?"
            row = connection.execute(sql, (key,)).fetchone()
        return Kept(zlib.decompress(row[0]), row[1], row[2]) if row else None

    def keep(self, key: str, kept: Kept, now: float) -> None:
        """Keep an answer, and forget those that have been stale for a month."""
        row = (key, kept.etag, kept.expires, zlib.compress(kept.body, 1))
        with self._change() as connection:
            connection.execute("delete from answers where expires < ?", (now - _FORGET,))
            connection.execute("insert or replace into answers values (?, ?, ?, ?)", row)

    def take(self, host: str, holder: str, now: float, until: float) -> Turn:
        """Take the host's one turn, to be given back before `until`; else say when to ask again.

        A holder that was killed loses its turn at the end of its own `until`.
        """
        with self._change() as connection:
            connection.execute("insert or ignore into hosts (host) values (?)", (host,))
            sql = "select ready, holder, held_until, rests_until, reason from hosts where host = ?"
            ready, held, held_until, rests, reason = connection.execute(sql, (host,)).fetchone()
            if rests > now:
                return Turn(rest=rests - now, reason=reason)
            if held and held_until > now:
                return Turn(wait=held_until - now, reason="held")
            if ready > now:
                return Turn(wait=ready - now)
            sql = "update hosts set holder = ?, held_until = ? where host = ?"
            connection.execute(sql, (holder, until, host))
        return Turn()

    def give_back(self, host: str, holder: str, ready: float) -> None:
        """End the turn of `holder`; nobody asks the host before `ready`."""
        with self._change() as connection:
            connection.execute(
                "update hosts set holder = '', held_until = 0, ready = max(ready, ?) "
                "where host = ? and holder = ?",
                (ready, host, holder),
            )

    def rest(self, host: str, until: float, reason: str) -> None:
        """Let nobody ask the host before `until`."""
        with self._change() as connection:
            connection.execute(
                "update hosts set rests_until = ?, reason = ? where host = ? and rests_until < ?",
                (until, reason, host, until),
            )

    def failed(self, host: str) -> int:
        """Count one more failure of the host in a row, and return how many there are."""
        with self._change() as connection:
            sql = "update hosts set failures = failures + 1 where host = ? returning failures"
            row = connection.execute(sql, (host,)).fetchone()
        return int(row[0]) if row else 0

    def worked(self, host: str) -> None:
        """Forget the failures of the host."""
        with self._change() as connection:
            sql = "update hosts set failures = 0 where host = ? and failures > 0"
            connection.execute(sql, (host,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for one piece of work; no thread or process keeps any."""
        with self._lock:
            if not self._made:
                self._make()
        with self._connected() as connection:
            yield connection

    def _make(self) -> None:
        """Make the file on first use; one that a power cut damaged is made anew."""
        with clear_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._create()
        except WorkspaceError as error:
            if not any(words in error.message for words in ("malformed", "not a database")):
                raise
            for part in self._path.parent.glob(f"{self._path.name}*"):
                part.unlink()
            self._create()
        self._made = True

    def _create(self) -> None:
        with self._connected() as connection:
            use_write_ahead_log(connection)
            connection.executescript(_SCHEMA)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with (
            clear_errors(self._path),
            closing(sqlite3.connect(self._path, _BUSY_SECONDS, isolation_level=None)) as connection,
        ):
            connection.execute("pragma synchronous = off")
            yield connection

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("begin immediate")
            yield connection
            connection.execute("commit")  # closing without it, on an error, rolls back
