"""Printed references in the styles of several communities, and whatever else may come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.readers.references import parse


@pytest.mark.parametrize(
    ("text", "title", "authors", "year"),
    [
        (
            "[3] A. Byron and M. Shelley, “Engines of Thought,” in Proc. Machines, 1999, pp. 1–9.",
            "Engines of Thought", ("A. Byron", "M. Shelley"), 1999,
        ),
        (
            "Byron, A., Shelley, M., & Austen, J. (2001). Engines of thought. Mind, 12(3), 1-9.",
            "Engines of thought", ("A. Byron", "M. Shelley", "J. Austen"), 2001,
        ),
        (
            "Ada Byron, Mary K. Shelley, and Jane Austen. Engines of thought. In Machines, 2001.",
            "Engines of thought", ("Ada Byron", "Mary K. Shelley", "Jane Austen"), 2001,
        ),
        (
            "Ada Byron and Mary Shelley. 2001b. Engines of thought. Machines, 4:1–9.",
            "Engines of thought", ("Ada Byron", "Mary Shelley"), 2001,
        ),
        (
            "12. Byron A, Shelley MK. Engines of thought. Mind. 2001;12(3):1-9.",
            "Engines of thought", ("A Byron", "MK Shelley"), 2001,
        ),
        (
            "Byron, Ada, and Mary Shelley. Engines of Thought. London: Murray, 1820.",
            "Engines of Thought", ("Ada Byron", "Mary Shelley"), 1820,
        ),
        (
            "Aidan N Gomez, Łukasz Kaiser, et al. Engines of thought. arXiv preprint, 2017.",
            "Engines of thought", ("Aidan N Gomez", "Łukasz Kaiser"), 2017,
        ),
        (
            "van der Berg, L., and O'Neil, K. (1990). Engines of thought. Mind, 1, 2-3.",
            "Engines of thought", ("L. van der Berg", "K. O'Neil"), 1990,
        ),
    ],
)  # fmt: skip
def test_a_reference_is_taken_apart(
    text: str, title: str, authors: tuple[str, ...], year: int
) -> None:
    found = parse(text)
    assert (found.title, found.authors, found.year) == (title, authors, year)


def test_identifiers_are_found_wherever_they_stand() -> None:
    text = (
        "A. Byron. Engines. Mind, 2001. https://doi.org/10.1000/xyz.12. arXiv:2001.01234v2 [cs.LG]."
    )
    found = parse(text)
    assert (found.doi, found.arxiv_id) == ("10.1000/xyz.12", "2001.01234")
    assert parse("A. Byron. Engines. URL https://arxiv.org/abs/2001.01234, 2001.").arxiv_id


def test_volume_and_pages_are_read() -> None:
    found = parse("A. Byron. Engines of thought. Mind, 12(3):101–119, 2001.")
    assert (found.venue, found.volume, found.issue, found.pages) == ("Mind", "12", "3", "101-119")


def test_a_letter_after_the_year_is_kept() -> None:
    assert parse("Ada Byron. 2001b. Engines of thought. Mind.").extra["year_letter"] == "b"


def test_what_has_no_title_has_none() -> None:
    assert parse("A. Byron, Phys. Rev. D 12, 34 (2001).").year == 2001
    assert parse("").title == ""


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    assert parse(text).sources == ("reference",)


@given(st.lists(st.sampled_from(["A.", "Byron", ",", "and", "(2001)", "“", ".", "In", "&"])))
def test_no_heap_of_pieces_raises_or_hangs(pieces: list[str]) -> None:
    parse(" ".join(pieces))
