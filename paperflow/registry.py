"""Names of parts and where each lives; loaded on use, extensible by entry points."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pkgutil import resolve_name
from typing import Any

from paperflow.errors import UnknownName


@dataclass(frozen=True)
class Registry:
    """Parts of one kind, each a name and the `module:attribute` that holds it.

    Other packages add parts with an entry point in the group `paperflow.KINDs`,
    for example `paperflow.sources`; a built-in name can't be taken over.
    """

    kind: str
    builtin: Mapping[str, str]

    @cached_property
    def _plugins(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=f"paperflow.{self.kind}s")}

    def names(self) -> list[str]:
        """Return every known name, sorted."""
        return sorted({*self.builtin, *self._plugins})

    def load(self, name: str) -> Any:
        """Import and return the part called `name`; raise UnknownName with the nearest name."""
        if target := self.builtin.get(name):
            return resolve_name(target)
        if point := self._plugins.get(name):
            return point.load()
        near = get_close_matches(name, self.names(), n=1)
        raise UnknownName(
            f"no {self.kind} named {name!r}",
            hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self.names())}",
        )
