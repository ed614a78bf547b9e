"""Prompts are files beside this one; what papers say is handed over as data, never as orders.

A prompt file begins with a line `version: N` and an empty line. Every prompt ends with the
rule on what is data, `prompts/data.md`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from paperflow.extract.model.data import fenced

__all__ = ["Prompt", "fenced", "named_by_hash", "prompt"]

_RULE = "data"
_FIRST_LINE = re.compile(r"version: (\d+)\n\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Instructions for a model; `hash` is of the text, its first 16 hexadecimal digits."""

    name: str
    version: int
    text: str
    hash: str


@cache
def prompt(name: str) -> Prompt:
    """Return the instructions in `prompts/NAME.md`, followed by the rule on what is data."""
    version, text = _read(name)
    whole = f"{text}\n\n{_read(_RULE)[1]}\n"
    return Prompt(name, version, whole, sha256(whole.encode()).hexdigest()[:16])


def named_by_hash(prompts: Iterable[Prompt]) -> list[dict[str, Any]]:
    """Return what a manifest says of prompts: name, version, and hash, sorted, each once."""
    used = {item.name: item for item in prompts}
    return [
        {"name": name, "version": item.version, "hash": item.hash}
        for name, item in sorted(used.items())
    ]


def _read(name: str) -> tuple[int, str]:
    """Return the version and the text of a prompt file."""
    written = (files("paperflow") / "agents" / "prompts" / f"{name}.md").read_text("utf-8")
    first = _FIRST_LINE.match(written)
    if not first:
        raise ValueError(f"the prompt {name} has no version")
    return int(first[1]), written[first.end() :].strip()
