import hashlib
import os
import subprocess
import sys
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import pytest

from paperflow.records import Paper
from paperflow.reports.html import TEMPLATES, render
from paperflow.reports.report import Answer, Graph, Node, Report, ScoredPaper
from paperflow.reports.view import is_web_address
from tests.reports.html.page import GOLDEN, Page
from tests.reports.html.sample import sample_report
from tests.reports.html.small import SENTENCE, small_report

CYTOSCAPE = "081591ab735b2b6a3b31a3c60f8f3a3e2fee8c92939e0c7820ad1208571b6cd8"


@pytest.fixture(scope="module")
def small() -> Page:
    return Page(small_report())


@pytest.fixture(scope="module")
def sample() -> Page:
    return Page(sample_report())


def test_the_small_page_is_the_one_that_was_looked_at(small: Page) -> None:
    # After a change that was looked at in a browser: python -m tests.reports.html.write_golden
    assert small.bare() == GOLDEN.read_text(encoding="utf-8")


def test_a_row_says_everything_about_its_paper(small: Page) -> None:
    row = small.line("//tr[@id='paper-1']")
    for words in (
        "Sparse Attention on Large Graphs",
        "Emmy Noether, Ada Lovelace, Mary Cartwright and 2 more",
        "Journal of Sparse Graphs",
        "2023-05-04",
        "hidden gem",
        "Says sparse, attention, graphs.",
        SENTENCE,
        "relevance 0.90 × 0.60 = 0.540",
        "recency 0.50 × 0.30 = 0.150",
        "authority 0.50 × 0.10 = 0.050",
        "total 0.740",
        "noether2023sparse",
        "journal article",
        "1,500 times",
        "attention, graphs",
    ):
        assert words in row


def test_a_paper_without_scores_or_year_keeps_its_row(small: Page) -> None:
    row = small.line("//tr[@id='paper-2']")
    assert "3 authors, not named" in row
    assert "05-04, no year" in row
    assert "No abstract in the library." in row
    assert not small.find("//tr[@id='paper-2']//*[local-name()='svg']")


def test_the_answer_shows_quote_key_place_and_score(small: Page) -> None:
    answer = small.line("//section[@id='answer']")
    for words in ("What keeps the memory flat?", SENTENCE, "noether2023sparse", "abstract", "0.87"):
        assert words in answer
    assert small.find("//section[@id='answer']//a/@href") == ["#paper-1"]


def test_an_answer_without_quotes_says_that_the_library_does_not_say() -> None:
    silent = Page(Report(title="t", answer=Answer(question="Why?")))
    assert "The library does not say." in silent.line("//section[@id='answer']")
    reason = Answer(question="Why?", refusal="No paper speaks of dragons.")
    assert "of dragons" in Page(Report(title="t", answer=reason)).line("//section[@id='answer']")


def test_edges_and_statements_are_tables_with_quotes(small: Page) -> None:
    edges = small.line("//table[contains(@class, 'facts-table')]")
    assert "Sparse Attention on Large Graphs proposes sparse attention" in edges
    assert "sparse attention related to memory Memory matters elsewhere." in edges
    assert "lee2019elsewhere" in edges
    said = small.line("//section[@id='statements']//li")
    assert "keeps flat sparse attention (method, subject) memory (concept, object)" in said
    assert SENTENCE in said


def test_sources_tell_their_status_and_note(small: Page) -> None:
    assert small.line("//section[@id='sources']//tbody") == (
        "local ok 2 arxiv rate limited 0 gave up after 60 s"
    )


def test_weights_come_in_the_order_of_the_parts_whatever_the_mapping(small: Page) -> None:
    assert small.line("//p[@class='formula']") == (
        "total = 0.60 × relevance + 0.30 × recency + 0.10 × authority"
    )


def test_an_empty_report_is_a_whole_page_that_says_so() -> None:
    empty = Page(Report(title="Nothing yet"))
    assert empty.line("//h1") == "Nothing yet"
    assert "No paper was found." in empty.line("//main")
    sections = empty.find("//main/section/@id")
    assert sections == ["papers", "method"]
    assert set(empty.find("//nav/a/@href")) == {"#papers", "#method"}
    assert not empty.find("//script[@id='graph-data']")
    assert "cytoscape" not in empty.text


def test_every_inner_link_has_its_target_and_no_id_occurs_twice(sample: Page, small: Page) -> None:
    for page in (sample, small):
        ids = page.ids()
        assert len(ids) == len(set(ids))
        inner = {href for href in page.find("//@href") if href.startswith("#")}
        assert inner <= {f"#{name}" for name in ids}
        labels = page.find("//@aria-labelledby | //@for")
        assert {name for label in labels for name in label.split()} <= set(ids)


