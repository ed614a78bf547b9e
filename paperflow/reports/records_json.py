"""JSON: every filled field of every paper as it is stored, with its citation key."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.text import clean


def export(papers: Sequence[Paper], out: TextIO) -> None:
    """Write an array of objects, sorted by citation key, UTF-8 and indented."""
    write_array(({"citation_key": key, **record(paper)} for key, paper in keyed(papers)), out)


def record(paper: Paper) -> dict[str, Any]:
    """Return the filled fields in their order, the user's own by name."""
    values = paper.as_dict()
    return {**values, "extra": dict(sorted(paper.extra.items()))} if paper.extra else values


def write_array(items: Iterable[Any], out: TextIO) -> None:
    """Write `items` one after the other, so that no second copy of them all is made."""
    before = "["
    for item in items:
        text = json.dumps(writable(item), ensure_ascii=False, indent=2)
        out.write(before + "\n" + "\n".join(f"  {line}" for line in text.split("\n")))
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")


def writable(value: Any) -> Any:
    """Return `value` with texts that UTF-8 can hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {writable(str(key)): writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [writable(item) for item in value]
    return value
