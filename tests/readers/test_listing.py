"""Saved pages of daily papers: what is printed is read, what is not stays empty."""

from collections.abc import Callable
from pathlib import Path

import pytest

from paperflow.readers import read
from paperflow.records import Paper, fingerprint
from paperflow.store.identity import normal
from tests.readers.samples import failures, papers

PROSE = "We count the bridges of a town and say who crosses them, how often, and why. " * 4
HEADER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "byAK and the research community\n\nApr 22\n\n"
)


def entry(title: str, foot: str = "  • 2 authors\n·\nMay 4, 2025", body: str = PROSE) -> str:
    return f"{title}\n\n{body.strip()}\n\n{foot}\n\n"


def page(*entries: str, header: str = HEADER) -> list[Paper]:
    return papers(header + "".join(entries), "page.txt", kind="listing")


def test_title_abstract_date_and_number_of_authors_are_read_as_printed() -> None:
    (found,) = page(entry("A  Title, Printed", "  • 12 authors\n·\nDec 7, 2020"))
    assert found == Paper(
        title="A Title, Printed",
        abstract=PROSE.strip(),
        author_count=12,
        year=2020,
        date="2020-12-07",
        sources=("listing",),
    )


@pytest.mark.parametrize(
    ("printed", "date", "year"),
    [
        ("May 4, 2025 1", "2025-05-04", 2025),
        ("Feb 10", "XXXX-02-10", None),
        ("Jan 8 3", "XXXX-01-08", None),
        ("September 30, 2019 120", "2019-09-30", 2019),
    ],
)
def test_a_number_after_the_date_is_no_part_of_it(
    printed: str, date: str, year: int | None
) -> None:
    (found,) = page(entry("A", f"  • 1 authors\n·\n{printed}"))
    assert (found.date, found.year, found.author_count) == (date, year, 1)


def test_an_entry_without_a_foot_ends_where_the_next_title_begins() -> None:
    first, second, last = page(f"First\n\n{PROSE}\n\n", entry("Second"), f"Last\n\n{PROSE}\n")
    assert (first.title, second.title, last.title) == ("First", "Second", "Last")
    assert first.abstract == last.abstract == PROSE.strip()
    assert (first.date, first.author_count, first.year) == ("", None, None)
    assert (second.date, second.author_count) == ("2025-05-04", 2)


def test_an_organization_in_place_of_authors_is_kept() -> None:
    (found,) = page(entry("A", "acme Acme\n·\nOct 30, 2025"))
    assert (found.author_count, found.authors, found.date) == (None, (), "2025-10-30")
    assert found.extra == {"organization": "acme Acme"}


def test_an_abstract_of_several_paragraphs_is_one_abstract() -> None:
    body = f"{PROSE}\n\nCode is at https://example.org/code\n\n{PROSE}"
    (found,) = page(entry("A", body=body))
    assert found.abstract.count("\n\n") == 2


def test_a_date_alone_is_a_foot_too() -> None:
    (found,) = page(entry("A", "Oct 30, 2025"))
    assert (found.date, found.author_count, found.extra) == ("2025-10-30", None, {})


def test_a_title_that_resembles_the_header_is_read_inside_the_page() -> None:
    assert [item.title for item in page(entry("A"), entry("Daily Papers"))] == ["A", "Daily Papers"]


def test_a_page_without_its_header_is_recognised() -> None:
    (found,) = papers(entry("A"), "page.txt")
    assert found.sources == ("listing",)


def test_words_under_the_last_entry_are_told_and_not_read() -> None:
    (failure,) = failures(HEADER + entry("A") + "Previous\n", "page.txt")
    assert failure.item == "page.txt: line 21, 'Previous'"


# Of real pages only titles are named here; abstracts are known by their length and hash.
TITLES = {
    (0, 0): "A Generalization of Transformer Networks to Graphs",
    (0, 9): "PLDR-LLMs Learn A Generalizable Tensor Operator That Can Replace Its Own Deep Neural "
    "Net At Inference",
    (0, 12): "KGAT: Knowledge Graph Attention Network for Recommendation",
    (0, 42): "Paper Circle: An Open-source Multi-agent Research Discovery and Analysis Framework",
    (1, 0): "Low-Dimensional Execution Manifolds in Transformer Learning Dynamics: Evidence from "
    "Modular Arithmetic Tasks",
    (1, 11): "Deep sequence models tend to memorize geometrically; it is unclear why",
    (1, 34): "Transformers in Time Series: A Survey",
}
FACTS = {  # authors, date, length of the abstract
    (0, 0): (2, "2020-12-17", 1599),
    (0, 1): (5, "2025-05-04", 1612),
    (0, 9): (None, "", 1473),
    (0, 10): (1, "XXXX-01-10", 1523),
    (0, 12): (5, "2019-05-19", 1845),
    (0, 42): (None, "", 1703),
    (1, 0): (1, "XXXX-02-10", 1548),
    (1, 11): (None, "2025-10-30", 1492),
    (1, 26): (2, "2024-02-13", 1546),
    (1, 34): (7, "2022-02-14", 1490),
}


@pytest.fixture
def pages(real_data: Callable[[str], Path]) -> list[list[Paper]]:
    """Return the papers of both saved pages; nothing in them may fail."""
    found = [list(read(path)) for path in sorted(real_data("../seeds").glob("*.txt"))]
    assert all(isinstance(item, Paper) for entries in found for item in entries)
    return [[item for item in entries if isinstance(item, Paper)] for entries in found]


def test_the_saved_pages_have_78_entries_of_74_papers(pages: list[list[Paper]]) -> None:
    assert [len(entries) for entries in pages] == [43, 35]
    titles = {normal(item.title) for entries in pages for item in entries}
    assert len(titles) == 74


def test_entries_of_the_saved_pages_stand_as_printed(pages: list[list[Paper]]) -> None:
    for (number, place), title in TITLES.items():
        assert pages[number][place].title == title
    for (number, place), facts in FACTS.items():
        found = pages[number][place]
        assert (found.author_count, found.date, len(found.abstract)) == facts
    hashed = [fingerprint(item.abstract) for entries in pages for item in entries]
    assert hashed[0] == FIRST_ABSTRACT
    assert fingerprint(*hashed) == ALL_ABSTRACTS


FIRST_ABSTRACT = "d009a11d3e8ca430d0c0ac6bde6d355b"
ALL_ABSTRACTS = "1f0a1457dfc91f86a359bbb365c6a548"


def test_the_saved_pages_state_nothing_that_is_not_printed(pages: list[list[Paper]]) -> None:
    everything = [item for entries in pages for item in entries]
    assert sum(item.author_count is None for item in everything) == 3
    assert sum(not item.date for item in everything) == 2
    assert sum(item.date.startswith("XXXX-") for item in everything) == 10
    assert all(item.year is None for item in everything if not item.date[:4].isdigit())
    assert not any(item.authors or item.url or item.doi or item.venue for item in everything)
    assert [item.extra for item in everything if item.extra] == [{"organization": "google Google"}]
    assert {item.sources for item in everything} == {("listing",)}
