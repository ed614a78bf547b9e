"""Markdown: whatever a paper holds is shown as text."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from paperflow.records import Paper
from paperflow.reports.keys import keyed
from paperflow.reports.markdown import escape, escape_block, export, link
from paperflow.reports.text import one_line, paragraphs
from tests.reports.exporters.cases import PAPERS, libraries, texts

_PLAIN = {"text", "softbreak", "link_open", "link_close", "code_inline"}


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def written(papers: Sequence[Paper]) -> str:
    out = StringIO()
    export(papers, out)
    return out.getvalue()


def inline(text: str) -> list[Token]:
    return [child for token in tokens(text) for child in token.children or []]


def shown(text: str) -> str:
    """Return what a reader of the rendered text sees."""
    return "".join(child.content for child in inline(text))


@given(texts)
def test_a_title_is_shown_as_it_is_and_nothing_else_happens(text: str) -> None:
    line = f"## {escape(text)}"
    assert {token.type for token in tokens(line)} <= {"heading_open", "inline", "heading_close"}
    assert {child.type for child in inline(line)} <= {"text", "text_special"}
    assert shown(line).split() == one_line(text).split()


@given(texts)
def test_a_paragraph_is_shown_as_it_is(text: str) -> None:
    for paragraph in paragraphs(text):
        line = escape_block(paragraph)
        assert [token.type for token in tokens(line)] == [
            "paragraph_open", "inline", "paragraph_close",
        ]  # fmt: skip
        assert shown(line).split() == paragraph.split()


@settings(max_examples=60)
@given(libraries)
def test_any_library_has_its_headings_and_no_html(papers: list[Paper]) -> None:
    found = tokens(written(papers))
    headings = [token for token in found if token.type == "heading_open"]
    assert len(headings) == 1 + len(papers)
    assert not [token for token in found if token.type in ("html_block", "fence", "code_block")]
    for child in (child for token in found for child in token.children or []):
        assert child.type in _PLAIN | {"text_special"}
        if child.type == "link_open":
            assert str(child.attrs["href"]).startswith(("http://", "https://", "HTTP"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "//a/b", "http:", "x"]
)
def test_an_address_that_is_not_of_the_web_is_no_link(address: str) -> None:
    assert "link_open" not in {child.type for child in inline(link("text", address))}


@pytest.mark.parametrize(
    "address", ["https://a.b/c(d)?e=f&g#h", "http://a.b/<x>", "https://a.b/\\", "https://a.b/[c] d"]
)
def test_an_address_of_the_web_is_one_link(address: str) -> None:
    found = [child for child in inline(f"{link('text', address)} after") if child.nesting]
    assert [child.type for child in found] == ["link_open", "link_close"]


@pytest.mark.parametrize("line", ["- a", "+ a", "* a", "1. a", "12) a", "# a", "> a", "===", "---"])
def test_the_beginning_of_a_paragraph_begins_no_list(line: str) -> None:
    assert tokens(escape_block(line))[0].type == "paragraph_open"


def test_every_paper_stands_under_its_key() -> None:
    text = written(PAPERS)
    for key, _ in keyed(PAPERS):
        assert f"- Key: `[@{key}]`\n" in text


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"venue": "V", "volume": "3", "date": "2020-01"}, "- Published: V, volume 3, 2020-01"),
        ({"authors": ("A B",), "author_count": 3}, "- Authors: A B; and 2 more"),
        ({"doi": "10.1/a(b)"}, "- DOI: [10.1/a(b)](<https://doi.org/10.1/a%28b%29>)"),
        ({"keywords": ("a_b", "c")}, r"- Keywords: a\_b, c"),
    ],
)
def test_facts_stand_in_a_list(values: dict[str, Any], line: str) -> None:
    assert line in written([Paper(title="T", **values)]).split("\n")
