"""Papers added by name: DOIs, arXiv ids, addresses, and lists of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.discovery import add_files
from paperflow.discovery.names import daily_page, is_address, names_in, paper_name
from paperflow.workspace import find_workspace
from tests.sources.loopback import Reply
from tests.sources.world import finder, papers, world

KNOWN = papers(9)
FIND = finder(KNOWN)


def named(*known):
    """Return a find that knows these papers by name and no others."""
    by_name = {name: p for p in known for name in (f"doi:{p.doi}", f"arxiv:{p.arxiv_id}")}
    return lambda query: [by_name[query]] if query in by_name else []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
        ("doi:10.1145/A.b", "doi:10.1145/a.b"),
        ("https://doi.org/10.1000/XYZ.", "doi:10.1000/xyz"),
        ("https://dl.acm.org/doi/10.1145/3292500?x=1", "doi:10.1145/3292500"),
        ("https://journals.plos.org/plosone/article?id=10.1371/j.pone.1", "doi:10.1371/j.pone.1"),
        ("10.48550/arXiv.2604.06170", "arxiv:2604.06170"),
        ("2604.06170", "arxiv:2604.06170"),
        ("2604.06170v3", "arxiv:2604.06170"),
        ("arXiv:2604.06170", "arxiv:2604.06170"),
        ("hep-th/9901001", "arxiv:hep-th/9901001"),
        ("math.GT/0309136", "arxiv:math.gt/0309136"),
        ("https://arxiv.org/abs/2604.06170v2", "arxiv:2604.06170"),
        ("http://www.arxiv.org/pdf/2604.06170.pdf", "arxiv:2604.06170"),
        ("https://huggingface.co/papers/2604.06170", "arxiv:2604.06170"),
        ("<https://doi.org/10.1/a>", "doi:10.1/a"),
        ("refs.bib", ""), ("papers/", ""), ("", ""), ("10.5", ""), ("2604", ""),
        ("https://example.org/paper", ""), ("../10.1145", ""),
    ],
)  # fmt: skip
def test_a_name_is_seen_in_what_people_paste(text, name):
    assert paper_name(text) == name


@given(st.text(max_size=60))
def test_no_text_raises(text):
    assert paper_name(text).partition(":")[0] in {"", "doi", "arxiv"}
    assert isinstance(daily_page(text), str)
    assert is_address(text) in {True, False}


def added(tmp_path, there, *names):
    workspace = find_workspace(tmp_path / "library", create=True)
    return add_files(workspace, names, web=there.web), workspace


def test_a_doi_and_an_arxiv_id_are_looked_up_and_added(tmp_path):
    with world(tmp_path, {"crossref": FIND, "arxiv": FIND}) as there:
        summary, workspace = added(
            tmp_path, there, KNOWN[0].doi, f"https://arxiv.org/abs/{KNOWN[1].arxiv_id}"
        )
    assert (summary.added, summary.failures) == (2, [])
    titles = {paper.title for paper in workspace.store.papers.all()}
    assert titles == {KNOWN[0].title, KNOWN[1].title}


def test_who_does_not_know_or_fails_is_followed_by_the_next(tmp_path):
    def spoil(number, seen, reply):
        return Reply(500) if seen.path.startswith("/works/10") else reply

    services = {"crossref": FIND, "datacite": named(), "openalex": named(KNOWN[3])}
    with world(tmp_path, services, spoil) as there:
        summary, workspace = added(tmp_path, there, KNOWN[3].doi)
    assert summary.added == 1
    (paper,) = workspace.store.papers.all()
    assert paper.sources == ("openalex",)


def test_a_name_that_nobody_knows_fails_with_what_each_source_said(tmp_path):
    order = ("crossref", "datacite", "openalex", "semantic_scholar", "europepmc")
    with world(tmp_path, dict.fromkeys(order, named())) as there:
        summary, _ = added(tmp_path, there, "10.1/unknown")
    (failure,) = summary.failures
    assert failure.item == "doi:10.1/unknown"
    assert all(f"{name}: does not know it" in failure.reason for name in order)


def test_a_file_comes_before_a_name_and_a_list_of_names_is_looked_up(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2005.00001").write_text("What a folder may hold\n")
    (tmp_path / "list.txt").write_text(f"# mine\n{KNOWN[4].doi}\n\narXiv:{KNOWN[5].arxiv_id}\n")
    with world(tmp_path, {"crossref": FIND, "arxiv": FIND}) as there:
        summary, workspace = added(tmp_path, there, "2005.00001", "list.txt")
    assert [failure.item for failure in summary.failures] == ["2005.00001"]  # no text file
    titles = {paper.title for paper in workspace.store.papers.all()}
    assert titles == {KNOWN[4].title, KNOWN[5].title}


def test_a_text_with_other_lines_is_no_list(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("10.1/a\nThe title of a paper\n")
    assert names_in(path) == []


def test_an_address_without_a_name_says_what_to_do(tmp_path):
    with world(tmp_path, {}) as there:
        summary, _ = added(tmp_path, there, "https://example.org/paper.html")
    assert "save the page" in summary.failures[0].reason


def test_a_page_of_daily_papers_is_read(tmp_path):
    with world(tmp_path, {"huggingface": FIND}) as there:
        summary, _ = added(tmp_path, there, "https://huggingface.co/papers/date/2026-11-20")
        seen = there.servers["huggingface"].seen[0]
    assert summary.added == len(KNOWN)
    assert seen.params["date"] == "2026-11-20"


def test_offline_what_was_asked_before_is_known_and_the_rest_says_why_not(tmp_path):
    with world(tmp_path, {"crossref": FIND}) as there:
        added(tmp_path, there, KNOWN[0].doi)
        offline = there.web.but(offline=True)
    again = find_workspace(tmp_path / "again", create=True)
    summary = add_files(again, [KNOWN[0].doi, KNOWN[1].doi], web=offline)
    assert summary.added == 1
    assert "offline" in summary.failures[0].reason
