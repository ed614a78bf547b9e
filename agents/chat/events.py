"""What happens in a conversation, as whoever shows it is told."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """All that the answer under way says so far."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that is called, with its arguments in words."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know about how the answer comes about."""

    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A paper that an answer cites."""

    key: str
    paper_id: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer, what it cites, and what of it the library does not bear out."""

    text: str
    sources: tuple[Source, ...] = field(default=())
    doubts: tuple[str, ...] = field(default=())


Event = Text | Call | Note | Answer
