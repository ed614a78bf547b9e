"""Plain text and Markdown: title, abstract, front matter, and lists of identifiers."""

import io

import pytest

from paperflow.documents import Document, problems_of
from paperflow.records import Paper
from paperflow.reports.markdown import export
from tests.readers.samples import failures, items, paper


@pytest.mark.parametrize(
    ("text", "title", "abstract"),
    [
        ("A Title\n", "A Title", ""),
        ("\n\n  A Title  \n\nFirst.\n\nSecond.\n", "A Title", "First.\n\nSecond."),
        ("# A Title #\n\nText.\n", "A Title", "Text."),
        ("A Title\n\nAbstract\n\nText.\n", "A Title", "Text."),
        ("A Title\n\nAbstract: Text on abstract things.\n", "A Title", "Text on abstract things."),
        ("A Title\n\n## Abstract\nText.\n", "A Title", "Text."),
        ("A Title\n\nAbstraction helps.\n", "A Title", "Abstraction helps."),
        ("A Title\nNo abstract here.\n", "A Title", "No abstract here."),
    ],
)
def test_the_first_line_is_the_title_and_the_rest_the_abstract(
    text: str, title: str, abstract: str
) -> None:
    for name in ("note.txt", "note.md", "stdin"):
        found = paper(text, name)
        assert (found.title, found.abstract) == (title, abstract)
        assert found.sources == ("text",)


def test_front_matter_fills_the_fields() -> None:
    found = paper(
        "---\ntitle: \"A: \\u00e9tude\"\nauthors:\n  - Ada Byron\n  - 'Shelley, Mary'\n"
        "year: 1999\ntags: [engines, 'novels']\ncssclass: wide\nempty:\n---\n"
        "# A: étude\n\nText.\n",
        "note.md",
    )
    assert (found.title, found.abstract, found.year) == ("A: étude", "Text.", 1999)
    assert found.authors == ("Ada Byron", "Mary Shelley")
    assert found.keywords == ("engines", "novels")
    assert found.extra == {"cssclass": "wide"}


def test_front_matter_without_a_title_leaves_it_to_the_heading() -> None:
    found = paper("---\nyear: 1999\n---\n\n# A Title\n\nText.\n", "note.md")
    assert (found.title, found.abstract, found.year) == ("A Title", "Text.", 1999)


def test_a_rule_that_is_no_front_matter_is_text() -> None:
    assert paper("Title\n\n---\nmore: text\n", "note.md").abstract == "---\nmore: text"


def test_a_list_of_identifiers_asks_for_a_source_on_the_network() -> None:
    found = failures(
        "10.1000/182\n\n- https://arxiv.org/abs/1706.03762\narXiv:1706.03762v2\nmath/0211159\n",
        "ids.txt",
    )
    assert [item.item.partition(",")[0] for item in found] == [
        f"ids.txt: line {number}" for number in (1, 3, 4, 5)
    ]
    assert "arXiv:1706.03762v2" in found[2].item
    assert all("network" in item.reason and "BibTeX" in item.reason for item in found)


def test_a_first_line_that_is_a_paragraph_is_no_title() -> None:
    (failure,) = failures("word " * 200, "note.txt")
    assert "no title" in failure.reason


@pytest.mark.parametrize("line", ["1 2 3.5", "a\tb\tc", "***", "2020-12-17"])
def test_numbers_and_tables_are_no_title(line: str) -> None:
    (failure,) = failures(f"{line}\n{line}\n", "data.txt")
    assert "no title" in failure.reason


def test_a_book_is_no_record() -> None:
    (failure,) = failures("A Title\n" + "word " * 300_000, "book.txt")
    assert "too long" in failure.reason


@pytest.mark.parametrize("name", ["notes.xyz", "image.png", "paper.docx"])
def test_text_under_a_foreign_suffix_is_refused(name: str) -> None:
    (failure,) = failures("A Title\n\nText.\n", name)
    assert name.rpartition(".")[2] in failure.reason


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("name", ["papers.md", "papers.txt", "stdin"])
def test_our_own_markdown_list_is_refused(count: int, name: str) -> None:
    out = io.StringIO()
    abstract = "We count the bridges of a town and say who crosses them. " * 6
    titles = [f"Bridges {number}" for number in range(count)]
    export([Paper(title=title, id=title, abstract=abstract) for title in titles], out)
    (failure,) = failures(out.getvalue(), name)
    assert ".bib or .json" in failure.reason


def test_a_note_on_papers_is_a_note() -> None:
    assert paper("# Papers\n\n12 papers changed the field.\n", "note.md").title == "Papers"


LONG = """# Bridges of a Town

Every bridge is crossed once.

## 1 Introduction

We *cross* the graph [1] of [all](https://example.org) bridges, see Figure 1.

![Figure 1: A town.](town.png)

### 1.1 Walks

- One way.
- Another.

Table 1: Counts.
| Model | F1 |
|---|---|
| Walk | .91 |

$$ a = b $$

## References

[1] L. Euler. Solutio problematis. Commentarii, 1736.
[2] E. du Châtelet. Institutions de physique. Prault, 1740.
"""


def test_markdown_with_headings_is_a_full_text() -> None:
    (found,) = items(LONG, "note.md")
    assert isinstance(found, Document)
    assert problems_of(found) == []
    assert found.paper.title == "Bridges of a Town"
    assert found.paper.abstract == "Every bridge is crossed once."
    assert [(s.number, s.title, s.level) for s in found.sections] == [
        *(("1", "Introduction", 1), ("1.1", "Walks", 2), ("", "References", 1)),
    ]
    assert [block.text for block in found.blocks if block.kind == "item"] == [
        "One way.",
        "Another.",
    ]
    assert found.tables[0].rows == (("Model", "F1"), ("Walk", ".91"))
    assert [r.work.year for r in found.references] == [1736, 1740]
    assert [link.targets for link in found.citations()] == [(0,)]
    assert [link.targets for link in found.links if link.kind == "figure"] == [(0,)]
    assert found.equations[0].latex == "a = b"


def test_plain_text_with_numbered_headings_is_a_full_text() -> None:
    text = (
        "Bridges of a Town\n\nAbstract\n\nEvery bridge is crossed once.\n\n1 Introduction\n\n"
        "We cross it, as Euler (1736) did.\n\n2 Method\n\nWe count.\n\nReferences\n\n"
        "Leonhard Euler. 1736. Solutio problematis. Commentarii.\n"
    )
    (found,) = items(text, "paper.txt")
    assert isinstance(found, Document)
    assert found.paper.abstract == "Every bridge is crossed once."
    assert [s.title for s in found.sections] == ["Introduction", "Method", "References"]
    assert [link.targets for link in found.citations()] == [(0,)]
