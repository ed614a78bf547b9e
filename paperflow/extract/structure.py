"""What a record states outright: paper, authors, venue, and cited works."""

import re
import unicodedata
from collections.abc import Iterator

from paperflow.extract.gather import Gathering
from paperflow.extract.lexicon import venues
from paperflow.extract.passages import RECORD
from paperflow.extract.reading import Reading
from paperflow.records import Evidence, Facts, Paper, Passage, quote
from paperflow.store.identity import canonical, strong_keys

_YEAR = re.compile(
    r"\s*[,(]?\s*['’]?\b(?:(?:19|20)\d\d|\d\d(?=\s*$))\b\)?|(?<=[A-Za-z])(?:19|20)\d\d$"
)
_ORDINAL = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|proceedings of(?: the)?|in proc\.?(?: of)?|annual|the)\b",
    re.IGNORECASE,
)


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return the paper's node, its authors, venue and cited works, and the edges to them.

    A cited work is a paper too: its key is the id that it has where the library holds it.
    """
    paper, passages = reading.paper, reading.passages
    gathering = Gathering()
    if not passages or not paper_key(paper):
        return gathering.facts()
    first = passages[0]
    label = " ".join(paper.title.split()) or paper.id
    whole = quote(first, 0, len(first.text))
    year = {} if paper.year is None else {"year": str(paper.year)}
    node = gathering.entity("paper", paper_key(paper), label, [whole], year)
    for record in (passage for passage in passages if passage.section == RECORD):
        for type, edge, key, name, evidence in _stated(paper, record):
            target = gathering.entity(type, key, name, [evidence])
            gathering.relation(edge, node, target, [evidence])
    return gathering.facts()


def paper_key(paper: Paper) -> str:
    """Return the key of the paper's node: its id in the library, else its title."""
    return paper.id or " ".join(paper.title.split())


def _stated(paper: Paper, record: Passage) -> Iterator[tuple[str, str, str, str, Evidence]]:
    """Yield entity type, edge type, key, label, and quote of everything that the record states."""
    end = 0
    for name in paper.authors:
        found = find(record, name, end)
        if found and author_key(name):
            end = found.end
            yield "author", "authored_by", author_key(name), " ".join(name.split()), found
    if (venue := venue_name(paper.venue)) and (found := find(record, paper.venue, end)):
        end = found.end
        yield "venue", "published_in", venue.casefold(), venue, found
    for reference in paper.references:
        if reference.strip() and (found := find(record, reference, end)):
            end = found.end
            yield "paper", "cites", reference_key(reference), reference.strip(), found


def find(record: Passage, text: str, start: int = 0) -> Evidence | None:
    """Return where the record says `text`, from the character `start` on, or None."""
    at = record.text.find(text, start)
    return quote(record, at, at + len(text)) if text.strip() and at >= 0 else None


def reference_key(reference: str) -> str:
    """Return the id that the cited work has where the library holds it."""
    reference = reference.strip()
    scheme, _, value = reference.partition(":")
    doi, arxiv = (value if scheme == name else "" for name in ("doi", "arxiv"))
    work = Paper(title="", doi=doi, arxiv_id=arxiv)
    return next(iter(strong_keys(canonical(work))), reference)


def author_key(name: str) -> str:
    """Return a name without case, accents and punctuation: "Last, First" is "first last"."""
    if name.count(",") == 1:
        name = " ".join(reversed(name.split(",")))
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w\s-]|_", " ", plain).casefold().split())


def venue_name(venue: str) -> str:
    """Return the short name of a venue where it is known, without year and ordinal."""
    bare = _YEAR.sub("", venue)
    known = venues()
    for name in (venue, bare, _ORDINAL.sub("", bare)):
        plain = " ".join(name.split()).strip(" ,.()")
        if plain.lower() in known:
            return known[plain.lower()]
    return " ".join(bare.split()).strip(" ,.()")
