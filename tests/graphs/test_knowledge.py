"""The typed graph and the hypergraph are what the store says: selected, joined, quoted."""

import pytest

from paperflow.errors import UnknownName
from paperflow.graphs.hypergraph import hypergraph
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.resolve import ACRONYM, SAME_WORK
from paperflow.graphs.rows import Merge
from paperflow.graphs.selection import Selection
from paperflow.records import Paper, entity_id, relation_id
from tests.graphs.library import say

LONG, SHORT = ("method", "graph transformer"), ("method", "gt")
RARE, TASK = ("concept", "over-squashing"), ("task", "regression")
ATTENTION = ("concept", "attention")


def paper(id):
    return "paper", id


@pytest.fixture
def library(store):
    """Return a store where one paper spells an acronym out and another only uses it."""
    one = "arxiv:2012.09699"
    say(
        store,
        Paper(title="Graph transformers", arxiv_id="2012.09699", year=2020),
        "A graph transformer (GT) uses attention.",
        {LONG: {"label": "graph transformer", "acronym": "GT"}, ATTENTION: {}, RARE: {}},
        [
            ("proposes", paper(one), LONG),
            ("uses", LONG, ATTENTION),
            ("related_to", LONG, RARE),
        ],
        [("use", [(LONG, "subject"), (ATTENTION, "object"), (RARE, "context")])],
    )
    two = "doi:10.1/two"
    say(
        store,
        Paper(title="Large graphs", doi="10.1/two", arxiv_id="2301.00002", year=2023),
        "GT uses attention on graphs.",
        {
            SHORT: {"label": "GT"},
            ATTENTION: {"label": "Attention"},
            paper(one): {},
            paper("arxiv:0000.00000"): {"year": "1999"},
        },
        [
            ("uses", SHORT, ATTENTION),
            ("uses", paper(two), SHORT),
            ("cites", paper(two), paper(one)),
            ("cites", paper(two), paper("arxiv:0000.00000")),
        ],
        [("use", [(SHORT, "subject"), (ATTENTION, "object")])],
    )
    three = say(
        store,
        Paper(title="A third paper"),
        "GT, or graph transformer.",
        {
            SHORT: {"label": "GT"},
            LONG: {"label": "graph transformer"},
            paper("arxiv:2301.00002"): {},
        },
        statements=[("be", [(SHORT, "subject"), (LONG, "object")])],
    )
    return store, (one, two, three)


def rows(graph):
    return {node.id: node for node in graph.nodes()}, {edge.id: edge for edge in graph.edges()}


def test_the_only_long_form_of_an_acronym_takes_it_in(library):
    store, (one, two, three) = library
    graph = knowledge_graph(store)
    nodes, edges = rows(graph)
    assert Merge(entity_id(*LONG), entity_id(*SHORT), ACRONYM) in graph.merges
    assert entity_id(*SHORT) not in nodes
    kept = nodes[entity_id(*LONG)]
    assert (kept.label, kept.papers, kept.year) == ("graph transformer", 3, 2020)
    assert kept.properties == {"acronym": "GT"}
    assert sorted(item.paper_id for item in kept.evidence) == sorted([one, two, three])
    uses = edges[relation_id("uses", entity_id(*LONG), entity_id(*ATTENTION))]
    assert (uses.papers, uses.year) == (2, 2020)
    assert [item.paper_id for item in uses.evidence] == [one, two]


def test_joins_are_undone_by_building_without_them_and_leave_the_store_alone(library):
    store, _ = library
    revision = store.revision
    joined = knowledge_graph(store)
    apart = knowledge_graph(store, join_acronyms=False)
    nodes, edges = rows(apart)
    assert nodes[entity_id(*SHORT)].label == "GT"
    assert relation_id("uses", entity_id(*SHORT), entity_id(*ATTENTION)) in edges
    assert [merge.reason for merge in apart.merges] == [SAME_WORK]
    assert store.revision == revision
    assert knowledge_graph(store) == joined


def test_an_acronym_with_two_long_forms_stays_alone(library):
    store, _ = library
    say(
        store,
        Paper(title="Other"),
        "The gradient test (GT).",
        {("method", "gradient test"): {"acronym": "GT"}},
    )
    assert [merge.reason for merge in knowledge_graph(store).merges] == [SAME_WORK]


