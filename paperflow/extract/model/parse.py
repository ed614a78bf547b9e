"""A model's reply to what it says: thoughts, fences and small slips are passed over."""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from paperflow.extract.model.schema import Extraction

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning|reflection)>.*?</\1>", re.DOTALL | re.I)
_OPENED = re.compile(r"<(?:think|thinking|thought|reasoning|reflection)>", re.I)
_CLOSED = re.compile(r"</(?:think|thinking|thought|reasoning|reflection)>", re.I)
_TAG_BEGUN = re.compile(r"<[/a-z]*$", re.I)
_BAD_ESCAPE = re.compile(r'(?<!\\)((?:\\\\)*)\\(?!["\\/bfnrtu])')
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_SHOWN = 80  # characters of a reply in a message


class Dropped(NamedTuple):
    """Something that a model said and that is not believed, and why."""

    what: str
    reason: str


class Unreadable(ValueError):
    """A reply that holds nothing to read; its text says why."""


def read_reply(text: str) -> tuple[Extraction, list[Dropped]]:
    """Return what a reply holds that fits the schema, and what does not; else raise Unreadable."""
    values = object_in(without_thoughts(text), Extraction.model_fields)
    kept: dict[str, list[BaseModel]] = {}
    dropped: list[Dropped] = []
    for name, field in Extraction.model_fields.items():
        items = values.get(name) or []
        kind = field.annotation.__args__[0]  # type: ignore[union-attr]
        for item in items if isinstance(items, list) else [items]:
            try:
                kept.setdefault(name, []).append(kind.model_validate(item))
            except ValidationError as error:
                dropped.append(Dropped(_shortened(json.dumps(item)), _told(name, error)))
    return Extraction.model_validate(kept), dropped


def _told(name: str, error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"not one of the {name} that were asked for ({place}: {first['msg']})"


def without_thoughts(text: str) -> str:
    """Return the reply without what the model thought aloud before it.

    Raises Unreadable where it thought aloud and said nothing else.
    """
    plain = _unthought(text)
    if text.strip() and not plain.strip():
        raise Unreadable("the model thought aloud and never came to an answer")
    return plain


def spoken(text: str) -> str:
    """Return what of an unfinished reply is not thought, as far as can be told already."""
    return _TAG_BEGUN.sub("", _unthought(text)).lstrip()


def _unthought(text: str) -> str:
    plain = _CLOSED.split(_THOUGHT.sub("", text))[-1]
    opened = _OPENED.search(plain)
    return plain[: opened.start()] if opened else plain


def object_in(text: str, names: Iterable[str]) -> dict[str, Any]:
    """Return the first JSON object of the text with one of these names; else raise Unreadable."""
    if "{" not in text:
        said = f": {_shortened(text)!r}" if text.strip() else ""
        raise Unreadable(f"the model answered without JSON{said}")
    for candidate in (text, _mended(text)):
        found = _decoded(candidate, set(names))
        if found is not None:
            return found
    raise Unreadable(f"the model's JSON is broken: {_shortened(text)!r}")


def _decoded(text: str, names: set[str]) -> dict[str, Any] | None:
    decoder = json.JSONDecoder(strict=False)
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and value.keys() & names:
            return value
    return None


def _mended(text: str) -> str:
    """Return JSON with LaTeX's backslashes escaped and without commas before a bracket."""
    return _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\1\\\\", text))


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"
