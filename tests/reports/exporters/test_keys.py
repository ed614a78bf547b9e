"""Citation keys: readable, unique, and the same whatever comes around them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.reports.bibtex import citation_keys
from paperflow.reports.keys import keyed
from tests.reports.exporters.cases import libraries


def key(title: str = "", *authors: str, year: int | None = None, date: str = "") -> str:
    paper = Paper(title=title, id="title:1", authors=authors, year=year, date=date)
    return citation_keys([paper])["title:1"]


@pytest.mark.parametrize(
    ("expected", "paper"),
    [
        ("vaswani_attention_2017", ("Attention Is All You Need", "Ashish Vaswani", "Noam Shazeer")),
        ("vandenoord_neural_2017", ("The Neural Thing", "Aäron van den Oord")),
        ("vandenoord_neural_2017", ("A neural thing", "Van den Oord, Aaron")),
        ("openproof_proofs_2017", ("On the Proofs", "The OpenProof Collaboration")),
        ("wang_graphs_2017", ("Graphs", "Wei Wang 0001")),
        ("laplacian_plaplacian_2017", ("p-Laplacian methods", "Pierre Laplacian")),
        ("lukasiewicz_uber_2017", ("Über alles", "Jan Łukasiewicz")),
        ("shchukin_o_2017", ("О", "Иван Щукин")),
        ("smith_3d_2017", ("3D vision", "A. Smith")),
        ("smith_thetheory_2017", ("TheTheory", "Smith, Jr., A.")),
    ],
)
def test_a_key_is_author_word_and_year(expected: str, paper: tuple[str, ...]) -> None:
    title, *authors = paper
    assert key(title, *authors, year=2017) == expected


def test_what_is_missing_has_a_word_of_its_own() -> None:
    assert key() == "anon_untitled_nd"
    assert key("", " ", date="2020-01-02") == "anon_untitled_2020"
    assert key("Time", date="XXXX-02-10") == "anon_time_nd"


def test_ideographs_get_a_short_name_that_stays() -> None:
    found = key("深度学习", "王小明", year=2020)
    assert re.fullmatch(r"x[0-9a-f]{6}_x[0-9a-f]{6}_2020", found)
    assert found == key("深度学习", "王小明", year=2020)
    assert found != key("深度学习", "李小明", year=2020)


def test_namesakes_are_told_apart_by_their_ids_not_their_order() -> None:
    papers = [Paper(title="Graphs", id=f"title:{name}", year=2020) for name in "cab"]
    assert citation_keys(papers) == {
        "title:a": "anon_graphs_2020",
        "title:b": "anon_graphs_2020a",
        "title:c": "anon_graphs_2020b",
    }


def test_a_paper_with_a_later_id_changes_no_key() -> None:
    old = [Paper(title="Graphs", id=f"title:{name}", year=2020) for name in "ab"]
    keys = citation_keys(old)
    more = citation_keys([Paper(title="Graphs", id="title:z", year=2020), *old])
    assert {name: more[name] for name in keys} == keys


def test_more_than_26_namesakes_get_two_letters() -> None:
    papers = [
        Paper(title="Graphs", id=f"title:{number:04}") for number in range(1 + 26 + 26 * 26 + 1)
    ]
    keys = list(citation_keys(papers).values())
    assert [keys[number][len("anon_graphs_nd") :] for number in (0, 1, 26, 27, 28)] == [
        "", "a", "z", "aa", "ab",
    ]  # fmt: skip
    assert keys[-2].endswith("ndzz")
    assert keys[-1].endswith("ndaaa")
    assert len(set(keys)) == len(papers)


def test_records_without_an_id_are_kept_apart_by_what_they_say() -> None:
    papers = [Paper(title="Graphs", abstract=text) for text in ("one", "two", "one")]
    assert [(name, paper.abstract) for name, paper in keyed(papers)] == [
        (name, paper.abstract) for name, paper in keyed(papers[::-1])
    ]
    assert [name for name, _ in keyed(papers)] == ["anon_graphs_nd", "anon_graphs_nda"]


@settings(max_examples=40)
@given(libraries)
def test_keys_are_unique_and_short_and_safe_for_bibtex(papers: list[Paper]) -> None:
    keys = citation_keys(papers)
    assert len(set(keys.values())) == len(papers) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9]+_[a-z0-9]+_\w+", name, re.ASCII) for name in keys.values())
    assert all(len(name) < 70 for name in keys.values())


@settings(max_examples=40)
@given(libraries, st.permutations(range(5)))
def test_keys_do_not_depend_on_the_order(papers: list[Paper], order: list[int]) -> None:
    keys = citation_keys(papers)
    shuffled = [papers[place] for place in order if place < len(papers)]
    assert citation_keys(shuffled) == keys


@settings(max_examples=40)
@given(libraries, libraries)
def test_other_papers_change_no_key_but_those_of_namesakes(
    some: list[Paper], others: list[Paper]
) -> None:
    known = {paper.id for paper in some}
    others = [paper for paper in others if paper.id not in known]
    alone, together = citation_keys(some), citation_keys(some + others)
    for paper in some:
        base = citation_keys([paper])[paper.id]
        clash = any(citation_keys([other])[other.id] == base for other in others)
        assert clash or together[paper.id] == alone[paper.id]
