"""The passages of a paper of which only the record is known: title, abstract, record."""

from collections.abc import Iterator

from paperflow.records import Paper, Passage, fingerprint

TITLE, ABSTRACT, RECORD = "title", "abstract", "record"


def passages_of(paper: Paper) -> tuple[Passage, ...]:
    """Return title (ordinal 0), abstract (1) and record (2), each left out where it is empty."""
    return tuple(
        Passage(
            id=fingerprint(paper.id, str(ordinal), text),
            paper_id=paper.id,
            ordinal=ordinal,
            section=section,
            text=text,
        )
        for ordinal, (section, text) in enumerate(_texts(paper))
        if text.strip()
    )


def _texts(paper: Paper) -> Iterator[tuple[str, str]]:
    yield TITLE, paper.title
    yield ABSTRACT, paper.abstract
    yield RECORD, record_line(paper)


def record_line(paper: Paper) -> str:
    """Return authors, venue, year, references and how they are cited, for facts to quote."""
    fields = {
        "Authors": "; ".join(paper.authors),
        "Venue": paper.venue,
        "Year": "" if paper.year is None else str(paper.year),
        "References": "; ".join(paper.references),
        "Cited so": " ".join(f"{c.work}: {c.sentence}" for c in paper.contexts if c.sentence),
    }
    return ". ".join(f"{name}: {value}" for name, value in fields.items() if value.strip())
