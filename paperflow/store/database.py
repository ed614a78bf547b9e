"""SQLite under the store: one connection a thread, transactions, migrations, clear errors."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from paperflow.errors import WorkspaceError
from paperflow.store.migrations import SQLITE

_BUSY_SECONDS = 60.0  # another process may be committing a large batch
_CHUNK = 500  # SQLite's oldest limit on parameters is 999


class Database:
    """One SQLite file, shared by threads and processes; each thread has its connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self.read_only = not _writable(path)
        if not self.read_only:
            self._migrate()

    @property
    def engine(self) -> str:
        """Return the engine's name and version."""
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection; a forked process gets its own."""
        if getattr(self._local, "process", None) != os.getpid():
            with clear_errors(self.path):
                self._local.connection = self._connect()
            self._local.process = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._uri(), uri=True, timeout=_BUSY_SECONDS, isolation_level=None,
            check_same_thread=False,
        )  # fmt: skip
        connection.execute("pragma foreign_keys = on")
        if not self.read_only:
            use_write_ahead_log(connection)
            connection.execute("pragma synchronous = normal")
        connection.execute("pragma cache_size = -65536")
        connection.execute("pragma temp_store = memory")
        with self._lock:
            self._open.append(connection)
        return connection

    def _uri(self) -> str:
        """Return the file's URI; on a read-only disk no write-ahead log can be made."""
        uri = self.path.absolute().as_uri()
        if not self.read_only:
            return uri
        logged = self.path.with_name(self.path.name + "-wal")
        return f"{uri}?mode=ro" if logged.exists() else f"{uri}?immutable=1"

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Run one statement and return its cursor."""
        with clear_errors(self.path):
            return self.connection.execute(sql, values)

    def many(self, sql: str, rows: Iterable[Any]) -> None:
        """Run one statement for each row."""
        with clear_errors(self.path):
            self.connection.executemany(sql, rows)

    def where_in(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of `sql`, whose `{}` stands for a list of placeholders."""
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            yield from self.execute(sql.format(", ".join("?" * len(chunk))), chunk)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside at once, or nothing."""
        with clear_errors(self.path):
            connection = self.connection
            connection.execute("begin immediate")
            try:
                yield
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise

    def revision(self) -> int:
        """Return the number of changes made so far."""
        row = self.execute("select value from counters where name = 'revision'").fetchone()
        return int(row[0])

    def next_revision(self) -> int:
        """Count one more change, inside a transaction, and return its number."""
        self.execute("update counters set value = value + 1 where name = 'revision'")
        return self.revision()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            while self._open:
                self._open.pop().close()
        self._local = threading.local()

    def _migrate(self) -> None:
        with clear_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self.execute("create table if not exists migrations (name text primary key)")
        done = self._applied()
        if unknown := done - {name for name, _ in SQLITE}:
            raise WorkspaceError(
                f"{self.path.name} was written by a newer paperflow ({min(unknown)})",
                hint="update paperflow",
            )
        for name, script in SQLITE:
            if name not in done:
                self._apply(name, script)

    def _applied(self) -> set[str]:
        return {name for (name,) in self.execute("select name from migrations")}

    def _apply(self, name: str, script: str) -> None:
        with self.transaction():
            if name in self._applied():  # another process was faster
                return
            for statement in _statements(script):
                self.execute(statement)
            self.execute("insert into migrations values (?)", (name,))


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements; `executescript` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _writable(path: Path) -> bool:
    if path.exists():
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return True


_HINTS = {
    "readonly": "check that the workspace's folder can be written to",
    "unable to open": "check that the workspace's folder exists and can be written to",
    "full": "free some space: nothing that was confirmed is lost",
    "disk i/o": "check the disk: nothing that was confirmed is lost",
    "locked": "another paperflow is writing; try again when it has finished",
    "malformed": "the file is damaged: bring back a copy, or move it away and add again",
    "not a database": "move the file away, or choose another workspace",
}


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file to a write-ahead log; SQLite itself does not wait when two do so at once."""
    deadline = monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > deadline:
                raise
            sleep(0.01)


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn what the disk or SQLite refuses into an error that says what to do."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        text = str(error).lower()
        hint = next((hint for words, hint in _HINTS.items() if words in text), None)
        if hint is None:
            raise
        raise WorkspaceError(f"{path}: {error}", hint=hint) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError(f"{path}: {reason}", hint=_HINTS["unable to open"]) from error