def test_an_acronym_of_another_type_stays_alone(store):
    say(store, Paper(title="A"), "Mean error (ME).", {("metric", "mean error"): {"acronym": "ME"}})
    say(store, Paper(title="B"), "ME is a place.", {("concept", "me"): {}})
    assert knowledge_graph(store).merges == ()


@pytest.mark.parametrize(
    ("label", "users", "joined"), [("GT", 1, True), ("gt", 1, False), ("GT", 2, False)]
)
def test_an_acronym_written_otherwise_or_better_known_stays_alone(store, label, users, joined):
    say(
        store,
        Paper(title="A"),
        "A grand total (GT).",
        {("method", "grand total"): {"acronym": "GT"}},
    )
    for number in range(users):
        say(store, Paper(title=f"B{number}"), "It is used.", {SHORT: {"label": label}})
    assert bool(knowledge_graph(store).merges) is joined


def test_a_chain_of_acronyms_ends_at_its_last_long_form(store):
    say(
        store,
        Paper(title="A"),
        "So it goes.",
        {
            ("concept", "b"): {"acronym": "a"},
            ("concept", "c"): {"acronym": "b"},
            ("concept", "a"): {},
        },
    )
    graph = knowledge_graph(store)
    assert {(merge.dropped, merge.kept) for merge in graph.merges} == {
        (entity_id("concept", key), entity_id("concept", "c")) for key in "ab"
    }
    assert [node.key for node in graph.nodes() if node.type == "concept"] == ["c"]


def test_a_ring_of_acronyms_becomes_one_node(store):
    terms = {("concept", "a"): {"acronym": "b"}, ("concept", "b"): {"acronym": "a"}}
    say(store, Paper(title="A"), "Round.", terms)
    graph = knowledge_graph(store)
    assert len(graph.merges) == 1
    assert [node.key for node in graph.nodes() if node.type == "concept"] in (["a"], ["b"])


def test_a_paper_cited_by_another_of_its_names_is_the_paper(library):
    store, (_, two, _) = library
    nodes, _ = rows(knowledge_graph(store))
    assert entity_id("paper", "arxiv:2301.00002") not in nodes
    node = nodes[entity_id("paper", two)]
    assert (node.label, node.in_library, node.year, node.papers) == ("Large graphs", True, 2023, 2)


def test_a_paper_cited_before_it_was_analysed_has_its_own_title(store):
    say(store, Paper(title="A"), "Cites.", {paper("arxiv:2301.00002"): {}})
    store.papers.add([Paper(title="Later", doi="10.1/x", arxiv_id="2301.00002", year=2024)])
    nodes, _ = rows(knowledge_graph(store))
    node = nodes[entity_id("paper", "doi:10.1/x")]
    assert (node.label, node.key, node.year) == ("Later", "doi:10.1/x", 2024)
    assert node.in_library


def test_a_work_outside_is_marked_and_keeps_the_year_that_it_states(library):
    store, _ = library
    nodes, _ = rows(knowledge_graph(store))
    outside = nodes[entity_id("paper", "arxiv:0000.00000")]
    assert (outside.in_library, outside.year) == (False, 1999)
    assert nodes[entity_id("paper", "arxiv:2012.09699")].in_library


def test_an_edge_that_only_a_join_turns_on_itself_is_left_out(store):
    say(
        store,
        Paper(title="A"),
        "A graph transformer (GT).",
        {LONG: {"acronym": "GT"}, SHORT: {"label": "GT"}, RARE: {}},
        [("related_to", SHORT, LONG), ("related_to", RARE, RARE)],
    )
    _, edges = rows(knowledge_graph(store))
    assert [(edge.source, edge.target) for edge in edges.values()] == [(entity_id(*RARE),) * 2]


def test_types_select_nodes_and_the_edges_between_them(library):
    store, _ = library
    graph = knowledge_graph(store, Selection(types=("method", "concept")))
    assert graph.node_type_names == ("concept", "method")
    assert graph.edge_type_names == ("related_to", "uses")
    only = knowledge_graph(store, Selection(types=("method", "concept"), relations=("uses",)))
    assert (only.num_nodes, only.num_edges) == (graph.num_nodes, 1)


def test_an_unknown_type_is_answered_with_the_nearest(library):
    store, _ = library
    with pytest.raises(UnknownName, match="no nodes of type 'metod'") as caught:
        knowledge_graph(store, Selection(types=("metod",)))
    assert caught.value.hint == "did you mean 'method'?"
    with pytest.raises(UnknownName, match="'zzz'") as caught:
        hypergraph(store, Selection(types=("zzz",)))
    assert "concept, method, paper" in caught.value.hint


