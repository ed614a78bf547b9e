"""Citations come from lists of references and from analysed texts."""

import pytest

from paperflow.graphs.citation import citation_graph
from paperflow.records import Paper, entity_id
from tests.graphs.library import say


@pytest.fixture
def graph(store):
    """Return the citations of a library of three papers, none analysed."""
    store.papers.add(
        [
            Paper(
                title="One", arxiv_id="2001.00001", year=2020,
                references=("doi:10.1/TWO", "arxiv:1706.03762", "arxiv:2001.00001"),
            ),
            Paper(title="Two", doi="10.1/two", arxiv_id="1901.00002", year=2019),
            Paper(title="Three", references=("arxiv:1901.00002", "arxiv:1706.03762")),
        ]
    )  # fmt: skip
    return citation_graph(store)


def cites(graph):
    labels = {node.id: node.label for node in graph.nodes()}
    return sorted((labels[edge.source], labels[edge.target]) for edge in graph.edges())


def test_lists_of_references_become_edges_by_whatever_name_they_use(graph):
    assert cites(graph) == [
        ("One", "Two"),
        ("One", "arxiv:1706.03762"),
        ("Three", "Two"),
        ("Three", "arxiv:1706.03762"),
    ]


def test_works_outside_are_nodes_without_a_year(graph):
    nodes = {node.key: node for node in graph.nodes()}
    assert len(nodes) == 4
    assert {key for key, node in nodes.items() if not node.in_library} == {"arxiv:1706.03762"}
    assert nodes["arxiv:1706.03762"].year == 0
    assert nodes["doi:10.1/two"].year == 2019


def test_an_edge_has_the_year_of_the_citing_paper(graph):
    assert {edge.year for edge in graph.edges()} == {0, 2020}


def test_an_analysed_citation_has_its_quote_and_counts_once(store):
    cited, citing = ("paper", "arxiv:1706.03762"), ("paper", "doi:10.1/a")
    say(
        store,
        Paper(title="A", doi="10.1/a", year=2021, references=("arxiv:1706.03762",)),
        "arxiv:1706.03762",
        {cited: {}, ("concept", "x"): {}},
        [("cites", citing, cited), ("related_to", citing, ("concept", "x"))],
    )
    graph = citation_graph(store)
    assert graph.edge_type_names == ("cites",)
    assert graph.num_edges == 1
    assert graph.edge(0).evidence[0].quote == "arxiv:1706.03762"
    assert graph.edge(0).source == entity_id(*citing)
    assert citation_graph(store, evidence=False).edge(0).evidence == ()
