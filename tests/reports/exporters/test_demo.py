"""The demo corpus goes out in every format and comes back the same."""

from io import BytesIO, StringIO
from pathlib import Path

import bibtexparser
import pytest

from paperflow.readers import read
from paperflow.records import Paper
from paperflow.reports import EXPORTERS
from paperflow.reports.keys import keyed

DEMO = Path(__file__).parents[3] / "data" / "demo" / "papers.jsonl"
FIELDS = ("title", "abstract", "authors", "year", "date", "venue", "arxiv_id", "doi", "url")
READERS = {"bib": "bibtex", "csl": "csl", "csv": "table", "json": "jsonl", "ris": "ris"}


@pytest.fixture(scope="module")
def demo() -> list[Paper]:
    found = [item for item in read(DEMO) if isinstance(item, Paper)]
    assert len(found) == 74
    return found


def exported(name: str, papers: list[Paper]) -> str:
    out = StringIO(newline="")
    EXPORTERS.load(name)(papers, out)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(READERS))
def test_our_reader_finds_the_same_fields(name: str, demo: list[Paper]) -> None:
    found = list(read(BytesIO(exported(name, demo).encode()), kind=READERS[name]))
    for back, (_, paper) in zip(found, keyed(demo), strict=True):
        assert isinstance(back, Paper)
        assert [getattr(back, field) for field in FIELDS] == [
            getattr(paper, field) for field in FIELDS
        ]
        assert back.keywords == paper.keywords


def test_another_parser_finds_the_same_fields_in_bibtex(demo: list[Paper]) -> None:
    library = bibtexparser.parse_string(exported("bib", demo))
    assert not library.failed_blocks
    for entry, (key, paper) in zip(library.entries, keyed(demo), strict=True):
        stated = {name: value.value for name, value in entry.fields_dict.items()}
        braceless = stated["title"].replace("{", "").replace("}", "")
        assert (entry.key, braceless) == (key, paper.title)
        assert stated.get("eprint", "") == paper.arxiv_id
        assert stated.get("url", "") == paper.url
        assert stated.get("journal", stated.get("booktitle", "")) == paper.venue
        assert len(stated.get("author", "").split(" and ")) == max(1, len(paper.authors))


def test_keys_are_readable(demo: list[Paper]) -> None:
    keys = {paper.title: key for key, paper in keyed(demo)}
    title = "A Generalization of Transformer Networks to Graphs"
    assert keys[title] == "dwivedi_generalization_2020"
    assert len(set(keys.values())) == 74
