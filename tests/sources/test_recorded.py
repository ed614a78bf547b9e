"""Every source against answers that its service once gave."""

import json

import pytest

from paperflow.sources import SOURCES, collect, semantic_scholar
from paperflow.sources.unpaywall import Unpaywall
from paperflow.sources.web import Web
from paperflow.store.web import WebState
from tests.sources.loopback import Loopback, Tick
from tests.sources.recorded import arxiv_pages, cassette, player


@pytest.fixture
def play(tmp_path):
    """Return a function that serves a tape and returns the way to it."""
    servers = []

    def start(tape, *names):
        tick = Tick()
        servers.append(Loopback(player(tape), tick.clock))
        return Web(
            state=WebState(tmp_path / f"{len(servers)}.sqlite"), clock=tick.clock, environment={},
            contact="reader@example.org", mirrors=dict.fromkeys(names, servers[-1].url),
        )  # fmt: skip

    yield start
    for server in servers:
        server.close()


def search(web, name, query, limit):
    return collect(name, lambda: SOURCES.load(name)(web).search(query, limit=limit))


def test_arxiv_s_page_is_read_whole(play, real_data):
    tape = list(arxiv_pages(real_data("api-fixtures/arxiv/tests/fixtures"), "q_testing_s0_m100"))
    answer = search(play(tape, "arxiv", "datacite"), "arxiv", "testing", 100)
    assert (answer.status, len(answer.papers)) == ("ok", 100)
    assert tape[0].reply.body.count(b"<entry>") == 100
    first = answer.papers[0]
    assert first.arxiv_id == "2202.12139"
    assert first.date == "2022-02-24"
    assert first.primary_class
    assert all(paper.abstract and paper.authors and paper.arxiv_id for paper in answer.papers)


@pytest.mark.parametrize(
    ("begin", "ids", "count"),
    [
        ("id_1605.08386", ["1605.08386"], 1),
        ("id_0808.05394_1707.08567", ["0808.05394", "1707.08567"], 1),
        ("id_astro-ph_0601001", ["astro-ph/0601001"], 1),
        ("id_0000.0000", ["0000.0000"], 0),
    ],
)
def test_arxiv_s_look_ups(play, real_data, begin, ids, count):
    tape = list(arxiv_pages(real_data("api-fixtures/arxiv/tests/fixtures"), begin))
    source = SOURCES.load("arxiv")(play(tape, "arxiv", "datacite"))
    found = list(source.find([f"arxiv:{name}" for name in ids]))
    assert len(found) == count
    assert {paper.arxiv_id for paper in found} <= set(ids)


def test_arxiv_s_own_error_is_passed_on(play, real_data):
    tape = list(arxiv_pages(real_data("api-fixtures/arxiv/tests/fixtures"), "id_abc"))
    web = play(tape, "arxiv", "datacite")
    answer = collect("arxiv", lambda: SOURCES.load("arxiv")(web).find(["arxiv:abc"]))
    assert answer.status == "failed"


def test_crossref_s_work_is_read_with_its_references(play, real_data):
    folder = real_data("api-fixtures/crossref/test/cassettes")
    tape = cassette(folder / "test-works/test_works_with_one_id.yaml")
    source = SOURCES.load("crossref")(play(tape_quoted(tape), "crossref"))
    (paper,) = source.find(["doi:10.1371/journal.pone.0033693"])
    stated = json.loads(tape[0].reply.body)["message"]
    assert paper.title.startswith("Methylphenidate Exposure")
    assert len(paper.authors) == len(stated["author"]) == 6
    assert (paper.venue, paper.volume, paper.issue) == ("PLoS ONE", "7", "3")
    assert paper.year == 2012
    named = {row["DOI"].lower() for row in stated["reference"] if "DOI" in row}
    assert set(paper.references) == {f"doi:{doi}" for doi in named}
    assert paper.citation_count == stated["is-referenced-by-count"]


def tape_quoted(tape):
    """Put the DOI of a recorded path in the form in which it is asked for."""
    from dataclasses import replace

    return [replace(row, path=row.path.replace("/10.1371/", "/10.1371%2F")) for row in tape]


