"""JSON with one record on each line: streamed out, easy to compare, read back in one piece."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from paperflow.errors import UnreadableFile


def write_rows(
    out: TextIO, head: Mapping[str, Any], lists: Mapping[str, Iterable[Mapping[str, Any]]]
) -> None:
    """Write one JSON object: the members of `head`, then each list, one record on a line."""
    out.write("{")
    for number, (name, value) in enumerate(head.items()):
        out.write(f"{',' if number else ''}\n{_dump(name)}: {_dump(value)}")
    for number, (name, records) in enumerate(lists.items()):
        out.write(f"{',' if number or head else ''}\n{_dump(name)}: [")
        for place, record in enumerate(records):
            out.write(f"{',' if place else ''}\n{_dump(record)}")
        out.write("\n]")
    out.write("\n}\n")


def read_object(source: TextIO) -> dict[str, Any]:
    """Return the JSON object in a file; raise UnreadableFile where there is none."""
    try:
        found = json.load(source)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnreadableFile(f"a JSON object is needed, not {type(found).__name__}")
    return found


def read_list(values: Mapping[str, Any], *names: str) -> list[Any]:
    """Return the list under the first of `names` that is there, [] where none is."""
    found: Any = next((values[name] for name in names if name in values), [])
    if not isinstance(found, list):
        raise UnreadableFile(f"{names[0]!r} must be a list")
    return found


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
