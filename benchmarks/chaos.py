"""Ask 8 services 200 queries while a quarter of all requests goes wrong, and count what is lost.

Usage: python benchmarks/chaos.py [--quick] [--json FILE]

The services are stand-ins on this machine; each has a clock of its own, so waits take no time,
and the seed settles every fault. Checked at the end: every paper that any server returned whole
is in the store exactly once, no thread is left, the status table is right, no host was asked
sooner than its manners allow. Then several processes of one workspace ask one host at real
time, and the server measures the distance. The first quarter warms up before memory is read.
Two bounded things are made small so that a leak would show: the store's page cache (64 MiB at
most in use) and the heaps that the C library keeps for threads (up to eight a core).
"""

import subprocess
import sys
import tempfile
from contextlib import suppress
from ctypes import CDLL
from itertools import pairwise
from pathlib import Path

import report

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the stand-ins are the tests' own

from paperflow.workspace import find_workspace  # noqa: E402
from tests.sources.chaos import Outcome, chaos  # noqa: E402
from tests.sources.loopback import Loopback, Reply  # noqa: E402

SEED = 7
INTERVAL = 0.05
PAGE_CACHE_KB = 2_000
M_ARENA_MAX = -8  # malloc.h of glibc
ASK = """
import sys
from pathlib import Path
from paperflow.sources.web import Policy, Web
from paperflow.store.web import WebState
web = Web(state=WebState(Path(sys.argv[1])), mirrors={"here": sys.argv[2]}, budget=600)
site = web.site("here", "", Policy(interval=float(sys.argv[3])))
for number in range(int(sys.argv[4])):
    site.call().json(f"/{sys.argv[5]}/{number}")
"""


def main() -> None:
    """Run the chaos, then the processes, and print both."""
    options = report.arguments(__doc__)
    with suppress(OSError, AttributeError):
        CDLL(None).mallopt(M_ARENA_MAX, 1)
    queries, processes = (20, 2) if options.quick else (200, 4)
    print(f"{queries} queries; about {queries // 2 + 20} s")
    rows = [*storm(queries), polite(processes, 5 if options.quick else 20)]
    report.show(options, rows)
    sys.exit(any(row.holds is False for row in rows))


def storm(queries: int) -> list[report.Row]:
    """Return what a run of that many queries lost, doubled, and left behind."""
    with tempfile.TemporaryDirectory() as name:
        workspace = find_workspace(Path(name), create=True)
        workspace.store.database.execute(f"pragma cache_size = -{PAGE_CACHE_KB}")
        with chaos(Path(name), workspace, queries, SEED, at_quarter=resident) as outcome:
            grown = resident() - outcome.mark
            problems = outcome.problems()
            table(outcome)
            print(*problems[:20], sep="\n")
            requests = sum(len(server.times) for server in outcome.servers.values())
            faults = sum(bool(fault) for s in outcome.servers.values() for fault in s.faults)
            return [
                report.Row("requests", requests, "requests", note=f"{faults} went wrong"),
                report.Row("papers returned", len(outcome.returned), "papers"),
                report.Row("problems", len(problems), "", goal=0, more_is_better=False),
                report.Row("threads left", outcome.threads, "", goal=0, more_is_better=False),
                report.Row("memory grown after the first quarter", grown, "MiB", goal=8,
                           more_is_better=False),
            ]  # fmt: skip


def table(outcome: Outcome) -> None:
    """Print how often each source answered how."""
    columns = ("ok", "rate_limited", "unauthorized", "failed", "skipped", "papers")
    print(f"\n{'source':18}" + "".join(f"{column:>14}" for column in columns))
    for name, row in outcome.rows.items():
        print(f"{name:18}" + "".join(f"{row[column]:14,}" for column in columns))
    print()


def polite(processes: int, each: int) -> report.Row:
    """Return the smallest distance that a server saw between requests of several processes."""
    with tempfile.TemporaryDirectory() as name, Loopback(lambda seen: Reply(200, b"{}")) as server:
        command = [sys.executable, "-c", ASK, f"{name}/web.sqlite", server.url]
        running = [
            subprocess.Popen([*command, str(INTERVAL), str(each), str(number)], cwd=ROOT)
            for number in range(processes)
        ]
        codes = [process.wait() for process in running]
    times = [seen.time for seen in server.seen]
    if any(codes) or len(times) != processes * each:
        sys.exit(f"{len(times)} requests of {processes * each} arrived: nothing to measure")
    gap = min(b - a for a, b in pairwise(times))
    return report.Row(
        f"smallest distance of {processes} processes", gap, "s", baseline=INTERVAL, goal=INTERVAL
    )


def resident() -> float:
    """Return the resident memory in MiB, without what the allocator keeps for later."""
    with suppress(OSError, AttributeError):
        CDLL(None).malloc_trim(0)
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
