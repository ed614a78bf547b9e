"""JSON: every filled field of every paper as it is stored, with its citation key."""

import json
from collections.abc import Sequence
from typing import Any, TextIO

from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.text import clean


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write an array of objects, sorted by citation key, UTF-8 and indented."""
    write_array([{"key": key, **paper.as_dict()} for key, paper in keyed(papers)], out)


def write_array(items: Sequence[Any], out: TextIO) -> None:
    """Write `items` one after the other, so that no second copy of them all is made."""
    for index, item in enumerate(items):
        out.write(",\n" if index else "[\n")
        text = json.dumps(writable(item), ensure_ascii=False, indent=2)
        out.write("\n".join(f"  {line}" for line in text.split("\n")))
    out.write("\n]\n" if items else "[]\n")


def writable(value: Any) -> Any:
    """Return `value` with texts that UTF-8 can hold and mappings sorted by key."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {writable(str(key)): writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [writable(item) for item in value]
    return value
