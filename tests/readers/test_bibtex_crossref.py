"""crossref: what a child takes from its parent, and what stops it."""

from paperflow.records import Failure, Paper
from tests.readers.samples import items, papers

PARENT = """@proceedings{nips, title={Proceedings of NIPS}, editor={I. Guyon}, year=2017,
  publisher={Curran}, doi={10.1000/whole}, url={https://example.org/whole}, note={Heavy}}
"""


def by_key(text: str) -> dict[str, Paper]:
    found = papers(text, "refs.bib")
    return {item.extra["citation_key"]: item for item in found}


def test_a_child_takes_what_describes_the_volume() -> None:
    child = "@inproceedings{a, title={A}, crossref={nips}}\n"
    for text in (child + PARENT, PARENT + child):
        found = by_key(text)["a"]
        assert (found.venue, found.year, found.publisher) == ("Proceedings of NIPS", 2017, "Curran")
        assert found.extra["editor"] == "I. Guyon"
        assert found.extra["crossref"] == "nips"


def test_a_child_never_takes_what_identifies_the_volume() -> None:
    found = by_key("@inproceedings{a, title={A}, crossref={nips}}\n" + PARENT)["a"]
    assert (found.doi, found.url) == ("", "")
    assert "note" not in found.extra


def test_a_child_s_own_fields_go_first() -> None:
    child = "@inproceedings{a, title={A}, crossref={nips}, booktitle={B}, date={2018-01}}\n"
    found = by_key(child + PARENT)["a"]
    assert (found.venue, found.date) == ("B", "2018-01")


def test_grandparents_are_asked_too() -> None:
    found = by_key(
        "@inproceedings{a, title={A}, crossref={b}}\n"
        "@book{b, title={B}, crossref={c}}\n@book{c, title={C}, publisher={P}}\n"
    )
    assert (found["a"].venue, found["a"].publisher) == ("B", "P")


def test_a_parent_of_any_type_is_found_after_its_child() -> None:
    found = by_key("@inbook{a, title={A}, crossref={b}}\n@manual{b, title={B}, publisher={P}}\n")
    assert found["a"].publisher == "P"


def test_a_circle_is_told_and_its_entries_are_kept() -> None:
    found = items(
        "@misc{a, title={A}, crossref={b}}\n@misc{b, title={B}, crossref={c}}\n"
        "@misc{c, title={C}, crossref={b}}\n@misc{self, title={S}, crossref={self}}\n",
        "refs.bib",
    )
    kept = [item for item in found if isinstance(item, Paper)]
    told = [item for item in found if isinstance(item, Failure)]
    assert [(item.title, item.venue) for item in kept] == [
        ("A", ""), ("B", ""), ("C", ""), ("S", ""),
    ]  # fmt: skip
    assert [item.item for item in told[1:]] == [
        "refs.bib: entry b (line 2)",
        "refs.bib: entry c (line 3)",
        "refs.bib: entry self (line 4)",
    ]
    assert all("circle" in item.reason for item in told)


def test_a_missing_parent_is_told_and_the_child_is_kept() -> None:
    kept, told = items("@misc{a, title={A}, crossref={nowhere}}\n", "refs.bib")
    assert isinstance(kept, Paper)
    assert isinstance(told, Failure)
    assert "'nowhere'" in told.reason
    assert "was read" in told.reason
