"""Read documents in processes that may die alone: a limit on time and memory for each.

A worker is kept for the next document; one that crashes, hangs or grows is replaced, and
its document is a Failure. `add` in several threads uses as many workers.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from paperflow.documents import Document
from paperflow.readers.file import Item
from paperflow.records import Failure, Paper


@dataclass(frozen=True)
class Limits:
    """What one document may cost: seconds of computing, seconds in all, bytes of memory."""

    cpu_seconds: int = 120
    seconds: float = 600.0
    memory: int = 3 << 30


LIMITS = Limits()


class _Worker:
    """One process that reads what it is told, a line of JSON for each question and answer."""

    def __init__(self, limits: Limits) -> None:
        self._seconds = limits.seconds
        self._cpu = limits.cpu_seconds
        values = [str(limits.cpu_seconds), str(limits.memory)]
        root = str(Path(__file__).parent.parent.parent)
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "paperflow.readers.worker", *values],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, path: Path, kind: str, name: str) -> list[Item]:
        """Return what the worker read; a Failure where it died over it."""
        timer = threading.Timer(self._seconds, self._process.kill)
        timer.start()
        try:
            answers = list(self._exchange({"path": str(path), "kind": kind, "name": name}))
        except (OSError, ValueError):
            answers = []
        finally:
            timer.cancel()
        if answers and answers[-1] is None:
            return [item for item in answers if item is not None]
        self.stop()
        return [Failure(item=name, reason=self._end())]

    def _exchange(self, question: dict[str, str]) -> Iterator[Item | None]:
        """Yield the items of an answer, and None when it is complete."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return
        stdin.write(json.dumps(question).encode() + b"\n")
        stdin.flush()
        for line in stdout:
            item = from_line(line)
            yield item
            if item is None:
                return

    def _end(self) -> str:
        """Return in words how the process ended."""
        code = self._process.returncode
        if code == -24:  # SIGXCPU, on Linux and macOS alike
            return f"reading it took more than {self._cpu} seconds of computing; gave up"
        if code == -9:
            return (
                f"reading it took more than {self._seconds:g} seconds or too much memory; gave up"
            )
        return f"it made its reader crash (exit status {code})"

    def stop(self) -> None:
        """End the process and wait for it."""
        with contextlib.suppress(OSError):
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass
class Pool:
    """Idle workers; as many are started as threads ask at once."""

    limits: Limits = LIMITS
    _idle: list[_Worker] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, path: Path, kind: str, name: str) -> list[Item]:
        """Return what the reader `kind` finds in a file, read in another process."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        worker = worker if worker and worker.alive else _Worker(self.limits)
        items = worker.ask(path, kind, name)
        if worker.alive:
            with self._lock:
                self._idle.append(worker)
        return items

    def close(self) -> None:
        """End all idle workers."""
        with self._lock:
            while self._idle:
                self._idle.pop().stop()


@cache
def pool() -> Pool:
    """Return the workers of this process; they end with it."""
    made = Pool()
    atexit.register(made.close)
    return made


def to_line(item: Item | None) -> bytes:
    """Return an item as a line of JSON; None ends an answer."""
    if isinstance(item, Document):
        text = f'{{"document": {item.to_json()}}}'
    elif isinstance(item, Failure):
        text = json.dumps({"failure": [item.item, item.reason]})
    else:
        text = json.dumps({"paper": item.as_dict()} if item else {})
    return text.encode("utf-8", "replace") + b"\n"


def from_line(line: bytes) -> Item | None:
    """Undo `to_line`."""
    values = json.loads(line)
    if "document" in values:
        return Document.from_json(json.dumps(values["document"]))
    if "failure" in values:
        item, reason = values["failure"]
        return Failure(item=item, reason=reason)
    return Paper.from_dict(values["paper"]) if values else None
