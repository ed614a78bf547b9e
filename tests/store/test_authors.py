"""Author resolution: names that can be one, evidence that joins, papers that keep apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.store.authors import Signature, can_be_one, parse_name, resolve_authors

signatures = st.builds(
    Signature,
    name=st.sampled_from(
        ["Wang, J.", "Wang, J.C.", "Wang, Jian-Chun", "Wang, Jian", "Li, Bo", ","]
    ),
    work=st.sampled_from("abcdef"),
    affiliation=st.sampled_from(["", "Here", "There"]),
    beside=st.sampled_from([(), ("Curie, M.",), ("Noether, E.", "Curie, M.")]),
)


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
    persons = resolve_authors(signed)
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
