"""The records that every part takes or gives: small, frozen, named as the field names them.

Offsets are counted in Unicode code points of the passage's text, ends exclusive.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple, Self

Extra = Mapping[str, str]


def fingerprint(*parts: str) -> str:
    """Return a 128-bit hash of `parts`, the same in every process and on every machine."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Context(NamedTuple):
    """A sentence that cites `work` ("doi:…", "arxiv:…"), and what for; either may be unknown."""

    work: str
    sentence: str = ""
    intent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work, or what one source says of it. An empty field means: not stated.

    `date` is ISO 8601, as exact as known ("2020", "2020-12", "2020-12-17"), with
    "XXXX" for a year that the source does not print (EDTF). `references` name
    cited works as "doi:…" or "arxiv:…", `contexts` how it cites them, as far as a source
    tells. `extra` holds every field of the user's
    that has no place here. `id` is given by the store.
    """

    title: str
    id: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    year: int | None = None
    date: str = ""
    venue: str = ""
    kind: str = ""
    doi: str = ""
    arxiv_id: str = ""
    primary_class: str = ""
    url: str = ""
    pdf_url: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    contexts: tuple[Context, ...] = ()
    citation_count: int | None = None
    sources: tuple[str, ...] = ()
    extra: Extra = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the filled fields in their order, ready for JSON."""
        return {name: value for name, value in _fields(self).items() if value not in _EMPTY}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Undo `as_dict`; unknown keys go to `extra` as text."""
        known = {key: _plain(value) for key, value in values.items() if key in _PAPER_FIELDS}
        other = {
            key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for key, value in values.items()
            if key not in _PAPER_FIELDS and value not in _EMPTY
        }
        if other:
            known["extra"] = {**dict(known.get("extra") or {}), **other}
        return cls(**known)

    @property
    def content_hash(self) -> str:
        """Return the hash of the text that is searched, embedded, and analysed."""
        return fingerprint(self.title, self.abstract)


_EMPTY: tuple[Any, ...] = ("", None, (), {}, [])
_PAPER_FIELDS = tuple(item.name for item in dataclasses.fields(Paper))


def _fields(record: Any) -> dict[str, Any]:
    """Return a record's fields as plain JSON values."""
    values = ((item.name, getattr(record, item.name)) for item in dataclasses.fields(record))
    return {name: _listed(value) if isinstance(value, tuple) else value for name, value in values}


def _listed(values: tuple[Any, ...]) -> list[Any]:
    return [item._asdict() if isinstance(item, Context) else item for item in values]


def _plain(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return tuple(Context(**item) if isinstance(item, dict) else item for item in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a paper's text: `section` is the path of headings, " / " between them.

    `kind` is one of `documents.BLOCK_KINDS`; a record's passages are paragraphs.
    """

    id: str
    paper_id: str
    ordinal: int
    section: str
    text: str
    page: int | None = None
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a fact stands: `quote` is `passage.text[start:end]`, always."""

    passage_id: str
    paper_id: str
    start: int
    end: int
    quote: str


def quote(passage: Passage, start: int, end: int) -> Evidence:
    """Return the evidence that `passage` holds between `start` and `end`."""
    text = passage.text[start:end]
    return Evidence(
        passage_id=passage.id, paper_id=passage.paper_id, start=start, end=end, quote=text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A node of the typed graph. Same `type` and `key` means the same node, in any paper."""

    id: str
    type: str
    label: str
    key: str
    evidence: tuple[Evidence, ...] = ()
    properties: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A typed edge from the entity `source` to the entity `target`."""

    id: str
    type: str
    source: str
    target: str
    evidence: tuple[Evidence, ...] = ()
    properties: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """An entity's part in a statement: `role` is subject, object, or context."""

    entity_id: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperedge:
    """One statement: who takes part, in which relation, in which sentence."""

    id: str
    relation: str
    participants: tuple[Participant, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one extractor found in one paper."""

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    hyperedges: tuple[Hyperedge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An input that could not be read, and why."""

    item: str
    reason: str


def entity_id(type: str, key: str) -> str:
    """Return the id of the entity of this type and key."""
    return f"{type}:{fingerprint(type, key)[:16]}"


def is_unnamed(label: str, key: str) -> bool:
    """Tell whether a label says of a work no more than its key, "doi:…" or "arxiv:…"."""
    return key.startswith(("doi:", "arxiv:")) and label.casefold() == key.casefold()


def relation_id(type: str, source: str, target: str) -> str:
    """Return the id of the edge of this type between two entities."""
    return f"edge:{fingerprint(type, source, target)[:20]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a model, or a rule, holds likely: no fact, and kept apart from facts.

    `kind` is citation, concepts, or reading; `source` is "" where it is the reader. `score` is in
    [0, 1]: where `calibrated`, the share of validation cases scored alike that were right.
    """

    kind: str
    source: str
    target: str
    source_label: str = ""
    target_label: str = ""
    score: float
    calibrated: bool = False
    reasons: tuple[str, ...] = ()
    model: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields in their order, ready for JSON."""
        return _fields(self)
