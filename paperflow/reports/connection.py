"""Statements about concepts, and how they join two: plain data, text, and JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from paperflow.reports.text import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A concept in a statement, with its roles there."""

    id: str
    label: str
    type: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A statement of a route; `shared` are the ids of its members that the next one has too."""

    id: str
    relation: str
    members: tuple[Member, ...]
    shared: tuple[str, ...] = ()
    quote: str = ""
    paper_id: str = ""
    key: str = ""
    year: int = 0

    def labels(self, ids: tuple[str, ...]) -> list[str]:
        """Return the labels of the members with these ids."""
        return [member.label for member in self.members if member.id in ids]

    def as_lines(self) -> list[str]:
        """Return it as lines to read: who takes part, the quote, and what the next one shares."""
        members = ", ".join(map(_named, self.members))
        lines = [f"   {self.relation.replace('_', ' ')}: {members}"]
        if self.quote:
            lines.append(f"      “{self.quote}” [{self.key or self.paper_id}]")
        if self.shared:
            lines.append(f"      shared with the next: {', '.join(self.labels(self.shared))}")
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Routes between two concepts, shortest first; `ends` are those concepts.

    Neighbouring statements share at least `s` concepts. Not `complete` where the search was
    given up before all routes asked for were found.
    """

    ends: tuple[Member, Member]
    s: int
    routes: tuple[tuple[Step, ...], ...] = ()
    complete: bool = True

    @property
    def headline(self) -> str:
        """Return what was found, in one line."""
        source, target = (end.label for end in self.ends)
        sharing = f"statements that share at least {counted(self.s, 'concept')}"
        if not self.routes:
            return f"no {sharing} lead from {source} to {target}"
        found = counted(len(self.routes), "path")
        return f"{source} to {target}: {found} through {sharing}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the reader has to know about the search."""
        return () if self.complete else ("the search was given up early: there may be more paths",)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the routes as lines to read, each statement with its quote."""
        lines = [self.headline]
        for number, route in enumerate(self.routes, start=1):
            lines.append(f"\n{number}. {counted(len(route), 'statement')}")
            for step in route:
                lines += step.as_lines()
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The statements in which a concept stands, the latest first; `left_out` are not listed."""

    concept: Member
    steps: tuple[Step, ...] = ()
    left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the statements as lines to read, each with its quote."""
        found = counted(len(self.steps) + self.left_out, "statement")
        lines = [f"{self.concept.label} ({self.concept.type}): {found}"]
        for step in self.steps:
            lines += step.as_lines()
        return "\n".join(lines)


def _named(member: Member) -> str:
    return f"{member.label} ({', '.join(member.roles)})" if member.roles else member.label
