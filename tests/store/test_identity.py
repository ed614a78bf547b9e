"""Identity and merging: functions of a set of records, whatever the order."""

from itertools import permutations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.store import open_store
from paperflow.store.identity import bare_arxiv_id, bare_doi, family_name, normal

# Few values, so that records meet in every way there is.
LONG = "Learning long representations of graphs"
titles = st.sampled_from(
    [
        *("Graph Networks", "Graph networks.", "Deep  Sets", "Réseaux"),
        *(LONG, f"{LONG} and sets", "Learning long representations of...", f"{LONG} …"),
    ]
)
papers = st.builds(
    Paper,
    title=titles,
    abstract=st.sampled_from(["", "Short.", "A longer abstract."]),
    authors=st.sampled_from(
        [(), ("Ada Lovelace",), ("Lovelace, Ada", "Bo Li"), ("Bo Li",), ("Li Bo",)]
    ),
    year=st.sampled_from([None, 2016, 2019, 2020]),
    doi=st.sampled_from(["", "10.1000/a", "https://doi.org/10.1000/B"]),
    arxiv_id=st.sampled_from(["", "2012.09699", "arXiv:2012.09699v2", "1706.03762"]),
    sources=st.sampled_from([("bibtex",), ("listing",)]),
    extra=st.sampled_from([{}, {"note": "read"}, {"note": "again"}, {"file": "a.pdf"}]),
)


def library(folder: Path, records: list[Paper], size: int = 100) -> list[Paper]:
    name = f"{len(list(folder.iterdir()))}.sqlite"
    with open_store(folder / name) as store:
        for start in range(0, len(records), size):
            store.papers.add(records[start : start + size])
        assert not list(store.checks.problems())
        return list(store.papers.all())


