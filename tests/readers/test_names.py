"""Names of people: BibTeX's parts, one display form, and what that form can't say."""

import pytest
from bibtexparser.middlewares.names import (
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from hypothesis import example, given
from hypothesis import strategies as st

from paperflow.readers.names import (
    Name,
    display,
    exact,
    exact_list,
    from_family_first,
    from_text,
    parse,
    parse_display,
    people,
    split_authors,
)


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("Ada Byron", Name("Ada", "", "Byron"), "Ada Byron"),
        ("Byron, Ada", Name("Ada", "", "Byron"), "Ada Byron"),
        ("Plato", Name(last="Plato"), "Plato"),
        ("Ludwig van Beethoven", Name("Ludwig", "van", "Beethoven"), "Ludwig van Beethoven"),
        ("van der Berg, Jan", Name("Jan", "van der", "Berg"), "Jan van der Berg"),
        ("King, Jr., Martin L.", Name("Martin L.", "", "King", "Jr."), "Martin L. King, Jr."),
        (
            "García Márquez, Gabriel",
            Name("Gabriel", "", "García Márquez"),
            "Gabriel García Márquez",
        ),
        ("{Barnes and Noble}", Name(last="{Barnes and Noble}", group=True), "{Barnes and Noble}"),
        ("  Ada~K.   Byron ", Name("Ada K.", "", "Byron"), "Ada K. Byron"),
        ("Ada 王 Byron", Name("Ada 王", "", "Byron"), "Ada 王 Byron"),
        ("Byron, Ada,", Name("Ada", "", "Byron"), "Ada Byron"),
        ("", Name(), ""),
        (",", Name(), ""),
    ],
)
def test_a_name_has_parts_and_one_display_form(text: str, name: Name, shown: str) -> None:
    assert parse(text) == name
    assert display(name) == shown


_word = st.sampled_from(
    [*("Ada", "van", "der", "De", "{\\'E}mile", "{The}", "M{\\\"u}ller", "O'Neil", "de", "B."),
     *("{\\o}rsted", "Øre", "Jr", "{a}B", "\\'Etienne", "x{Y}", "d'Alembert")]
)  # fmt: skip
_separator = st.sampled_from([" ", "  ", "~", ", ", ","])


@given(st.lists(st.tuples(_word, _separator), max_size=5), st.sampled_from(["Ada", "{The}", "B."]))
@example([("Ada", ","), ("B.", ","), ("Jr", ",")], "B.")
def test_parts_are_those_of_bibtexparser(pieces: list[tuple[str, str]], last: str) -> None:
    text = "".join(word + separator for word, separator in pieces) + last
    sections = text.split(",")
    if len(sections) > 3:
        text = " ".join(sections)
    expected = parse_single_name_into_parts(text, strict=False)
    parts = (expected.first, expected.von, expected.last, expected.jr)
    assert tuple(parse(text)[:4]) == tuple(" ".join(part) for part in parts)


def test_a_particle_ends_with_a_small_letter_as_bibtex_says() -> None:
    assert parse("Jan van Oort de") == Name("Jan", "van", "Oort de")


@given(st.lists(st.sampled_from(["Ada", "{Barnes and Noble}", "Byron, A.", "Sand", "{a} and~b"])))
def test_lists_are_split_as_bibtexparser_does(names: list[str]) -> None:
    text = "  and\n".join(names)
    assert split_authors(text) == [name.strip() for name in split_multiple_persons_names(text)]


@given(st.text(max_size=40))
def test_any_text_is_some_name(text: str) -> None:
    assert isinstance(display(parse(text)), str)
    assert isinstance(from_text(text), str)
    assert all(people(text))
    assert all(split_authors(text))


_plain = st.from_regex(r"[A-Z][a-z]{1,8}", fullmatch=True)
_name = st.builds(
    Name,
    first=st.lists(_plain, min_size=1, max_size=2).map(" ".join),
    von=st.sampled_from(["", "van", "de la"]),
    last=_plain,
    jr=st.sampled_from(["", "Jr.", "III"]),
    group=st.just(False),
)


@given(_name)
def test_a_common_name_comes_back_from_both_forms(name: Name) -> None:
    assert parse_display(display(name)) == name
    assert parse(exact(name)) == name
    assert exact_list([name]) == ""


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (Name("Gabriel", "", "García Márquez"), "García Márquez, Gabriel"),
        (Name(last="The Reading Group", group=True), "{The Reading Group}"),
        (Name("Ada", "", "Byron", ""), ""),
    ],
)
def test_a_form_is_kept_where_display_would_lose_parts(name: Name, form: str) -> None:
    assert exact_list([name]) == form


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Byron, Ada", "Ada Byron"),
        ("Ada Byron", "Ada Byron"),
        ("Martin Luther King, Jr.", "Martin Luther King, Jr."),
        ("Acme, Inc.", "Acme, Inc."),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("Byron,", "Byron"),
    ],
)
def test_a_name_with_or_without_a_comma_is_shown_alike(text: str, shown: str) -> None:
    assert from_text(text) == shown


def test_ris_has_the_suffix_last() -> None:
    assert from_family_first("King, Martin Luther, Jr.") == Name("Martin Luther", "", "King", "Jr.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Byron, Ada; Shelley, Mary", ("Ada Byron", "Mary Shelley")),
        ("Ada Byron; ; Mary Shelley;", ("Ada Byron", "Mary Shelley")),
        ("Ada Byron and Mary Shelley", ("Ada Byron", "Mary Shelley")),
        ("Ada Byron, Mary Shelley and Jane Marcet", ("Ada Byron", "Mary Shelley", "Jane Marcet")),
        ("Byron, Ada", ("Ada Byron",)),
        ("", ()),
    ],
)
def test_names_in_one_cell_are_told_apart(text: str, shown: tuple[str, ...]) -> None:
    assert people(text) == shown
