"""BibTeX: a parser that is not ours, and our own reader, get back what the papers say."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, StringIO

import bibtexparser
import pytest
from bibtexparser.model import Entry
from hypothesis import example, given, settings

from paperflow.readers import latex, read
from paperflow.records import Failure, Paper
from paperflow.reports.bibtex import bare_doi, export, export_one
from paperflow.reports.keys import keyed, year_of
from paperflow.reports.kinds import kind_of
from paperflow.reports.names import names_of
from paperflow.reports.text import one_line
from tests.reports.exporters.cases import PAPERS, libraries


def bibtex(papers: Sequence[Paper]) -> str:
    out = StringIO()
    export(papers, out)
    return out.getvalue()


def entries(papers: Sequence[Paper]) -> list[Entry]:
    library = bibtexparser.parse_string(bibtex(papers))
    assert not library.failed_blocks
    return list(library.entries)


def reread(papers: Sequence[Paper]) -> list[Paper]:
    """Return what our reader finds, with the ids that a store would find again."""
    found = list(read(BytesIO(bibtex(papers).encode()), kind="bibtex")) if papers else []
    assert not [item for item in found if isinstance(item, Failure)]
    return [
        replace(item, id=paper.id)
        for item, (_, paper) in zip(found, keyed(papers), strict=True)
        if isinstance(item, Paper)
    ]


def words(paper: Paper) -> list[list[str]]:
    return [re.findall(r"\w+", normal(name.inverted)) for name in names_of(paper)]


def named(paper: Paper) -> tuple[str, ...]:
    """Return the authors whose name has a letter in each part, and two parts at most.

    Signs alone are nobody's name, nor is BibTeX's own word "and"; two commas without a suffix
    ("A, B, C") leave open which part is which; names with a suffix have tests of their own.
    """
    return tuple(
        name
        for name in paper.authors
        if all(any(map(str.isalpha, part)) for part in name.split(","))
        and name.count(",") < 2
        and "and" not in re.findall(r"\w+", name.lower())
    )


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", one_line(text))


def field(name: str, **values: object) -> str:
    """Return one field of a paper's entry, without its braces; "" when it is not there."""
    [entry] = entries([Paper(**{"title": "T", "id": "title:1", **values})])  # type: ignore[arg-type]
    found = entry.fields_dict.get(name)
    return found.value if found else ""


@settings(max_examples=60)
@given(libraries)
def test_a_parser_finds_one_entry_a_paper_with_title_abstract_year_and_doi(
    papers: list[Paper],
) -> None:
    pairs = keyed(papers)
    found = entries(papers)
    assert [entry.key for entry in found] == [key for key, _ in pairs]
    for entry, (_, paper) in zip(found, pairs, strict=True):
        stated = {name: value.value for name, value in entry.fields_dict.items()}
        assert latex.plain(stated.get("title", "")) == normal(paper.title)
        assert normal(latex.plain(stated.get("abstract", ""))) == normal(paper.abstract)
        assert stated.get("year", "") == year_of(paper)
        braces = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})
        doi = one_line(bare_doi(paper.doi))
        assert stated.get("doi", "") in (doi, doi.translate(braces))


@settings(max_examples=60)
@given(libraries)
def test_our_reader_finds_the_same_authors(papers: list[Paper]) -> None:
    titled = [replace(paper, authors=named(paper)) for paper in papers if normal(paper.title)]
    for back, (_, paper) in zip(reread(titled), keyed(titled), strict=True):
        assert words(back) == words(paper)


@settings(max_examples=60)
@given(libraries)
@example([Paper(title="0", authors=("\\ 0,A",))])
def test_what_was_read_back_once_stays_as_it_is(papers: list[Paper]) -> None:
    once = reread([paper for paper in papers if normal(paper.title)])
    twice = reread(once)
    assert bibtex(reread(twice)) == bibtex(twice)


def test_our_reader_gets_the_nasty_papers_back() -> None:
    for back, (key, paper) in zip(reread(PAPERS), keyed(PAPERS), strict=True):
        assert back.extra["citation_key"] == key
        assert back.title == normal(paper.title)
        assert back.abstract == paper.abstract
        assert back.doi == bare_doi(paper.doi)
        assert back.arxiv_id == paper.arxiv_id
        assert back.primary_class == paper.primary_class
        assert back.keywords == paper.keywords
        assert kind_of(back) == kind_of(paper)
        assert names_of(back) == names_of(paper)


def test_the_user_s_own_fields_come_back_as_they_were_written() -> None:
    [paper] = [paper for paper in PAPERS if paper.id == "title:3b"]
    [back] = reread([paper])
    kept = {name: back.extra[name] for name in ("ids", "editor", "author")}
    assert kept == {
        "ids": "garcia11,garcia2011,old",
        "editor": paper.extra["editor"],
        "author": r"Garc{\'i}a y Vega, Ana Mar{\'i}a and {The Reading Group} and others",
    }
    assert back.extra["note"] == paper.extra["note"].replace("& F", r"\& F").replace(
        "100%", r"100\%"
    )
    assert "\\input" not in back.extra["annote"]


