"""What every benchmark prints: a table for people, a file for machines."""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measured value: `baseline` is a peer's or a sober one's, `goal` the issue's figure.

    `curve` is the validation score by epoch of the first seed, where there was training.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    goal: float | None = None
    more_is_better: bool = True
    note: str = ""
    curve: Sequence[float] = ()

    @property
    def holds(self) -> bool | None:
        """Tell whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal

    def as_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        names = ("name", "value", "unit", "baseline", "goal", "holds")
        told = {name: getattr(self, name) for name in names}
        more = {"note": self.note, "curve": list(self.curve)}
        return {**told, **{name: value for name, value in more.items() if value}}


def arguments(about: str | None, *, tune: bool = False, words: bool = False) -> argparse.Namespace:
    """Return the options that all benchmarks have."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, about a minute")
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    if words:
        parser.add_argument("--words", action="store_true", help="whole sizes, without vectors")
    if tune:
        parser.add_argument(
            "--tune", metavar="FILE", help="run the questions that tune; write scores"
        )
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """Return what the figures depend on besides the code."""
    packages = (
        *("numpy", "torch", "faiss-cpu", "faiss-gpu", "sentence-transformers", "bm25s"),
        *("scipy", "hypernetx", "xgi", "hypergraphx"),
    )
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
        **{name: found for name in packages if (found := _version(name))},
    }


def show(options: argparse.Namespace, rows: Sequence[Row], *, keep: bool = False) -> None:
    """Print the machine and the table, and write the JSON file if one is wanted.

    With `keep`, rows of other names that stand in the file stay there.
    """
    where = machine()
    print(", ".join(f"{name} {value}" for name, value in where.items()))
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        print(f"{row.name:<{width}}  {_told(row)}")
    if options.json:
        path = Path(options.json)
        told = [row.as_dict() for row in rows]
        if keep and path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))["rows"]
            told = [*(row for row in before if row["name"] not in {r.name for r in rows}), *told]
        result = {"machine": where, "rows": told}
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _told(row: Row) -> str:
    parts = [f"{row.value:>8.4g} {row.unit:<6}"]
    if row.baseline is not None:
        parts.append(f"baseline {row.baseline:.4g}")
    if row.goal is not None:
        parts.append(f"goal {row.goal:.4g} {'met' if row.holds else 'MISSED'}")
    return "  ".join([*parts, row.note]).rstrip()


def _processor() -> str:
    names = Path("/proc/cpuinfo")
    if names.exists():
        for line in names.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
