"""The word lists of data/lexicons, each read once in a process."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from paperflow.extract.words import phrase_key

NAMED_TYPES = {
    "datasets.txt": "dataset",
    "metrics.txt": "metric",
    "tasks.txt": "task",
    "methods.txt": "method",
    "concepts.txt": "concept",
}
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh|[^aeiou]o)$")
_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][bdglmnprt]$")  # drop, plan, stem, but not learn


@dataclass(frozen=True, slots=True)
class Term:
    """A term that the lists know: its label, key, and type."""

    label: str
    key: str
    type: str
    name: str = ""  # spelled so in the text, where the list spells it with capitals


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb: `noun` tells that the form is a noun in papers as well."""

    lemma: str
    form: str  # "base", "s", "ed" or "ing"
    noun: bool = False


def _lines(name: str) -> Iterator[str]:
    text = files("paperflow").joinpath("data", "lexicons", name).read_text("utf-8")
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of a plain list."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def phrase_list(name: str) -> frozenset[str]:
    """Return the keys of a list of phrases, one a line."""
    return frozenset(phrase_key(line) for line in _lines(name))


@cache
def generic(section: str) -> frozenset[str]:
    """Return the words of one section of generic.txt: leading, trailing, or plain."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _lines("generic.txt"):
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        else:
            current += line.split()
    return frozenset(found[section])


@cache
def verbs() -> dict[str, Verb]:
    """Return every form of every verb of verbs.txt."""
    forms: dict[str, Verb] = {}
    for line in _lines("verbs.txt"):
        for item in line.split():
            base, _, irregular = item.partition(":")
            for form, verb in _inflected(base.rstrip("~"), base.endswith("~")):
                forms.setdefault(form, verb)
            for form in filter(None, irregular.split(",")):
                spelled = form.rstrip("~")
                kind = "ing" if spelled.endswith("ing") else "s" if spelled[-1] == "s" else "ed"
                forms[spelled] = Verb(base.rstrip("~"), kind, form.endswith("~"))
    return forms


def _inflected(base: str, noun: bool) -> Iterator[tuple[str, Verb]]:
    stem = base[:-1] if base.endswith("e") and not base.endswith("ee") else base
    third = base + "es" if _SIBILANT.search(base) else base + "s"
    past = stem + "ed"
    if _CONSONANT_Y.search(base):
        third, past = base[:-1] + "ies", base[:-1] + "ied"
    yield base, Verb(base, "base", noun)
    yield third, Verb(base, "s", noun)
    yield past, Verb(base, "ed")
    yield stem + "ing", Verb(base, "ing")
    if _DOUBLED.search(base):
        yield base + base[-1] + "ed", Verb(base, "ed")
        yield base + base[-1] + "ing", Verb(base, "ing")


@cache
def acronyms() -> dict[str, str]:
    """Return what common acronyms stand for."""
    pairs = (line.split("\t") for line in _lines("acronyms.txt"))
    return {row[0]: row[1] for row in pairs}


@cache
def heads() -> dict[str, str]:
    """Return the type that the last word of a phrase tells."""
    rows = (line.partition(":") for line in _lines("heads.txt"))
    return {word: kind for kind, _, tail in rows for word in tail.split()}


@cache
def venues() -> dict[str, str]:
    """Return the short name of a venue by each of its names in lower case."""
    rows = ([name.strip() for name in line.split("|")] for line in _lines("venues.txt"))
    return {name.lower(): row[0] for row in rows for name in row}


@cache
def terms() -> dict[tuple[str, ...], tuple[Term, ...]]:
    """Return the known terms by the parts of their keys; one spelling may name several."""
    found: dict[tuple[str, ...], list[Term]] = {}
    for file, kind in NAMED_TYPES.items():
        for line in _lines(file):
            label, *others = [name.strip() for name in line.split("|")]
            key = phrase_key(label)
            for name in (label, *others):
                spelled = name if name != name.lower() else ""
                parts = tuple(phrase_key(name).split())
                found.setdefault(parts, []).append(Term(label, key, kind, spelled))
    for short, long in acronyms().items():
        kind, label = _type_and_label(found, phrase_key(long), long)
        term = Term(label, phrase_key(long), kind, short)
        found.setdefault(tuple(phrase_key(short).split()), []).append(term)
    return {parts: tuple(known) for parts, known in found.items()}


def _type_and_label(
    found: dict[tuple[str, ...], list[Term]], key: str, long: str
) -> tuple[str, str]:
    """Return type and label of what an acronym stands for, listed or told by its last word."""
    listed = found.get(tuple(key.split()))
    if listed:
        return listed[0].type, listed[0].label
    return heads().get(key.split()[-1], "concept"), long


@cache
def types_by_key() -> dict[str, tuple[str, str]]:
    """Return type and label of every known key."""
    listed = (term for known in terms().values() for term in known)
    return {term.key: (term.type, term.label) for term in sorted(listed, key=repr, reverse=True)}