def test_rare_concepts_go_and_rare_papers_stay(library):
    store, _ = library
    graph = knowledge_graph(store, Selection(min_document_frequency=2))
    nodes, edges = rows(graph)
    assert entity_id(*RARE) not in nodes
    assert entity_id("paper", "arxiv:0000.00000") in nodes
    # The acronym counts for its long form.
    assert entity_id(*LONG) in nodes
    assert {node.papers for node in nodes.values() if node.type != "paper"} == {2, 3}
    assert all({edge.source, edge.target} <= nodes.keys() for edge in edges.values())


def test_a_choice_of_papers_keeps_only_what_they_say(library):
    store, (one, _, _) = library
    graph = knowledge_graph(store, Selection(papers=frozenset({one})))
    nodes, edges = rows(graph)
    said = [*nodes.values(), *edges.values()]
    assert {item.paper_id for row in said for item in row.evidence} == {one}
    assert {row.papers for row in said} == {1}
    assert set(nodes) == {entity_id(*term) for term in (LONG, ATTENTION, RARE, paper(one))}
    assert knowledge_graph(store, Selection(papers=frozenset())).num_nodes == 0


def test_every_quote_of_the_graph_stands_in_its_passage(library):
    store, _ = library
    texts = {passage.id: passage.text for passage in store.facts.passages()}
    nodes, edges = rows(knowledge_graph(store))
    for row in [*nodes.values(), *edges.values()]:
        assert row.evidence
        for item in row.evidence:
            assert texts[item.passage_id][item.start : item.end] == item.quote


def test_without_evidence_only_the_quotes_are_missing(library):
    store, _ = library
    nodes, edges = rows(knowledge_graph(store))
    bare_nodes, bare_edges = rows(knowledge_graph(store, evidence=False))
    assert {id: node._replace(evidence=()) for id, node in nodes.items()} == bare_nodes
    assert {id: edge._replace(evidence=()) for id, edge in edges.items()} == bare_edges


def test_an_empty_store_gives_empty_graphs(store):
    assert knowledge_graph(store).num_nodes == 0
    assert hypergraph(store).num_hyperedges == 0


def test_statements_take_joined_participants_once_with_all_their_roles(library):
    store, (one, two, three) = library
    graph = hypergraph(store)
    assert sorted(graph.node_ids) == sorted(entity_id(*term) for term in (LONG, ATTENTION, RARE))
    parts = {
        item.evidence.paper_id: sorted((p.entity_id, p.role) for p in item.participants)
        for item in graph.statements()
    }
    assert parts[two] == sorted([(entity_id(*LONG), "subject"), (entity_id(*ATTENTION), "object")])
    # Both were one concept: the statement stays, with one node in two roles.
    assert parts[three] == [(entity_id(*LONG), "object"), (entity_id(*LONG), "subject")]
    years = {item.evidence.paper_id: item.year for item in graph.statements()}
    assert years == {one: 2020, two: 2023, three: 0}


def test_a_selection_of_statements_drops_participants_and_then_statements(library):
    store, (one, *_) = library
    only = hypergraph(store, Selection(types=("concept",)))
    assert {item.evidence.paper_id: len(item.participants) for item in only.statements()} == {
        one: 2,
        "doi:10.1/two": 1,
    }
    assert hypergraph(store, Selection(relations=("be",))).num_hyperedges == 1
    assert hypergraph(store, Selection(papers=frozenset({one}))).num_hyperedges == 1


def test_the_order_of_arrival_does_not_matter(tmp_path):
    from paperflow.store import open_store

    parts = [
        (Paper(title="A", year=2001), "GT helps.", {SHORT: {"label": "GT"}}),
        (Paper(title="B", year=2002), "Graph transformer.", {LONG: {"acronym": "GT"}}),
        (Paper(title="C", year=2003), "Attention.", {ATTENTION: {}, RARE: {}}),
    ]
    graphs = []
    for name, order in (("one", parts), ("two", parts[::-1])):
        with open_store(tmp_path / name) as opened:
            for part in order:
                say(opened, *part)
            graphs.append(knowledge_graph(opened))
    assert graphs[0] == graphs[1]
    assert len(graphs[0].merges) == 1
