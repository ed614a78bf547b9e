"""Settings: `paperflow.toml` in the workspace, then PAPERFLOW_* variables, then options."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from paperflow.errors import BadInput

FILE = "paperflow.toml"
_LEAST = {"workers": 0, "limit": 1}
_CHOICES = {"heads": ("on", "off")}
_KINDS = {bool: "true or false", int: "a whole number", str: "a text"}
_TRUTH = {"0": False, "false": False, "1": True, "true": True}


_SECRET = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
_SHORTEST_KEY = 8  # characters; what is shorter is too common a word to be taken out of texts


def without_keys(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return `text` with the names of the environment's keys in the place of the keys."""
    for name, value in sorted(environment.items()):
        if _SECRET.search(name) and len(value) >= _SHORTEST_KEY:
            text = text.replace(value, f"[{name}]")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user may set once for a workspace."""

    encoder: str = "minilm"  # a packaged name, a sentence-transformers name, or a folder
    store: str = ""  # URL of the store; empty: store.sqlite in the workspace
    workers: int = 0  # processes for analysis; 0: one a core
    heads: str = "off"  # "on": trained heads find terms and relations too, about ten times slower
    model: str = ""  # language model, "provider:name"; it is asked only where this is set
    model_url: str = ""  # OpenAI-compatible address of the model, such as a server of your own
    model_prices: str = ""  # of a million tokens sent and received, for estimates: 0.25/2
    mode: str = "balanced"  # of discovery: stable, balanced, or discovery
    limit: int = 20  # papers that discovery lists
    sources: str = ""  # where discovery searches beside the library: arxiv,openalex
    contact: str = ""  # your e-mail address, told to the services that are asked
    mirrors: str = ""  # other addresses of services: arxiv=https://mirror.example,…
    offline: bool = False  # never leave this machine


def load_settings(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of a workspace's folder; an unknown key is an error."""
    values = {**_from_file(folder / FILE), **_from_environment(environment)}
    kinds = {item.name: type(item.default) for item in fields(Settings)}
    typed = {name: _typed(name, value, kinds[name]) for name, value in values.items()}
    for name, least in _LEAST.items():
        if typed.get(name, least) < least:
            raise BadInput(f"setting {name} can't be {typed[name]}", hint=f"use {least} or more")
    for name, choices in _CHOICES.items():
        if typed.get(name, choices[0]) not in choices:
            raise BadInput(
                f"setting {name} can't be {typed[name]!r}", hint=f"use {' or '.join(choices)}"
            )
    return Settings(**typed)


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {error}", hint="mend the file or remove it") from error
    for name in values:
        if name not in _names():
            near = get_close_matches(name, _names(), n=1)
            raise BadInput(
                f"{path}: unknown setting {name!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_names())}",
            )
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    named = {name: f"PAPERFLOW_{name.upper()}" for name in _names()}
    values = {name: environment[key] for name, key in named.items() if environment.get(key)}
    return {name: _from_text(value) for name, value in values.items()}


def _from_text(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdecimal() else text


def _names() -> list[str]:
    return [item.name for item in fields(Settings)]


def _typed(name: str, value: Any, kind: type) -> Any:
    if kind is str and type(value) is int:  # a folder may be called 2024
        return str(value)
    if kind is bool:
        value = _TRUTH.get(str(value).lower(), value)
    if type(value) is kind:
        return value
    hint = f"set {name} in {FILE} or PAPERFLOW_{name.upper()} to {_KINDS[kind]}"
    raise BadInput(f"setting {name} can't be {value!r}", hint=hint)
