"""Full-text search and vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperflow.records import Paper
from paperflow.store import Filter


@pytest.fixture
def library(store):
    store.papers.add(
        [
            Paper(title="Graph transformers", year=2020, date="2020-12-17", venue="AAAI Workshop",
                  authors=("Vijay Dwivedi",), sources=("bibtex",)),
            Paper(title="Attention", abstract="Transformers use attention.", year=2017,
                  venue="NeurIPS", authors=("Ashish Vaswani",), sources=("listing",)),
            Paper(title="Undated networks", abstract="No graph at all."),
        ]
    )  # fmt: skip
    return store


def titles(store, found):
    return [store.papers.get(paper_id).title for paper_id, _ in found]


def test_a_word_in_the_title_counts_more_and_stems_match(library):
    found = library.search.papers(["transformer"], 10)
    assert titles(library, found) == ["Graph transformers", "Attention"]
    assert found[0][1] > found[1][1] > 0


def test_filters_hold_with_and_without_dates(library):
    def search(**wanted):
        found = library.search.papers(["graph", "attention"], 10, Filter(**wanted))
        return sorted(titles(library, found))

    assert search(since="2018") == ["Graph transformers"]
    assert search(until="2017") == ["Attention"]
    assert search(until="2020-12") == ["Attention", "Graph transformers"]
    assert search(until="2020-11") == ["Attention"]
    assert search(venues=("neurips",)) == ["Attention"]
    assert search(authors=("dwivedi", "nobody")) == ["Graph transformers"]
    assert search(sources=("listing",)) == ["Attention"]


@pytest.mark.parametrize(
    ("name", "value", "wanted", "found"),
    [
        ("venue", "Findings (ACL-IJCNLP 2021)", "acl", True),
        ("venue", "Oracle Systems Review", "acl", False),
        ("venue", "Biology & Logic", "log", False),
        ("venue", "Proc. of the 3rd Conf.,  on Maps", "conf on maps", True),
        ("venue", "Proceedings of the VLDB", "Proceedings of the", True),
        ("authors", ("Bo Liu",), "Li", False),
        ("authors", ("Jean O’Neill",), "o'neill", True),
        ("authors", ("Bresson, Xavier",), "Bresson", True),
        ("sources", ("listing",), "list", False),
    ],
)
def test_a_filter_asks_for_whole_words(store, name, value, wanted, found):
    store.papers.add([Paper(title="On words", **{name: value})])
    plural = {"venue": "venues"}.get(name, name)
    where = Filter(**{plural: (wanted,)})
    assert len(store.search.admitted(where)) == found


def test_the_index_follows_every_change(library):
    library.papers.add([Paper(title="Undated networks", abstract="A manifold, said at length.")])
    assert titles(library, library.search.papers(["manifold"], 5)) == ["Undated networks"]
    assert library.search.papers(["graph"], 5, Filter(until="1900")) == []
    assert not list(library.checks.problems())


def test_document_frequency_counts_papers_under_the_index_s_own_stemmer(library):
    counts = library.search.document_frequency(["transformer", "GRAPHS", "absent", "", "graph no"])
    assert counts == {"transformer": 2, "GRAPHS": 2, "absent": 0, "": 0, "graph no": 1}


@given(st.lists(st.text(max_size=12), max_size=4))
def test_no_text_is_ever_read_as_a_query_operator(tmp_path_factory, terms):
    from paperflow.store import open_store

    with open_store(tmp_path_factory.mktemp("any") / "store.sqlite") as store:
        store.papers.add([Paper(title="AND OR NOT NEAR")])
        assert len(store.search.papers(terms, 5)) <= 1
        assert set(store.search.document_frequency(terms)) == set(terms)


def test_vectors_come_back_as_they_were_to_half_precision(store):
    vectors = {"a": np.array([0.6, 0.8], np.float32), "b": np.array([1, 0], np.float32)}
    store.vectors.put("model's {x}", vectors)
    store.vectors.put("model's {x}", {"a": np.zeros(2, np.float32)})
    found = store.vectors.get("model's {x}", ["a", "b", "c"])
    assert sorted(found) == ["a", "b"]
    np.testing.assert_allclose(found["a"], vectors["a"], atol=1e-3)
    assert found["a"].dtype == np.float32
    assert store.vectors.known("model's {x}") == {"a", "b"}
    assert store.vectors.get("another", ["a"]) == {}
    assert store.vectors.prune() == 2


def test_words_that_only_rank_find_no_paper(library):
    alone = library.search.papers(["transformer"], 10)
    found = library.search.papers(["transformer"], 10, also=["attention", "networks"])
    assert {paper_id for paper_id, _ in found} == {paper_id for paper_id, _ in alone}
    assert found != alone
    where = Filter(until="2017")
    assert titles(library, library.search.papers(["transformer"], 10, where, also=["graph"])) == [
        "Attention"
    ]
