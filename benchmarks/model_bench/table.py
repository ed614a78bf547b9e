"""All kept results that have a goal, as one table in Markdown."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Told = Mapping[str, Any]  # a row of a results file

HEAD = "| task | figure | ours | runs | beside it | goal | s each | MiB |"
# What `spread` writes: the deviation and number of runs, the time of one, and the peak of memory.
COST = re.compile(r"(?:± (\S+), (\d+) seeds|1 run), ([\d,.]+) s each(?:, ([\d,]+) MiB)?")


def table(folder: Path, tasks: Iterable[str]) -> str:
    """Return the rows of `models_TASK.json` that have a goal, by task."""
    lines = [HEAD, "|---" * HEAD.count(" | ") + "|---|"]
    for task in tasks:
        path = folder / f"models_{task}.json"
        rows = json.loads(path.read_text("utf-8"))["rows"] if path.exists() else []
        lines += [_line(task, row, rows) for row in rows if row["goal"] is not None]
    return "\n".join(lines)


def _line(task: str, row: Told, rows: Sequence[Told]) -> str:
    found = COST.match(row.get("note", ""))
    spread, runs, seconds, memory = found.groups() if found else (None,) * 4
    unit = row["unit"]
    ours = _figure(row["value"], unit) + (f" ± {_figure(float(spread), unit)}" if spread else "")
    goal = f"{_figure(row['goal'], unit)} {'met' if row['holds'] else '**missed**'}"
    number = runs or ("1" if found else "")
    cells = [task, f"{row['name']}, {unit}", ours, number, _beside(row, rows), goal]
    return "| " + " | ".join([*cells, seconds or "", memory or ""]) + " |"


def _beside(row: Told, rows: Sequence[Told]) -> str:
    """Return the baseline's figure, with its name where it is a row of the same results."""
    if row["baseline"] is None:
        return ""
    same = [r["name"] for r in rows if r["value"] == row["baseline"]]
    which = _which(same[0], row["name"]) if same else ""
    return f"{which} {_figure(row['baseline'], row['unit'])}".lstrip()


def _which(name: str, other: str) -> str:
    """Return what sets a name apart from another one: both share words at either end."""
    words, others = name.split(), other.split()
    begin = _shared(words, others)
    end = _shared(words[begin:][::-1], others[begin:][::-1])
    return " ".join(words[begin : len(words) - end]).rstrip(",")


def _shared(words: Sequence[str], others: Sequence[str]) -> int:
    pairs = enumerate(zip(words, others, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(words), len(others)))


def _figure(value: float, unit: str) -> str:
    return f"{value:.1f}" if unit == "%" else f"{value:.3f}".replace("0.", ".", 1)
