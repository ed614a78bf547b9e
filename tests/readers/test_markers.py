"""Citation markers of every style, resolved to references."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.documents import Block, Reference, problems_of
from paperflow.readers.builder import Builder, link, raised, unmarked, without_links
from paperflow.readers.fields import one_line
from paperflow.readers.markers import find_citations, find_mentions
from paperflow.records import Paper


def references(*works: tuple[str, tuple[str, ...], int, str]) -> list[Reference]:
    return [
        Reference(label=label, block=n, work=_work(authors, year, letter))
        for n, (label, authors, year, letter) in enumerate(works)
    ]


def _work(authors: tuple[str, ...], year: int, letter: str) -> Paper:
    extra = {"year_letter": letter} if letter else {}
    return Paper(title="T", authors=authors, year=year, extra=extra)


NUMBERED = references(*((str(n), (f"A. Name{n}",), 2000 + n, "") for n in range(1, 6)))
NAMED = references(
    ("", ("Ada Byron",), 2001, ""),
    ("", ("Ada Byron", "Mary Shelley"), 2001, ""),
    ("", ("Jan van der Berg", "B", "C"), 1999, "a"),
    ("", ("Jan van der Berg", "B", "C"), 1999, "b"),
    ("", ("Oren Etzioni",), 2011, ""),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as in [2].", [(1,)]),
        ("see [1, 3] and [2–4]", [(0, 2), (1, 2, 3)]),
        ("a range [1-3], a page [2, p. 7]", [(0, 1, 2), (1,)]),
        ("the interval [0, 1] and [7]", []),
    ],
)
def test_numbers_in_brackets(text: str, expected: list[tuple[int, ...]]) -> None:
    assert [targets for *_, targets in find_citations([text], NUMBERED)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Byron (2001) says", [(0,)]),
        ("it is (Byron and Shelley, 2001).", [(1,)]),
        ("(Byron & Shelley 2001; Etzioni, 2011)", [(1,), (4,)]),
        ("van der Berg et al. (1999b) and (van der Berg et al., 1999a)", [(3,), (2,)]),
        ("van der Berg et al. (1999a, b)", [(2, 3)]),
        ("Byron’s (2001) and nobody (2001) in 2001", [(0,)]),
        ("Byronic (2001)", []),
    ],
)
def test_names_and_years(text: str, expected: list[tuple[int, ...]]) -> None:
    assert [targets for *_, targets in find_citations([text], NAMED)] == expected


def test_short_keys() -> None:
    keyed = references(("KW14", ("D. Kingma", "M. Welling"), 2014, ""))
    assert [t for *_, t in find_citations(["by [KW14], [XY99]"], keyed)] == [(0,)]


def test_mentions_of_floats_equations_and_sections() -> None:
    text = "Figure 3, Figs. 1 and 2, Tab. 4, Eq. (5), Section 2.1, §3, but table tops and a figure"
    found = [(kind, label) for *_, kind, label in find_mentions([text])]
    assert found == [
        *(("figure", "3"), ("figure", "1"), ("figure", "2"), ("table", "4"), ("equation", "5")),
        *(("section", "2.1"), ("section", "3")),
    ]


@given(st.lists(st.sampled_from(["[1", "]", ",", "-", "Byron", "(2001)", "et al.", "Fig. 1"])))
def test_spans_lie_in_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for some in (NUMBERED, NAMED):
        for _, start, end, targets in find_citations([text], some):
            assert 0 <= start < end <= len(text)
            assert all(0 <= target < len(some) for target in targets)


@given(st.text(), st.text(), st.text())
def test_a_link_covers_its_text_whatever_stands_around_it(
    before: str, shown: str, after: str
) -> None:
    builder = Builder()
    marked = f"{unmarked(before)} {link(shown, ['k'], 'reference')} {unmarked(after)}"
    expected = one_line(" ".join(unmarked(shown).split()))
    assert expected in without_links(marked)
    builder.text(marked)
    builder.reference("1", "An entry.", Paper(title="An entry", doi="10.1/x"), keys=["k"])
    found = builder.build(Paper(title="T"))
    assert problems_of(found) == []
    assert found.paper.references == ("doi:10.1/x",)
    for item in found.citations():
        text = found.blocks[item.block].text[item.start : item.end]
        assert text == expected


def test_a_link_to_nothing_that_is_kept_is_left_out() -> None:
    builder = Builder()
    builder.text(f"See {link('3', ['theorem'])} and {link('[9]', ['gone'], 'reference')}.")
    found = builder.build(Paper(title="T"))
    assert found.blocks == (Block(kind="paragraph", text="See 3 and [9]."),)
    assert [(item.kind, item.targets) for item in found.links] == [("reference", ())]


def cited_above(*texts, entries=3, footnotes=()):
    """Return what a text with raised numbers cites, by words and labels."""
    builder = Builder()
    for text in texts:
        marked = re.sub(r"\^([\d,;–]+)", lambda found: raised(found[1]), text)
        builder.text(marked, page=1)
    for text in footnotes:
        builder.text(text, "footnote", page=1)
    for number in range(1, entries + 1):
        builder.reference(str(number), f"[{number}] A work.", Paper(title="A work"))
    found = builder.build(Paper(title="t"), find=True)
    assert not problems_of(found)
    return [
        (found.blocks[link.block].text[link.start : link.end], link.targets)
        for link in found.citations()
    ]


def test_numbers_above_the_line_cite_where_nothing_else_does():
    assert cited_above("It was shown.^1 Others^2,3, and all^1–3 agree.") == [
        ("1", (0,)),
        ("2,3", (1, 2)),
        ("1–3", (0, 1, 2)),
    ]


def test_numbers_above_the_line_are_notes_where_brackets_cite():
    assert cited_above("As [1] and [2] say.^1") == [("[1]", (0,)), ("[2]", (1,))]


def test_a_number_above_the_line_without_a_reference_or_with_a_footnote_is_none():
    assert cited_above("Long^9 and short^1,9 and right^2.") == [("2", (1,))]
    assert cited_above("Noted.^1 Cited.^2", footnotes=["1 A note at the foot."]) == [("2", (1,))]
