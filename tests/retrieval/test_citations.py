"""Search that follows citations: what is cited by the found papers rises, and nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.retrieval.citations import follow_citations, library_citations
from paperflow.retrieval.search import Hit
from paperflow.store import open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return four papers: a and b cite c, d stands alone."""
    with open_store(tmp_path_factory.mktemp("cited") / "store.sqlite") as opened:
        opened.papers.add(
            [
                Paper(title="A", doi="10.1/a", references=("doi:10.1/c", "doi:10.1/outside")),
                Paper(title="B", doi="10.1/b", references=("doi:10.1/c",)),
                Paper(title="C", doi="10.1/c"),
                Paper(title="D", doi="10.1/d"),
            ]
        )
        yield opened


def hit(name: str, relevance: float) -> Hit:
    return Hit(f"doi:10.1/{name}", relevance, relevance, None)


def names(hits: list[Hit]) -> list[str]:
    return [item.paper_id[-1] for item in hits]


def test_what_the_found_papers_cite_is_found_and_passes_what_is_not_cited(store):
    graph = library_citations(store)
    hits = [hit("a", 0.9), hit("b", 0.8), hit("d", 0.3)]
    found = follow_citations(hits, graph)
    assert names(found) == ["a", "b", "c", "d"]
    assert found[2].lexical is None


def test_a_filter_holds_for_what_citations_lead_to(store):
    graph = library_citations(store)
    assert names(follow_citations([hit("a", 0.9)], graph, among={"doi:10.1/a"})) == ["a"]


def test_without_its_citations_a_paper_leads_nowhere(store):
    graph = library_citations(store)
    assert names(follow_citations([hit("a", 0.9)], graph.without("doi:10.1/a"))) == ["a"]


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), max_size=4))
def test_relevance_stays_within_bounds_and_no_hit_is_lost(store, given_hits):
    hits = [hit(name, value) for name, value in given_hits.items()]
    found = follow_citations(hits, library_citations(store))
    assert {item.paper_id for item in hits} <= {item.paper_id for item in found}
    assert all(0 <= item.relevance <= 1 for item in found)
    assert found == follow_citations(hits[::-1], library_citations(store)) or not any(
        given_hits.values()
    )