def test_crossref_s_lists_lose_nothing_that_has_a_title(play, real_data):
    folder = real_data("api-fixtures/crossref/test/cassettes")
    count = 0
    for path in sorted(folder.glob("*/*.yaml")):
        for row in cassette(path):
            if row.host != "api.crossref.org" or row.path != "/works" or row.reply.status != 200:
                continue
            stated = json.loads(row.reply.body)["message"]["items"]
            answer = search(play([row], "crossref"), "crossref", "widget", len(stated))
            assert answer.status == "ok"
            assert len(answer.papers) == sum(bool(item.get("title")) for item in stated)
            count += len(answer.papers)
    assert count > 50


def test_semantic_scholar_s_pages_follow_each_other(play, real_data):
    folder = real_data("api-fixtures/semanticscholar/tests/data")
    tape = cassette(folder / "test_search_paper_next_page.yaml")
    answer = search(play(tape, "semantic_scholar"), "semantic_scholar", "turing", 200)
    assert (answer.status, len(answer.papers)) == ("ok", 200)
    assert len({paper.title for paper in answer.papers}) > 150


def test_semantic_scholar_finds_nothing_without_failing(play, real_data):
    folder = real_data("api-fixtures/semanticscholar/tests/data")
    tape = cassette(folder / "test_empty_paginated_results.yaml")
    answer = search(play(tape, "semantic_scholar"), "semantic_scholar", "n0 r3sult", 10)
    assert (answer.status, answer.papers) == ("ok", ())


def test_semantic_scholar_s_references_are_all_read(play, real_data):
    folder = real_data("api-fixtures/semanticscholar/tests/data")
    tape = cassette(folder / "test_get_paper_references.yaml")
    web = play([row_as_asked(row) for row in tape], "semantic_scholar")
    source = SOURCES.load("semantic_scholar")(web)
    stated = [item for row in tape for item in json.loads(row.reply.body)["data"]]
    found = list(source.references("doi:10.2139/ssrn.2250500", limit=1000))
    titled = [item["citedPaper"]["title"] for item in stated if item["citedPaper"]["title"]]
    assert [letters(item.paper.title) for item in found] == [letters(text) for text in titled]


def letters(text):
    return "".join(filter(str.isalnum, text))


def row_as_asked(row):
    from dataclasses import replace

    return replace(row, path=row.path.replace("/paper/10.", "/paper/DOI:10."))


def test_a_citation_of_semantic_scholar_s_keeps_sentence_and_intent(real_data):
    folder = real_data("api-fixtures/semanticscholar/tests/data")
    stated = json.loads((folder / "Reference.json").read_text())
    paper = semantic_scholar.read(stated["citedPaper"])
    assert paper.arxiv_id == "1402.0030"
    assert paper.authors == ("A. Mnih", "Karol Gregor")
    assert (paper.venue, paper.date) == (
        "International Conference on Machine Learning",
        "2014-01-31",
    )


def test_openalex_s_search_is_read_with_its_abstracts(play, real_data):
    folder = real_data("api-fixtures/paperqa")
    tape = cassette(folder / "test_title_search[paper_attributes2].yaml")
    tape = [row for row in tape if row.host == "api.openalex.org"]
    row = next(row for row in tape if json.loads(row.reply.body).get("results"))
    answer = search(play([row], "openalex"), "openalex", "chemistry tools", 5)
    stated = json.loads(row.reply.body)["results"][0]
    assert answer.status == "ok"
    paper = answer.papers[0]
    assert paper.title == stated["title"]
    assert f"https://doi.org/{paper.doi}" == stated["doi"] or paper.arxiv_id
    words = stated["abstract_inverted_index"] or {}
    assert len(paper.abstract.split()) >= len(words)
    assert len(paper.authors) == len(stated["authorships"])


def test_unpaywall_s_places_are_read(play, real_data):
    folder = real_data("api-fixtures/paperqa")
    read = 0
    for path in sorted(folder.glob("test_doi_search*.yaml")):
        for row in cassette(path):
            if row.host != "api.unpaywall.org":
                continue
            doi = row.path.removeprefix("/v2/")
            places = Unpaywall(play([row], "unpaywall")).locations(doi)
            stated = json.loads(row.reply.body)
            best = (stated.get("best_oa_location") or {}).get("url_for_pdf")
            assert (places[:1] or [None])[0] == best or not best
            read += 1
    assert read > 1
