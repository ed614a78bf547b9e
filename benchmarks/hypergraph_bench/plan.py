"""What is run: sizes, libraries, operations, and how much time and memory each may take."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypergraph_bench import cases, published

Found = Mapping[str, Mapping[str, Any]]  # of each operation, what the worker printed

COMMON = (
    *("build from labels", "build from arrays", "degrees", "s=1 neighbours", "s=2 neighbours"),
    *("s=1 components", "s=2 components", "s=1 distances", "few s=1 paths", "few s=2 paths"),
)
OURS = (
    *("s=2 lift", "s=1 paths", "s=2 paths", "s=3 paths", "ten s=1 paths", "batch of paths"),
    *("s=2 arrays", "s=3 arrays"),
)
LAST = ("add one paper",)
IN_STORE = ("first answer", *(f"add one paper of {size} to the store" for size in (10, 100, 290)))
HUGE = (
    *("build from arrays", "s=1 components", "s=2 lift", "s=2 components", "s=1 distances"),
    *("s=1 paths", "s=2 paths", "s=2 arrays"),
)
GROWTH = (
    *("build from arrays", "s=1 components", "s=2 components", "s=1 distances"),
    *("s=1 paths", "s=2 paths"),
)
HUB = 0.05  # the share of all statements in which the concept of the hub test stands


@dataclass(frozen=True)
class Piece:
    """One library at one size; `hub` is the share of statements that hold one more concept."""

    library: str
    scale: float
    operations: Sequence[str]
    seconds: float = 120
    gigabytes: float = 12
    hub: float = 0.0

    @property
    def name(self) -> str:
        """Return what its results are filed under."""
        hub = f"-hub-{self.hub:g}" if self.hub else ""
        return f"{self.library}-{self.scale * published.HYPEREDGES:.0f}{hub}"


def pieces(*, quick: bool) -> list[Piece]:
    """Return all pieces, the short ones first."""
    return [*_small(20 if quick else 60), *([] if quick else _large()), *_growth(quick)]


def _small(seconds: float) -> list[Piece]:
    every = (*COMMON, *OURS, *LAST)
    peers = ("with_scipy", "with_xgi", "with_hypergraphx")
    last = "s=1 components"  # HyperNetX comes to no end, and is of no use after that
    return [
        Piece("ours", 0.05, every),
        Piece("ours", 0.05, every, hub=HUB),
        Piece("in_store", 0.05, IN_STORE[:3]),  # a larger paper has the whole built again
        Piece("with_scipy", 0.05, COMMON, hub=HUB),
        *(Piece(library, 0.05, (*COMMON, *LAST), seconds) for library in peers),
        Piece("with_hypernetx", 0.05, (*(x for x in COMMON if x != last), *LAST, last), seconds),
    ]


def _large() -> list[Piece]:
    """Return the published size and the one that is 62.5 times larger."""
    slow = ("build from labels", "build from arrays", "degrees", "s=1 components")
    return [
        Piece("ours", 1.0, (*COMMON, *OURS, *LAST)),
        Piece("ours", 1.0, (*COMMON, *OURS, *LAST), hub=HUB),
        Piece("in_store", 1.0, IN_STORE, 300),
        Piece("with_scipy", 1.0, COMMON),
        Piece("with_xgi", 1.0, (*slow, "s=1 neighbours", *LAST)),
        Piece("with_hypergraphx", 1.0, (*slow, *LAST)),
        Piece("with_hypernetx", 1.0, (*slow[:3], *LAST, "s=1 components"), 60),
        Piece("ours", 62.5, HUGE),
        Piece("with_scipy", 62.5, ("s=1 components",)),
    ]


def _growth(quick: bool) -> list[Piece]:
    counts = (1e4, 3e4, 1e5) if quick else (1e4, 3e4, 1e5, 1e6, 3e6, 1e7)
    return [Piece("ours", count / published.HYPEREDGES, GROWTH) for count in counts]


def run(piece: Piece, folder: Path) -> Found:
    """Run a piece in a process of its own, or read what an earlier run of it has left."""
    kept = folder / f"{piece.name}.json"
    if kept.exists():
        found: Found = json.loads(kept.read_text(encoding="utf-8"))
        return found
    graph = cases.made(folder, piece.scale, piece.hub)
    root = Path(__file__).parents[1]
    command = [sys.executable, "-W", "ignore", "-m", "hypergraph_bench.worker", piece.library]
    command += [str(graph), ",".join(piece.operations), f"{piece.seconds}", f"{piece.gigabytes}"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {line.pop("operation"): line for line in lines}
    if done.returncode and piece.library == "ours":
        raise SystemExit(f"{piece.name}: stopped with {done.returncode}")
    kept.write_text(json.dumps(found), encoding="utf-8")
    return found
