"""JSON values out of a file of any size: one a line, an array, or an object around an array."""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from paperflow.errors import UnreadableFile
from paperflow.readers.file import MAX_LINE, File
from paperflow.records import Failure

_WRAPPERS = ("papers", "items", "data", "results", "records", "references")
_LEADING = re.compile(r"[\s,]*")
_LONGEST_TOKEN = 16  # characters of a literal, an escape, or a short number
_PROBED = 20  # lines of the head in which a whole object shows that there is one a line


def objects(file: File) -> Iterator[tuple[str, dict[str, Any]] | Failure]:
    """Yield each object with the place where it stands, and a Failure for what is none."""
    start = file.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    pairs = _lines(file) if _one_a_line(start, file.name) else _values(file)
    for pair in pairs:
        if isinstance(pair, Failure):
            yield pair
        elif isinstance(pair[1], dict):
            yield from _unwrapped(*pair)
        else:
            yield file.failure(pair[0], "it is no JSON object")


def _one_a_line(head: bytes, name: str) -> bool:
    """Tell whether whole objects stand on lines of their own."""
    if head.startswith(b"["):
        return False
    if name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return True
    return any(_is_object(line) for line in head.splitlines()[:_PROBED])


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _unwrapped(place: str, value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an object, or those in the one list that it holds under a known name."""
    lists = [name for name in _WRAPPERS if isinstance(value.get(name), list)]
    if len(lists) != 1 or "title" in value:
        yield place, value
        return
    for number, item in enumerate(value[lists[0]], 1):
        yield f"record {number}", item if isinstance(item, dict) else {}


def _lines(file: File) -> Iterator[tuple[str, Any] | Failure]:
    for number, line in file.numbered_lines():
        place = f"line {number}"
        if line is None:
            yield file.failure(place, f"it is longer than {MAX_LINE >> 20} MB")
        elif line.strip():
            try:
                yield place, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield file.failure(place, _reason(error))


def _values(file: File) -> Iterator[tuple[str, Any] | Failure]:
    """Yield the items of an array, or values one after the other, as they arrive.

    JSON has no place to start again after an error: the first one ends the reading.
    """
    feed = _Feed(file)
    array = feed.take("[")
    for number in count(1):
        if feed.at_end() and not array:
            return
        if array and feed.take("]"):
            return
        try:
            yield f"record {number}", feed.value()
        except (ValueError, RecursionError) as error:
            yield file.failure(f"record {number}", f"{_reason(error)}; the rest was not read")
            return


class _Feed:
    """JSON text that arrives in pieces; only what is not yet understood is held."""

    def __init__(self, file: File) -> None:
        self._chunks = file.chunks()
        self._text = next(self._chunks, "").lstrip("\ufeff")
        self._position = 0

    def at_end(self) -> bool:
        """Skip blanks and commas; tell whether nothing is left."""
        while True:
            blanks = _LEADING.match(self._text, self._position)
            self._position = blanks.end() if blanks else self._position
            if self._position < len(self._text) or not self._more():
                return self._position == len(self._text)

    def take(self, letter: str) -> bool:
        """Step over `letter` if it comes next."""
        found = not self.at_end() and self._text[self._position] == letter
        self._position += found
        return found

    def value(self) -> Any:
        """Return the next value; raise ValueError when it is broken or does not end."""
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                if self._certain(error) or not self._more():
                    raise
                continue
            self._position = end
            return value

    def _certain(self, error: json.JSONDecodeError) -> bool:
        """Tell an error in the text from one where the text has not arrived yet."""
        open_string = error.msg.startswith("Unterminated string")
        return not open_string and error.pos < len(self._text) - _LONGEST_TOKEN

    def _more(self) -> bool:
        chunk = next(self._chunks, "")
        self._text, self._position = self._text[self._position :] + chunk, 0
        if len(self._text) > MAX_LINE:
            raise UnreadableFile(f"a record is longer than {MAX_LINE >> 20} MB, or broken")
        return bool(chunk)


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if not isinstance(error, json.JSONDecodeError):
        return "it holds a number with too many digits"
    if error.msg.startswith("Unterminated string") or error.pos >= len(error.doc.rstrip()):
        return "it breaks off"
    near = error.doc[error.pos : error.pos + 20]
    return f"it is no JSON: {error.msg[:1].lower()}{error.msg[1:]} at {near!r}"