@pytest.mark.parametrize(
    ("kind", "values", "type_"),
    [
        ("", {"venue": "Journal of Tests"}, "article"),
        ("", {"venue": "Tests", "volume": "3"}, "article"),
        ("", {"venue": "NeurIPS 2024"}, "inproceedings"),
        ("", {"venue": "icra"}, "inproceedings"),
        ("", {"venue": "Proceedings of the 3rd Conference on Letters"}, "inproceedings"),
        ("", {"venue": "XYZ 2020"}, "inproceedings"),
        ("", {"arxiv_id": "2001.00001"}, "misc"),
        ("", {"venue": "arXiv preprint", "arxiv_id": "2001.00001"}, "misc"),
        ("", {"venue": "ICLR", "arxiv_id": "2001.00001"}, "inproceedings"),
        ("", {}, "misc"),
        ("", {"extra": {"isbn": "1"}}, "book"),
        ("journal-article", {}, "article"),
        ("JournalArticle", {}, "article"),
        ("paper-conference", {}, "inproceedings"),
        ("book-chapter", {}, "incollection"),
        ("thesis", {}, "phdthesis"),
        ("inbook", {}, "inbook"),
        ("posted-content", {}, "misc"),
        ("dataset", {}, "dataset"),
        ("hat", {}, "misc"),
    ],
)
def test_the_type_follows_the_kind_or_what_the_venue_tells(
    kind: str, values: dict[str, object], type_: str
) -> None:
    [entry] = entries([Paper(title="T", kind=kind, **values)])  # type: ignore[arg-type]
    assert entry.entry_type == type_


def test_arxiv_is_named_for_latex_and_for_zotero() -> None:
    text = export_one(Paper(title="T", arxiv_id="2001.00001", primary_class="cs.DS"), "k")
    for line in (
        "@misc{k,",
        "  eprint = {2001.00001},",
        "  archivePrefix = {arXiv},",
        "  primaryClass = {cs.DS},",
        "  eprinttype = {arxiv},",
    ):
        assert line in text.split("\n")


@pytest.mark.parametrize(
    ("year", "date", "expected"),
    [
        (2020, "2020-12-17", {"year": "2020", "month": "dec", "day": "17"}),
        (None, "2020-02", {"year": "2020", "month": "feb"}),
        (2020, "", {"year": "2020"}),
        (None, "XXXX-02-10", {"date": "XXXX-02-10"}),
        (2020, "XXXX-02-10", {"year": "2020", "month": "feb", "day": "10"}),
        (2021, "2020-02-01", {"year": "2021", "date": "2020-02-01"}),
        (None, "last {spring}", {"date": r"last {\textbraceleft}spring{\textbraceright}"}),
    ],
)
def test_dates_are_written_as_exactly_as_they_are_known(
    year: int | None, date: str, expected: dict[str, str]
) -> None:
    names = ("year", "month", "day", "date")
    found = {name: field(name, year=year, date=date) for name in names}
    assert {name: value for name, value in found.items() if value} == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ada Lovelace", "Lovelace, Ada"),
        ("The OpenProof Team", "{The OpenProof Team}"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Martin King Jr.", "King, Jr., Martin"),
        ("Smith and Sons", "{Smith and Sons}"),
        ("others", "{others}"),
        ("Doe, John and, Jim", "Doe, {John and, Jim}"),
        ("Åsa Öst", r"{\"O}st, {\AA}sa"),
    ],
)
def test_names_are_written_last_name_first(author: str, expected: str) -> None:
    assert field("author", authors=(author,)) == expected


def test_authors_that_were_not_printed_are_said_to_be_there() -> None:
    assert field("author", authors=("A B", "C D"), author_count=3) == "B, A and D, C and others"
    assert field("author", authors=("A B", "C D"), author_count=2) == "B, A and D, C"
    assert field("author", author_count=2) == ""


def test_pages_get_the_dash_of_latex() -> None:
    assert field("pages", pages="1-10") == field("pages", pages="1–10") == "1--10"
    assert field("pages", pages="e12, 15-17") == "e12, 15--17"


def test_addresses_are_written_as_they_are() -> None:
    url = "https://example.org/~a_b?c=%20&d=#e"
    assert field("url", url=url) == url
    assert field("url", url="http://a/{b") == "http://a/%7Bb"
    assert field("doi", doi="https://doi.org/10.1/A_b%C") == "10.1/A_b%C"


def test_a_keyword_with_a_comma_stays_one_keyword() -> None:
    paper = Paper(title="T", keywords=("one, two", "three"))
    assert reread([paper])[0].keywords == paper.keywords
    assert reread([Paper(title="T", keywords=("one, two",))])[0].keywords == ("one, two",)


def test_fields_of_the_user_never_take_the_place_of_ours_or_act() -> None:
    extra = {"title": "Mine", "crossref": "x", "Odd name": "v", "7": "w", "doi": "10.1/x"}
    text = export_one(Paper(title="T", doi="10.1/x", extra=extra), "k")
    assert "extra-title = {Mine}" in text
    assert "extra-crossref = {x}" in text
    assert "odd-name = {v}" in text
    assert "extra-7 = {w}" in text
    assert text.count("10.1/x") == 1


def test_two_fields_whose_names_become_one_are_both_kept() -> None:
    text = export_one(Paper(title="T", extra={"My note": "1", "my-note": "2", "MY NOTE": "3"}), "k")
    assert sorted(line.split(" = ")[0].strip() for line in text.split("\n")[2:5]) == [
        "extra-extra-my-note", "extra-my-note", "my-note",
    ]  # fmt: skip


def test_former_keys_still_find_the_paper_in_biblatex() -> None:
    assert field("ids", extra={"citation_key": "Old99"}) == "Old99"
    assert field("ids", extra={"citation_key": "anon_t_nd", "ids": "b, a"}) == "a,b"
    assert field("ids", extra={"citation_key": "anon_t_nd"}) == ""
