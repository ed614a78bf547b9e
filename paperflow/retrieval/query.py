"""What a reader wants: the topic, and the venue, years, authors and sources that go with it.

Everything is found by rule, shown to the reader, and can be overridden.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from paperflow.extract.lexicon import venues
from paperflow.retrieval.rules import Reader, read
from paperflow.retrieval.text import REQUEST_WORDS, STOP_WORDS, words
from paperflow.store import Filter, Store

# FTS5 reads every posting of every term: few and rare ones are fast and name the candidates.
MOST_TERMS = 10
MOST_POSTINGS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A wish in parts. Dates are ISO 8601, as exact as given, both ends inclusive."""

    topic: str
    since: str = ""
    until: str = ""
    venues: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def override(self, **given: str | tuple[str, ...] | None) -> "Intent":
        """Return the intent with the given parts put in place of its own; None leaves one."""
        stated: dict[str, Any] = {name: part for name, part in given.items() if part is not None}
        return dataclasses.replace(self, **stated)

    def filter(self) -> Filter:
        """Return the store's filter: venues by all their names, authors in every form.

        Sources are left out: they say where to search, not what a paper must be.
        """
        return Filter(
            since=self.since,
            until=self.until,
            venues=tuple(name for venue in self.venues for name in _venue_names(venue)),
            authors=tuple(form for author in self.authors for form in _author_forms(author)),
        )


def parse_intent(text: str, *, as_of: str = "") -> Intent:
    """Return the intent of a free text such as "graph transformers at ICLR since 2020".

    Windows such as "last 3 years" count back from the year of `as_of` and stay part of
    the topic where that is not known. `venue:`, `author:`, `source:`, `since:` and
    `until:` state a part outright, with quotes around more than one word.
    """
    reader = Reader(text, as_of)
    topic = read(reader)
    return Intent(
        topic=topic if telling(topic) or not telling(text) else "",
        since=reader.since,
        until=reader.until,
        venues=tuple(dict.fromkeys(reader.venues)),
        authors=tuple(dict.fromkeys(reader.authors)),
        sources=tuple(dict.fromkeys(reader.sources)),
    )


def terms(store: Store, topic: str) -> list[str]:
    """Return the words of `topic` that name candidates, rarest first; see `split_terms`."""
    return split_terms(store.search.document_frequency(wanted(topic)))[0]


def split_terms(frequency: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Return the rarest words, which name candidates, and those that only rank them.

    `frequency` says how many papers have each word. The first are at most `MOST_TERMS`,
    and no more than `MOST_POSTINGS` papers have in all, but two in any case. Words that no
    paper has are left out.
    """
    known = sorted((number, word) for word, number in frequency.items() if number > 0)
    sums = accumulate(number for number, _ in known)
    within = sum(total <= MOST_POSTINGS for total in sums)
    found = [word for _, word in known]
    cut = min(MOST_TERMS, max(2, within))
    return found[:cut], found[cut:]


def wanted(topic: str) -> list[str]:
    """Return the words of `topic` that say what it is about; all words if none does."""
    return telling(topic) or list(dict.fromkeys(words(topic)))


def telling(text: str) -> list[str]:
    """Return the distinct words that say what a text is about."""
    found = dict.fromkeys(words(text))
    return [word for word in found if word not in STOP_WORDS and word not in REQUEST_WORDS]


def _venue_names(venue: str) -> list[str]:
    """Return the lower-case names that a venue is known by, its own first."""
    short = venues().get(venue.lower())
    same = [name for name, other in venues().items() if short is not None and other == short]
    return list(dict.fromkeys([venue.lower(), *same]))


def _author_forms(author: str) -> list[str]:
    """Return the ways in which sources write an author: "First Last", "Last, First", "F. Last"."""
    family, _, given = author.partition(",")
    if not given:
        *before, family = author.split() or [author]
        given = " ".join(before)
    family, given = family.strip(), given.strip()
    if not given:
        return [family]
    forms = [f"{given} {family}", f"{family}, {given}", f"{given[0]}. {family}"]
    return [*forms, f"{family}, {given[0]}."]