def test_nothing_is_fetched_and_links_go_only_to_the_papers_own_pages(sample: Page) -> None:
    own = {f"https://arxiv.org/abs/{row.paper.arxiv_id}" for row in sample_report().papers} | {
        f"https://doi.org/{row.paper.doi}" for row in sample_report().papers
    }
    outer = [link for link in sample.find("//a") if not link.get("href").startswith("#")]
    assert outer
    assert {link.get("href") for link in outer} <= own
    assert all("noopener" in link.get("rel") for link in outer)
    assert not sample.find("//@src | //@srcset | //@action | //@background | //@poster")
    assert [link.get("rel") for link in sample.find("//link")] == ["icon"]
    assert sample.find("//link/@href")[0].startswith("data:image/svg+xml,")


def test_a_script_address_is_never_a_link(small: Page) -> None:
    assert not small.find("//tr[@id='paper-2']//a")
    assert not small.find("//@href[starts-with(., 'javascript')]")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "//example.org",
        "https://",
        "http:example.org",
        "https://example.org/a b",
        "https:\\\\example.org",
        "https://[bad",
        "relative/path",
        "",
    ],
)
def test_an_address_that_is_not_plain_http_is_no_web_address(address: str) -> None:
    assert not is_web_address(address)


def test_a_paper_links_to_doi_arxiv_and_its_own_page_each_once() -> None:
    paper = Paper(
        title="t",
        doi='10.1/a"><script>',
        arxiv_id="math/0501001",
        url="https://arxiv.org/abs/math/0501001",
        pdf_url="http://example.org/x.pdf?a=1&b=2",
    )
    page = Page(Report(title="t", papers=(ScoredPaper(key="k", paper=paper, rank=1),)))
    assert page.find("//tbody//a/@href") == [
        "https://doi.org/10.1/a%22%3E%3Cscript%3E",
        "https://arxiv.org/abs/math/0501001",
        "http://example.org/x.pdf?a=1&b=2",
    ]


def test_the_policy_allows_our_scripts_and_styles_by_hash_and_nothing_else(small: Page) -> None:
    rules = dict(
        rule.split(" ", 1) for rule in small.find("//meta[@http-equiv]/@content")[0].split("; ")
    )
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    scripts = small.find("//script[not(@type)]/text()")
    assert set(rules["script-src"].split()) == {_hash(text) for text in scripts}
    styles = small.find("//style/text()")
    assert set(rules["style-src"].split()) == {_hash(text) for text in styles}
    assert not small.find("//@style")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_vendored_script_is_the_published_one_and_its_licence_is_beside_it() -> None:
    script = (TEMPLATES / "vendor" / "cytoscape.min.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == CYTOSCAPE
    licence = (TEMPLATES / "vendor" / "cytoscape.LICENSE").read_text(encoding="utf-8")
    assert "The Cytoscape Consortium" in licence
    assert "The above copyright notice and this permission notice shall be included" in licence
    assert "The above copyright notice" in script.decode()


def test_the_same_report_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    program = (
        "import sys; from tests.reports.html.sample import sample_report;"
        "from paperflow.reports.html import render;"
        "sys.stdout.buffer.write(render(sample_report()).encode())"
    )
    pages = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "."},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima"))
    ]
    assert pages[0] == pages[1] == render(sample_report()).encode()


def test_a_long_graph_is_cut_and_the_page_says_so() -> None:
    nodes = tuple(Node(id=f"n{i:03}", label=f"name {i}", type="concept") for i in range(310))
    page = Page(Report(title="t", graph=Graph(nodes=nodes)))
    assert "the 300 weightiest of 310 nodes" in page.line("//section[@id='graph']")
    assert len(page.graph()["nodes"]) == 300


def test_the_graphs_data_joins_quotes_papers_and_statements(small: Page) -> None:
    data = small.graph()
    labels = [node["label"] for node in data["nodes"]]
    assert labels[:3] == ["Sparse Attention on Large Graphs", "sparse attention", "memory"]
    assert data["nodes"][3]["type"] == "statement"
    assert data["nodes"][0]["short"] == "noether2023sparse"
    assert [arm["role"] for arm in data["arms"] if arm["source"] == 3] == ["subject", "object"]
    quotes = [said["quote"] for edge in data["edges"] for said in edge["said"]]
    assert quotes == [SENTENCE, "Memory matters elsewhere."]
    papers = [data["papers"][said["paper"]] for edge in data["edges"] for said in edge["said"]]
    assert [(paper["key"], paper["anchor"]) for paper in papers] == [
        ("noether2023sparse", "paper-1"),
        ("lee2019elsewhere", ""),
    ]


def test_tables_and_fields_are_labelled_for_those_who_listen(sample: Page) -> None:
    for field in sample.find("//input | //select"):
        assert field.getparent().tag == "label"
        assert field.getparent().text_content().strip()
    for button in sample.find("//button"):
        assert button.get("aria-label") or button.text_content().strip()
    for picture in sample.find("//*[local-name()='svg']"):
        assert picture.get("aria-label") or picture.get("aria-hidden") == "true"
    assert [
        item.tag for item in sample.find("//body/*[self::header or self::main or self::footer]")
    ]
    headings = [int(item.tag[1]) for item in sample.find("//h1 | //h2 | //h3 | //h4")]
    assert headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
