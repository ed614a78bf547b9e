"""The process that reads one document after another for `isolation`.

Its limits are the kernel's: on memory once, on computing time anew for each document.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from paperflow.readers import read_here
from paperflow.readers.file import Item
from paperflow.readers.isolation import to_line
from paperflow.records import Failure


def main(cpu_seconds: int, memory: int) -> None:
    """Answer each line of standard input until it ends."""
    sys.setrecursionlimit(5_000)
    _limit_memory(memory)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # nobody else may write to the answers
    for line in sys.stdin.buffer:
        question = json.loads(line)
        _limit_time(cpu_seconds)
        for item in _answers(Path(question["path"]), question["kind"], question["name"]):
            out.write(to_line(item))
        out.write(to_line(None))
        out.flush()


def _answers(path: Path, kind: str, name: str) -> Iterator[Item]:
    try:
        yield from read_here(path, kind, name)
    except MemoryError:
        yield Failure(item=name, reason="reading it took too much memory; gave up")
    except RecursionError:
        yield Failure(item=name, reason="it is nested too deeply; gave up")
    except Exception as error:
        reason = f"its reader failed ({type(error).__name__}: {error}); please report it"
        yield Failure(item=name, reason=reason[:500])


def _limit_memory(memory: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
