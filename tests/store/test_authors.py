"""Author resolution: names that can be one, evidence that joins, papers that keep apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.store.authors import Limits, Signature, can_be_one, parse_name, resolve_authors

signatures = st.builds(
    Signature,
    name=st.sampled_from(
        ["Wang, J.", "Wang, J.C.", "Wang, Jian-Chun", "Wang, Jian", "Li, Bo", ","]
    ),
    work=st.sampled_from("abcdef"),
    affiliation=st.sampled_from(["", "Here", "There"]),
    beside=st.sampled_from([(), ("Curie, M.",), ("Noether, E.", "Curie, M.")]),
    year=st.sampled_from([None, 1999, 2000]),
)
FEW = Limits(established=2, apart=2.0)  # so that a handful of signatures shows what is done


@pytest.mark.parametrize(
    ("one", "other", "possible"),
    [
        ("Wang, J.C.", "Wang, Jian-Chun", True),
        ("Wang, J.C.", "Wang, Jianchun", True),
        ("Wang, Jian-Chun", "Wang, JianChun", True),
        ("Wang, J.", "Wang, Jian", True),
        ("Müller, José", "Müller, Jose", True),
        ("Wang, Z.G.", "Wang, Zheng", False),
        ("Wang, Jian", "Wang, Jian-Xiong", False),
        ("Wang, J.C.", "Wang, J.P.", False),
        ("Wang, J.", "Li, J.", False),
    ],
)
def test_names_that_can_be_one(one, other, possible):
    assert can_be_one(parse_name(one), parse_name(other)) is possible
    assert can_be_one(parse_name(other), parse_name(one)) is possible


@given(st.lists(signatures, max_size=12))
def test_nobody_signs_a_work_twice_and_persons_have_names_that_can_be_one(signed):
    persons = resolve_authors(signed, FEW)
    assert len(persons) == len(signed)
    for place, one in enumerate(signed):
        for other, person in zip(signed[:place], persons, strict=False):
            if person == persons[place]:
                assert one.work != other.work
                assert can_be_one(parse_name(one.name), parse_name(other.name))


def test_an_affiliation_joins_initials_and_a_full_name():
    here = [Signature("Wang, J.C.", "a", "Here"), Signature("Wang, Jian-Chun", "b", "Here")]
    assert resolve_authors(here) == [0, 0]
    assert resolve_authors([here[0], Signature("Wang, Jian-Chun", "b", "There")]) == [0, 1]


def written(name, place, years, beside=()):
    return [
        Signature(name, f"{name} {place} {number}", place, beside, year)
        for number, year in enumerate(years)
    ]


def test_an_initial_that_could_be_either_of_two_is_neither():
    names = ("Wang, J.", "Wang, Jian", "Wang, Jun")
    signed = [Signature(name, name, "Here") for name in names]
    assert resolve_authors(signed) == [0, 1, 2]
    assert resolve_authors(signed[:2]) == [0, 0]


def test_initials_are_joined_after_longer_names():
    """D. signs a work together with D.Y., so that he is not Dayong, whom D.Y. is."""
    signed = [
        Signature("Wang, D.", "a", "Here"),
        Signature("Wang, D.Y.", "a", "There"),
        Signature("Wang, Dayong", "b", "Here"),
        Signature("Wang, Dayong", "c", "Here"),
        Signature("Wang, Dayong", "d", "There"),
    ]
    assert resolve_authors(signed) == [0, 1, 1, 1, 1]


def test_an_initial_at_two_places_at_one_time_is_two_persons():
    here, there = ([*written("Wang, J.", place, [1999, 1999])] for place in ("Here", "There"))
    assert resolve_authors([*here, *there], FEW) == [0, 0, 1, 1]
    assert set(resolve_authors([*here, *there])) == {0}  # too few to be sure
    jian = written("Wang, Jian", "Here", [1999, 1999]) + written("Wang, Jian", "There", [1999] * 2)
    assert set(resolve_authors(jian, FEW)) == {0}  # a name in full


@pytest.mark.parametrize(
    ("years", "beside"), [([2009, 2009], ()), ([1999, 1999], ("Curie, M.",)), ([None, None], ())]
)
def test_an_initial_that_moves_or_keeps_its_fellows_is_one_person(years, beside):
    here = written("Wang, J.", "Here", [1999, 1999], beside)
    assert set(resolve_authors([*here, *written("Wang, J.", "There", years, beside)], FEW)) == {0}


def test_signatures_follow_the_established_one_of_their_fellows():
    here = written("Wang, J.", "Here", [1999] * 2, ("Curie, M.",))
    there = written("Wang, J.", "There", [1999] * 2, ("Noether, E.",))
    signed = [*here, *there, *written("Wang, J.", "", [2001], ("Noether, E.",))]
    assert resolve_authors(signed, FEW) == [0, 0, 1, 1, 1]
    signed += written("Wang, J.", "Elsewhere", [2001])
    assert resolve_authors(signed, FEW) == [0, 0, 1, 1, 1, 2]  # nobody is most of them


def test_the_rest_of_an_initial_is_whoever_is_most_of_it():
    here = written("Wang, J.", "Here", [1999] * 6)
    there = written("Wang, J.", "There", [1999] * 2)
    rest = written("Wang, J.", "Elsewhere", [2001])
    assert resolve_authors([*here, *there, *rest], FEW) == [0] * 6 + [1] * 2 + [0]
