"""Answers held against one another, and the rows of the table."""

import statistics
from collections.abc import Mapping
from typing import Any

from report import Row

from hypergraph_bench.plan import HUB, Found, Piece

All = Mapping[str, Found]  # by name of the piece

SMALL, PAPER, HUGE = 16_010, 320_201, 20_012_562  # hyperedges of the three sizes
BATCH = 30_000  # paths in a batch: ten thousand for each s
TRUTH = ("with_scipy", "ours")  # whose answer is taken to be right, the first that has one


def check(pieces: list[Piece], found: All) -> None:
    """Stop where two libraries answer differently: nothing wrong is timed."""
    for piece in pieces:
        for operation, said in found[piece.name].items():
            if piece.library == "ours" and "stopped" in said:
                raise SystemExit(f"not timed: {piece.name}: {operation} {said['stopped']}")
            size = piece.name.partition("-")[2]
            right = _right(found, size, operation)
            if said.get("said") is not None and right is not None and said["said"] != right:
                raise SystemExit(f"not timed: {piece.name} is wrong about {operation}")


def _right(found: All, size: str, operation: str) -> Any:
    for library in TRUTH:
        said = found.get(f"{library}-{size}", {}).get(operation, {}).get("said")
        if said is not None:
            return said
    return None


def rows(found: All) -> list[Row]:
    """Return every row whose pieces have run."""
    made = [*_small(found), *_paper(found), *_in_store(found, PAPER), *_hub(found), *_huge(found)]
    return [row for row in made if row is not None]


def _small(found: All) -> list[Row | None]:
    ours = f"ours-{SMALL}"
    times = [
        _ratio(found, "s=2 components", peer, SMALL, goal)
        for peer, goal in (("hypernetx", 5_000), ("xgi", 2_000), ("hypergraphx", None))
    ]
    paths = [
        _ratio(found, "few s=2 paths", peer, SMALL, None) for peer in ("xgi", "hypernetx", "scipy")
    ]
    return [*times, *paths, _each(found, ours, "s=2 paths", "p50", None), *_in_store(found, SMALL)]


def _paper(found: All) -> list[Row | None]:
    ours, scipy = f"ours-{PAPER}", f"with_scipy-{PAPER}"
    return [
        _time(found, ours, "build from arrays", 0.1, f"with_hypernetx-{PAPER}"),
        _time(found, ours, "s=1 components", 0.02, f"with_xgi-{PAPER}"),
        _time(found, ours, "s=2 components", 0.2, scipy),
        _time(found, ours, "s=1 distances", 0.06, scipy),
        _each(found, ours, "s=1 paths", "p50", None),
        _each(found, ours, "s=2 paths", "p50", 0.1),
        _each(found, ours, "s=2 paths", "p95", 5),
        _each(found, ours, "s=3 paths", "p50", None),
        _each(found, ours, "ten s=1 paths", "p50", 1),
        _each(found, ours, "ten s=1 paths", "mean", 10),
        _rate(found, ours),
        _arrays(found, ours, "s=3 arrays", 25),
        _ratio(found, "build from labels", "hypernetx", PAPER, 100),
        _ratio(found, "build from labels", "xgi", PAPER, 10),
        _ratio(found, "build from labels", "hypergraphx", PAPER, None),
        _ratio(found, "build from arrays", "hypernetx", PAPER, 1_000),
        _ratio(found, "s=1 components", "xgi", PAPER, None),
        _ratio(found, "s=1 components", "hypergraphx", PAPER, None),
        _ratio(found, "s=2 components", "scipy", PAPER, None),
        _ratio(found, "add one paper", "hypernetx", PAPER, None),
    ]


def _in_store(found: All, size: int) -> list[Row | None]:
    piece, goal = f"in_store-{size}", size == PAPER
    added = (f"add one paper of {count} to the store" for count in (10, 100, 290))
    return [
        _each(found, piece, "first answer", "p50", 50 if goal else None),
        _each(found, piece, "first answer", "p95", None),
        *(_each(found, piece, name, "p50", 10 if goal else None) for name in added),
    ]


