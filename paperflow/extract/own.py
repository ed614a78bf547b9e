"""The terms that a paper itself names: its acronyms, its keywords, and the name in its title."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from paperflow.extract.acronyms import Definition, definitions
from paperflow.extract.known import Names, is_spelled_so
from paperflow.extract.lexicon import Term, generic, heads, terms, types_by_key
from paperflow.extract.phrases import Candidate, is_specific
from paperflow.extract.words import key_parts, phrase_key, singular, words
from paperflow.records import Paper, Passage

_LONGEST_KEYWORD = 5
_LEAST_LISTED = 4  # letters; shorter names mean too many things
_TITLE_NAME = re.compile(r"\s*([^\W_][\w.+@-]{1,29})(?:\s*\([^)]{0,20}\))?\s*[:：–—]\s")
_NO_NAME = frozenset(
    "a an the on towards toward beyond position survey review tutorial paper".split()
)


@dataclass(frozen=True, slots=True)
class Own:
    """A paper's own terms: by the parts of their spellings, and what is known of their keys."""

    names: Names = field(default_factory=dict)
    acronyms: Mapping[str, str] = field(default_factory=dict)  # key: short form
    labels: Mapping[str, str] = field(default_factory=dict)  # key: long form, or the name
    keywords: frozenset[str] = frozenset()
    title_name: str = ""  # key of "X" in the title "X: what it does"

    def is_name(self, key: str) -> bool:
        """Tell whether the key is the name that the title gives, or an acronym that is a name."""
        return key == self.title_name or self.labels.get(key, "-") == self.acronyms.get(key, "")

    def type_of(self, key: str) -> str:
        """Return the type of a key that lists or the paper itself hold, or ""."""
        parts = tuple(key.split())
        options = [*self.names.get(parts, ()), *terms().get(parts, ())]
        return next((kind for term in options if (kind := term.type or _told_by_head(parts))), "")

    def expanded(self, candidate: Candidate, surface: str) -> str:
        """Return the key of a phrase with its acronyms spelled out: of "GNN training"."""
        parts: list[str] = []
        spelled = surface.split()
        for word, shown in zip(candidate.spelled, spelled, strict=False):
            own = key_parts((word,))
            options = [*self.names.get(own, ()), *terms().get(own, ())]
            long = (t.key for t in options if t.name and is_spelled_so(t.name, shown))
            parts.append(next(long, " ".join(own)))
        return " ".join(parts) if len(spelled) == len(candidate.spelled) else candidate.key


def own_terms(paper: Paper, passages: Sequence[Passage]) -> Own:
    """Return what the paper names itself; an acronym and its long form have one key."""
    names: dict[tuple[str, ...], tuple[Term, ...]] = {}
    labels: dict[str, str] = {}
    shorts: dict[str, str] = {}
    for keyword in _keywords(paper):
        names[tuple(keyword.split())] = (_term(keyword, keyword),)
    title = title_name(paper.title)
    if title:
        names[tuple(phrase_key(title).split())] = (_term(title, phrase_key(title), title),)
        labels[phrase_key(title)] = title
    for definition in (found for passage in passages for found in definitions(passage.text)):
        _define(definition, title, names, labels, shorts)
    keywords = frozenset(_keywords(paper))
    return Own(names, shorts, labels, keywords, phrase_key(title) if title else "")


def _keywords(paper: Paper) -> list[str]:
    """Return the keys of the keywords that can be terms."""
    spelled = [tuple(word.lower for word in words(keyword)) for keyword in paper.keywords]
    return [
        " ".join(key_parts(one))
        for one in spelled
        if 0 < len(one) <= _LONGEST_KEYWORD and is_specific(one)
    ]


def title_name(title: str) -> str:
    """Return "X" of a title "X: what it does", or ""."""
    match = _TITLE_NAME.match(title)
    name = match[1] if match else ""
    key = phrase_key(name)
    if not key or name.islower() or name.lower() in _NO_NAME or name.isdigit():
        return ""
    return "" if key in heads() or not is_specific((name.lower(),)) else name


def _define(
    definition: Definition,
    title: str,
    names: dict[tuple[str, ...], tuple[Term, ...]],
    labels: dict[str, str],
    shorts: dict[str, str],
) -> None:
    """Give a short form and its long form one key: the long one's, unless the short is the name."""
    short, long_parts = _singular(definition.short), tuple(phrase_key(definition.long).split())
    if not long_parts or not phrase_key(short) or _says_nothing(definition.long):
        return
    named = _named(short, long_parts, title)
    term = named or _term(definition.long, " ".join(long_parts))
    for spelled in {short, definition.short, short + "s"}:
        parts = tuple(phrase_key(spelled).split())
        names[parts] = (Term(term.label, term.key, term.type, spelled), *names.get(parts, ()))
    names[long_parts] = (Term(term.label, term.key, term.type),)
    shorts.setdefault(term.key, short)
    labels.setdefault(term.key, short if named else definition.long)


def _says_nothing(long: str) -> bool:
    """Tell whether a long form is no term: "state-of-the-art (SOTA)"."""
    empty = generic("leading") | generic("trailing") | generic("plain")
    return phrase_key(long) not in types_by_key() and all(
        singular(word) in empty for word in long.lower().split()
    )


def _named(short: str, long_parts: tuple[str, ...], title: str) -> Term | None:
    """Return the term whose name is the short form: a listed name, or the one in the title."""
    key = phrase_key(short)
    if " ".join(long_parts) in types_by_key():
        return None
    options = terms().get(tuple(key.split()), ()) if len(short) >= _LEAST_LISTED else ()
    listed = next((term for term in options if term.key == key and term.name == short), None)
    if listed or short != title:
        return listed
    return Term(short, key, heads().get(long_parts[-1], "method"), short)


def _told_by_head(parts: tuple[str, ...]) -> str:
    return heads().get(parts[-1], "") if len(parts) > 1 else ""


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[-2:-1].isupper() else short


def _term(label: str, key: str, name: str = "") -> Term:
    """Return the listed term of this key, or a new one whose type is not known yet."""
    listed = next((term for term in terms().get(tuple(key.split()), ()) if not term.name), None)
    if listed:
        return Term(listed.label, listed.key, listed.type, name)
    kind, known = types_by_key().get(key, ("", label))
    return Term(known, key, kind, name)
