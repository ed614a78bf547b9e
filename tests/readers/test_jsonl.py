"""JSON of our own: lines, arrays, foreign keys, and what each line can have wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.readers import read
from paperflow.records import Context, Failure, Paper
from tests.readers.samples import failures, items, paper, papers

_words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
_line = st.lists(_words, min_size=1, max_size=4).map(" ".join)
_name = st.lists(
    st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=3
).map(" ".join)  # fmt: skip
_paper = st.builds(
    Paper,
    title=_line,
    abstract=st.lists(_line, max_size=3).map("\n\n".join),
    authors=st.lists(_name, max_size=3).map(tuple),
    author_count=st.none() | st.integers(1, 5000),
    citation_count=st.none() | st.integers(1, 10**6),
    year=st.none() | st.integers(1500, 2100),
    date=st.just("") | st.just("XXXX-02-10"),
    venue=st.just("") | _line,
    kind=st.sampled_from(["", "article", "misc"]),
    doi=st.sampled_from(["", "10.1000/182"]),
    arxiv_id=st.sampled_from(["", "1706.03762", "math/0211159"]),
    keywords=st.lists(_line, max_size=3, unique=True).map(tuple),
    references=st.sampled_from([(), ("doi:10.1000/182", "arxiv:1706.03762")]),
    contexts=st.lists(
        st.builds(Context, st.just("doi:10.1000/182"), _line, st.sampled_from(["", "background"])),
        max_size=2,
    ).map(tuple),
    sources=st.sampled_from([("arxiv",), ("bibtex", "listing")]),
    extra=st.dictionaries(st.sampled_from(["note", "shelf", "x y"]), _line),
)


@given(st.lists(_paper, min_size=1, max_size=4))
def test_our_own_records_come_back_as_they_were(records: list[Paper]) -> None:
    dumped = [json.dumps(record.as_dict(), ensure_ascii=False) for record in records]
    assert papers("\n".join(dumped), "papers.jsonl") == records
    assert papers(f"[{', '.join(dumped)}]", "papers.json", kind="jsonl") == records


@given(_paper)
def test_our_own_id_is_left_to_the_store(record: Paper) -> None:
    for name in ("title:0123456789abcdef", "doi:10.1000/182", "arxiv:1706.03762"):
        scheme = name.partition(":")[0]
        found = paper(json.dumps(replace(record, id=name).as_dict()), "papers.jsonl")
        assert (found.id, "id" in found.extra) == ("", False)
        assert scheme == "title" or getattr(found, {"doi": "doi"}.get(scheme, "arxiv_id"))


def test_a_foreign_id_and_other_keys_are_kept() -> None:
    found = paper('{"id": "x/1", "title": "A", "status": "Oral", "scores": [1, {"a": 2}], "n": 0}')
    assert found.extra == {"id": "x/1", "status": "Oral", "scores": '1; {"a": 2}', "n": "0"}


@pytest.mark.parametrize(
    "authors",
    [
        ["Ada Byron", "Mary Shelley"],
        ["Byron, Ada", "Shelley, Mary"],
        [{"name": "Ada Byron", "authorId": "1"}, {"name": "Mary Shelley"}],
        [{"given": "Ada", "family": "Byron"}, {"first": "Mary", "last": "Shelley"}],
        "Ada Byron; Mary Shelley",
        "Byron, Ada; Shelley, Mary",
        "Ada Byron and Mary Shelley",
        "Byron, Ada and Shelley, Mary",
        "Ada Byron, Mary Shelley",
    ],
)
def test_authors_are_understood_in_many_forms(authors: object) -> None:
    found = paper(json.dumps({"title": "A", "authors": authors}))
    assert found.authors == ("Ada Byron", "Mary Shelley")


def test_keys_of_other_tools_are_understood() -> None:
    found = paper(
        json.dumps(
            {
                "paperId": "f00",
                "title": "A",
                "externalIds": {"DOI": "10.1000/182", "ArXiv": "1706.03762", "CorpusId": 1},
                "publicationDate": "1999-02-03T00:00:00Z",
                "journal": "J",
                "citationCount": 7,
                "summary": "S",
                "tags": "a, b",
            }
        )
    )
    assert (found.doi, found.arxiv_id, found.venue) == ("10.1000/182", "1706.03762", "J")
    assert (found.date, found.year, found.citation_count) == ("1999-02-03", 1999, 7)
    assert (found.abstract, found.keywords) == ("S", ("a", "b"))
    assert found.extra == {"paperId": "f00", "externalIds": '{"CorpusId": 1}'}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"year": "n. d."}, {"year": "n. d."}),
        ({"year": 3020}, {"year": "3020"}),
        ({"year": 1e400}, {"year": "inf"}),
        ({"date": "someday"}, {"date": "someday"}),
        ({"author_count": -1}, {"author_count": "-1"}),
        ({"citation_count": "many"}, {"citation_count": "many"}),
        ({"doi": "pending"}, {"doi": "pending"}),
        ({"arxiv_id": "pending"}, {"arxiv_id": "pending"}),
        ({"references": ["Byron 1843"]}, {"references": "Byron 1843"}),
        ({"contexts": ["They say so."]}, {"contexts": "They say so."}),
        ({"contexts": [{"work": 7}]}, {"contexts": '{"work": 7}'}),
        ({"venue": "V", "journal": "J"}, {"journal": "J"}),
    ],
)
def test_a_value_that_can_t_be_used_is_kept(values: object, kept: dict[str, str]) -> None:
    assert isinstance(values, dict)
    assert paper(json.dumps({"title": "A", **values})).extra == kept


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "B"', "breaks off"),
        ('{"title": "B}', "breaks off"),
        ("{'title': 'B'}", "no JSON"),
        ("garbage", "no JSON"),
        ("[1, 2]", "no JSON object"),
        ('"text"', "no JSON object"),
        ('{"year": 1999}', "no title"),
        ('{"title": null}', "no title"),
        ('{"title": "   "}', "no title"),
        ("[" * 100_000, "nested too deeply"),
        ('{"title": "B", "n": ' + "9" * 5000 + "}", "digits"),
        ('{"title": "B", "n": "' + "9" * (17 << 20) + '"}', "longer than 16 MB"),
    ],
    ids=range(12),
)
def test_a_bad_line_is_a_failure_and_the_rest_is_read(line: str, reason: str) -> None:
    found = items(f'{{"title": "A"}}\n\n{line}\n{{"title": "C"}}\n', "papers.jsonl")
    assert [item.title for item in found if isinstance(item, Paper)] == ["A", "C"]
    (failure,) = (item for item in found if isinstance(item, Failure))
    assert failure.item == "papers.jsonl: line 3"
    assert reason in failure.reason


def test_a_bad_first_line_does_not_hide_the_format() -> None:
    found = items('{"title": "A"\n{"title": "B"}\n', "papers.jsonl")
    assert [getattr(item, "title", None) for item in found] == [None, "B"]


@pytest.mark.parametrize("name", ["papers", "items", "data"])
def test_an_object_around_the_records_is_opened(name: str) -> None:
    text = json.dumps({"total": 2, name: [{"title": "A"}, {"title": "B"}, 3]}, indent=1)
    found = items(text, "papers.json")
    assert [getattr(item, "title", None) for item in found] == ["A", "B", None]


def test_an_array_that_breaks_off_keeps_what_came_before() -> None:
    text = json.dumps([{"title": "A"}, {"title": "B"}, {"title": "C"}], indent=1)
    found = items(text[:-10], "papers.json")
    assert [getattr(item, "title", None) for item in found] == ["A", "B", None]
    assert failures(text[:-1], "papers.json")[0].reason.startswith("it breaks off")


def test_a_large_array_on_one_line_is_read_piece_by_piece() -> None:
    record = {"title": "A long array", "abstract": "word " * 2000}
    text = json.dumps([record] * 200)
    assert len(papers(text, "papers.json")) == 200


def test_the_demo_corpus_is_read_whole() -> None:
    path = Path(__file__).parents[2] / "data" / "demo" / "papers.jsonl"
    found = list(read(path))
    assert len(found) == 74
    assert all(isinstance(item, Paper) and item.sources == ("jsonl",) for item in found)


def test_the_conference_file_is_read(
    real_data: Callable[[str], Path],
) -> None:
    stream = read(real_data("conference/papers.jsonl.gz"))
    found = [next(stream) for _ in range(1000)]
    read_ones = [item for item in found if isinstance(item, Paper)]
    assert len(read_ones) == 1000
    assert all(item.title and item.abstract and item.year and item.venue for item in read_ones)
    assert all(set(item.extra) <= {"id", "status"} for item in read_ones)
    assert read_ones[0].title.startswith("Flash3D: ")
    assert len(read_ones[0].authors) == 7
    assert read_ones[0].keywords[1] == "3D Gaussian Splatting"


@pytest.mark.parametrize("name", ["jsonl", "csl"])
@pytest.mark.parametrize("title", [123, 0, True, 1.5, {"en": "A"}, {}, [], [7]])
def test_a_title_that_is_no_text_is_a_failure(name: str, title: object) -> None:
    found = items(json.dumps([{"title": title}, {"title": "B"}]), kind=name)
    assert [isinstance(item, Failure) for item in found] == [True, False]
    assert isinstance(found[0], Failure)
    assert "title" in found[0].reason
