"""Names in their parts."""

import pytest
from hypothesis import given

from paperflow.records import Paper
from paperflow.reports.names import Name, names_are_cut, names_of, parse_name
from tests.reports.exporters.cases import texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Lovelace, Ada", Name("Lovelace", "Ada")),
        ("Ludwig van Beethoven", Name("Beethoven", "Ludwig", "van")),
        ("van der Maaten, Laurens", Name("Maaten", "Laurens", "van der")),
        ("Aaron Van Den Oord", Name("Van Den Oord", "Aaron")),
        ("Gerard 't Hooft", Name("Hooft", "Gerard", "'t")),
        ("Jean d’Alembert", Name("d’Alembert", "Jean")),
        ("Quoc V. Le", Name("Le", "Quoc V.")),
        ("Le Song", Name("Song", "Le")),
        ("José García y Vega", Name("García y Vega", "José")),
        ("de la Cruz", Name("Cruz", "", "de la")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", "", "Jr.")),
        ("Martin Luther King, Jr.", Name("King", "Martin Luther", "", "Jr.")),
        ("King, Jr., Martin Luther", Name("King", "Martin Luther", "", "Jr.")),
        ("King, Martin Luther, Jr.", Name("King", "Martin Luther", "", "Jr.")),
        ("Doe, John, PhD, MD", Name(literal="Doe, John, PhD, MD")),
        ("Wei Wang 0001", Name("Wang 0001", "Wei")),
        ("Mausam", Name("Mausam")),
        ("王小明", Name("王小明")),
        ("The ATLAS Collaboration", Name(literal="The ATLAS Collaboration")),
        ("DeepThought Team", Name(literal="DeepThought Team")),
        ("OpenProof, Inc.", Name(literal="OpenProof, Inc.")),
        ("Smith and Sons", Name(literal="Smith and Sons")),
        ("{NASA {JPL}}", Name(literal="NASA {JPL}")),
        ("University of Nowhere", Name(literal="University of Nowhere")),
        (")*", Name(literal=")*")),
        ("", Name()),
    ],
)
def test_a_name_is_split_as_bibliographies_do(text: str, expected: Name) -> None:
    assert parse_name(text) == expected


def test_the_parts_that_the_user_s_own_file_gave_come_first() -> None:
    paper = Paper(
        title="T",
        authors=("Gabriel García Márquez", "The Reading Group"),
        extra={"author": r"Garc{\'\i}a M{\'a}rquez, Gabriel and {The Reading Group} and others"},
    )
    assert names_of(paper) == [
        Name("García Márquez", "Gabriel"),
        Name(literal="The Reading Group"),
    ]
    assert names_are_cut(paper)


def test_stated_parts_of_other_people_are_left_aside() -> None:
    paper = Paper(title="T", authors=("Ada Lovelace",), extra={"author": "Byron, Ada"})
    assert names_of(paper) == [Name("Lovelace", "Ada")]
    assert not names_are_cut(paper)


@given(texts)
def test_any_text_is_some_name_and_loses_no_letter(text: str) -> None:
    name = parse_name(text)
    kept = "".join((name.given, name.particle, name.family, name.suffix, name.literal))
    letters = sorted(char for char in text if char.isalpha())
    assert sorted(char for char in kept if char.isalpha()) == letters


@given(texts)
def test_the_inverted_form_is_split_into_the_same_parts(text: str) -> None:
    name = parse_name(text)
    if name.given and not name.literal:
        assert parse_name(name.inverted).surname == name.surname