def _hub(found: All) -> list[Row | None]:
    """Return the same with a concept in one statement of twenty: nothing may break down."""
    ours = f"ours-{PAPER}-hub-{HUB:g}"
    return [
        _time(found, ours, "s=2 components", None),
        _time(found, ours, "s=1 distances", None),
        _each(found, ours, "s=1 paths", "p50", None),
        _each(found, ours, "s=2 paths", "p50", None),
        _each(found, ours, "s=2 paths", "p95", None),
        _arrays(found, ours, "s=3 arrays", None),
    ]


def _huge(found: All) -> list[Row | None]:
    ours = f"ours-{HUGE}"
    return [
        _time(found, ours, "build from arrays", 10),
        _time(found, ours, "s=1 components", None, f"with_scipy-{HUGE}"),
        _time(found, ours, "s=2 lift", 20),
        _time(found, ours, "s=2 components", None),
        _time(found, ours, "s=1 distances", None),
        _each(found, ours, "s=1 paths", "p50", 1),
        _each(found, ours, "s=1 paths", "p95", 30),
        _each(found, ours, "s=2 paths", "p50", 1),
        _each(found, ours, "s=2 paths", "p95", 30),
        _arrays(found, ours, "s=2 arrays", 1_000),
    ]


def _size(piece: str) -> str:
    """Return the hyperedges of a piece, and its hub, for a row's name."""
    _, count, *hub = piece.split("-", 2)
    return f"{int(count):,}" + (" with a hub" if hub else "")


def _measured(found: All, piece: str, operation: str) -> Mapping[str, Any] | None:
    said = found.get(piece, {}).get(operation)
    return said if said and "cpu" in said else None


def _time(found: All, piece: str, operation: str, goal: float | None, peer: str = "") -> Row | None:
    said = _measured(found, piece, operation)
    if said is None:
        return None
    other = _measured(found, peer, operation)
    return Row(
        f"{_size(piece)}: {operation}", said["cpu"], "s CPU", other["cpu"] if other else None,
        goal, more_is_better=False, note=f"wall {said['wall']:.3g} s",
    )  # fmt: skip


def _each(found: All, piece: str, operation: str, part: str, goal: float | None) -> Row | None:
    said = _measured(found, piece, operation)
    if said is None:
        return None
    times = sorted(1e3 * value for value in said["each"])
    value = {
        "p50": statistics.median(times),
        "p95": times[int(0.95 * (len(times) - 1))],
        "mean": statistics.fmean(times),
    }[part]
    name = f"{_size(piece)}: {operation}, {part}"
    joined = sum(map(bool, said["said"] or ())) / len(times)
    note = f"{len(times)} pairs, {joined:.0%} joined" if said["said"] else f"{len(times)} times"
    return Row(name, value, "ms", None, goal, more_is_better=False, note=note)


def _rate(found: All, piece: str) -> Row | None:
    said = _measured(found, piece, "batch of paths")
    if said is None:
        return None
    name = f"{_size(piece)}: exact shortest paths, s in 1-3, with witnesses"
    return Row(name, BATCH / said["cpu"], "/s", None, 10_000)


def _arrays(found: All, piece: str, operation: str, goal: float | None) -> Row | None:
    said = _measured(found, piece, operation)
    if said is None:
        return None
    name = f"{_size(piece)}: arrays with lifts to {operation.removesuffix(' arrays')}"
    return Row(name, said["said"] / 1e6, "MB", None, goal, more_is_better=False)


def _ratio(found: All, operation: str, peer: str, size: int, goal: float | None) -> Row | None:
    """Return how many times the CPU time of ours a peer takes; at least, where it was stopped."""
    ours, said = (found.get(f"{lib}-{size}", {}).get(operation) for lib in ("ours", f"with_{peer}"))
    if not ours or not said:
        return None
    name = f"{size:,}: {operation}, times faster than {peer}"
    if "after" in said:
        return Row(name, said["after"] / ours["cpu"], "x", None, goal, note=said["stopped"])
    if "stopped" in said:
        return None
    value = said["cpu"] / ours["cpu"]
    return Row(name, value, "x", None, goal, note=f"{said['cpu']:.3g} s to {ours['cpu']:.3g} s")