@given(st.lists(papers, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(tmp_path_factory, records, random):
    folder = tmp_path_factory.mktemp("orders")
    shuffled = random.sample(records, len(records))
    assert library(folder, records) == library(folder, shuffled, size=1)


@given(st.lists(papers, min_size=1, max_size=5))
def test_adding_again_changes_nothing(tmp_path_factory, records):
    with open_store(tmp_path_factory.mktemp("again") / "store.sqlite") as store:
        store.papers.add(records)
        before, revision = list(store.papers.all()), store.revision
        assert store.papers.add(records) == ["unchanged"] * len(records)
        assert list(store.papers.all()) == before
        assert store.revision == revision


@given(st.lists(papers, min_size=1, max_size=7))
def test_no_field_of_the_users_is_ever_lost(tmp_path_factory, records):
    merged = library(tmp_path_factory.mktemp("fields"), records)
    for record in records:
        for name, value in record.extra.items():
            assert any(value in paper.extra.get(name, "").split("; ") for paper in merged)
    assert {word for r in records for word in r.sources} == {w for p in merged for w in p.sources}


@given(st.lists(papers, min_size=1, max_size=7))
def test_every_identifier_belongs_to_one_paper_only(tmp_path_factory, records):
    merged = library(tmp_path_factory.mktemp("ids"), records)
    assert len({paper.id for paper in merged}) == len(merged)
    arxiv = [paper.arxiv_id for paper in merged if paper.arxiv_id]
    assert len(set(arxiv)) == len(arxiv)


def test_a_later_record_fills_gaps_and_never_erases(store):
    store.papers.add([Paper(title="Graph Networks", authors=("Bo Li",), year=2020, venue="ICLR")])
    outcome = store.papers.add(
        [Paper(title="Graph networks", abstract="They compute.", doi="10.1000/a", year=2020)]
    )
    (paper,) = store.papers.all()
    assert outcome == ["merged"]
    assert (paper.venue, paper.authors) == ("ICLR", ("Bo Li",))
    assert (paper.abstract, paper.doi, paper.id) == ("They compute.", "10.1000/a", "doi:10.1000/a")


def test_a_merged_field_that_comes_back_does_not_grow(store):
    for note in ("a", "b", "a; b", "b", "a; b"):
        store.papers.add([Paper(title="One", extra={"note": note})])
    (paper,) = store.papers.all()
    assert paper.extra["note"] == "a; b"


def test_a_record_that_links_two_papers_joins_them(store):
    store.papers.add([Paper(title="One", doi="10.1000/a"), Paper(title="1", arxiv_id="2001.00001")])
    assert store.papers.count() == 2
    store.papers.add([Paper(title="One", doi="10.1000/a", arxiv_id="2001.00001")])
    (paper,) = store.papers.all()
    assert paper.doi == "10.1000/a"
    assert store.papers.find("2001.00001") == paper.id


def test_a_bare_title_that_fits_two_works_joins_neither(store):
    first = Paper(title="Introduction", authors=("Bo Li",), year=2019)
    second = Paper(title="Introduction", authors=("Ada Lovelace",), year=2020)
    bare = Paper(title="Introduction", sources=("listing",))
    for order in permutations([first, second, bare]):
        store.papers.add(order)
    assert store.papers.count() == 3


def test_different_dois_keep_works_of_one_title_apart(store):
    store.papers.add(
        [
            Paper(title="Graph Networks", authors=("Bo Li",), year=2020, doi=f"10.1000/{end}")
            for end in "ab"
        ]
    )
    assert store.papers.count() == 2


def test_a_title_and_year_match_a_record_without_authors(store):
    store.papers.add([Paper(title="Deep Sets", authors=("Bo Li",), year=2017)])
    store.papers.add([Paper(title="Deep sets", year=2017)])
    assert store.papers.count() == 1
    store.papers.add([Paper(title="Deep sets", year=2021)])
    assert store.papers.count() == 2


def test_identifiers_are_found_in_whatever_form_they_are_written():
    assert bare_doi("https://doi.org/10.1000/ABC.1.") == "10.1000/abc.1"
    assert bare_arxiv_id("https://arxiv.org/pdf/2012.09699v2") == "2012.09699"
    assert bare_arxiv_id("arXiv:math.GT/0309136v1") == "math.gt/0309136"
    assert bare_arxiv_id("10.1000/2012.123456") == ""


def test_family_names_agree_across_forms():
    assert family_name("van der Maaten, L.") == family_name("Laurens van der Maaten") == "maaten"
    assert family_name("King, Jr., Martin") == family_name("Martin King Jr.") == "king"
    assert normal("{Réseaux} de neurones!") == "reseauxdeneurones"


def test_a_title_that_breaks_off_in_dots_is_the_one_that_it_begins(tmp_path):
    whole = Paper(title=f"{LONG} and sets", authors=("Ada Lovelace",), year=2020)
    cut = Paper(
        title="LEARNING long representations of gra...", authors=("A. Lovelace",), year=2020
    )
    for records in ([whole, cut], [cut, whole]):
        (merged,) = library(tmp_path, records, size=1)
        assert merged.title == whole.title


def test_a_short_beginning_and_one_without_dots_stay_apart(tmp_path):
    whole = Paper(title="Graph networks for everybody at once", year=2020)
    for title in ("Graph networks...", "Graph networks for everybody"):
        assert len(library(tmp_path, [whole, Paper(title=title, year=2020)])) == 2


def test_a_beginning_that_fits_two_works_joins_neither(tmp_path):
    works = [Paper(title=f"{LONG} and {end}", year=2020) for end in ("sets", "trees")]
    cut = Paper(title=f"{LONG} ...", year=2020)
    assert len(library(tmp_path, [*works, cut])) == 3


def test_a_preprint_s_year_may_differ_by_two_where_the_first_author_agrees(tmp_path):
    def count(year, authors):
        published = Paper(title=LONG, authors=("Ada Lovelace", "Bo Li"), year=2020)
        return len(library(tmp_path, [published, Paper(title=LONG, authors=authors, year=year)]))

    assert count(2018, ("Lovelace, A.",)) == count(2021, ("Ada Lovelace",)) == 1
    assert count(2017, ("Ada Lovelace",)) == count(2019, ()) == count(2019, ("Bo Li",)) == 2


def test_a_name_with_the_family_first_is_the_same_name(tmp_path):
    one, other = (
        Paper(title=LONG, authors=(name,), year=2020) for name in ("Wei Zhang", "Zhang Wei")
    )
    assert len(library(tmp_path, [one, other])) == 1
