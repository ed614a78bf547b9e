"""What goes wrong in the published tool of higher-order reasoning, and must not here.

Each test is one of its defects, found by running it: D1 to D8 of our notes. D5, a matrix of
all similarities, has no counterpart: joins are found by names.
"""

import pytest

from paperflow.graphs import hypergraph
from paperflow.graphs.hypergraph import (
    Hypergraph,
    build_snapshot,
    edge_components,
    explain,
    hubs,
    shortest_paths,
)
from paperflow.graphs.hypergraph.merges import representatives
from paperflow.graphs.rows import Merge
from paperflow.records import Paper, entity_id
from paperflow.store import open_store
from tests.graphs.library import say

pytestmark = pytest.mark.usefixtures("both")
LONG, SHORT, OTHER = (("method", n) for n in ("graph attention network", "gan", "transformer"))


@pytest.fixture
def library(tmp_path):
    """Return a store where two papers name one method by its long and by its short form."""
    with open_store(tmp_path / "store.sqlite") as store:
        say(
            store, Paper(title="First", year=2018), "A graph attention network helps.",
            {LONG: {"label": "graph attention network", "acronym": "GAN"}, OTHER: {}}, (),
            [("helps", [(LONG, "subject"), (OTHER, "object")])],
        )  # fmt: skip
        say(
            store, Paper(title="Second", year=2021), "GAN beats all.",
            {SHORT: {"label": "GAN"}, ("task", "ranking"): {}}, (),
            [("beats", [(SHORT, "subject"), (("task", "ranking"), "object")])],
        )  # fmt: skip
        yield store


def told(store):
    snapshot = build_snapshot(store)
    ends = (snapshot.row(entity_id(*term)) for term in (OTHER, ("task", "ranking")))
    return explain(store, snapshot, shortest_paths(snapshot.graph, *ends).paths[0])


def test_d1_a_pair_that_shares_several_concepts_is_one_path():
    h = Hypergraph.from_lists([[0, 1, 2, 3], [1, 2, 3, 4]], 5)
    for s in (1, 2, 3):
        found = shortest_paths(h, 0, 4, s=s, k=3).paths
        assert [(path.edges, path.shared) for path in found] == [((0, 1), ((1, 2, 3),))]


def test_d2_longer_paths_follow_the_shortest():
    h = Hypergraph.from_lists([[0, 1], [1, 5], [0, 2], [2, 3], [3, 5]], 6)
    found = shortest_paths(h, 0, 5, k=10).paths
    assert [path.edges for path in found] == [(0, 1), (2, 3, 4)]
    assert len(shortest_paths(h, 0, 5, k=10, slack=0).paths) == 1


def test_d3_joined_concepts_are_told_by_the_name_that_was_kept(library):
    first, second = told(library)
    named = {concept.label for concept, _ in (*first.participants, *second.participants)}
    assert named == {"graph attention network", "transformer", "ranking"}
    assert [concept.label for concept in first.shared] == ["graph attention network"]
    assert second.evidence.quote == "GAN beats all."


def test_d4_chains_of_joins_end_at_the_last():
    merges = [Merge("b", "a", ""), Merge("c", "b", ""), Merge("c", "d", "")]
    assert representatives(merges) == {"a": "c", "b": "c", "d": "c"}
    assert representatives(reversed(merges)) == representatives(merges)
    assert representatives([Merge("b", "a", ""), Merge("a", "b", "")]) == {"a": "b"}
    assert representatives([]) == {}


def test_d6_each_statement_knows_its_paper(library):
    titles = [library.papers.get(step.evidence.paper_id).title for step in told(library)]
    assert titles == ["First", "Second"]


def test_d7_every_public_name_is_there_and_hubs_answer():
    assert all(callable(getattr(hypergraph, name)) for name in hypergraph.__all__)
    assert hubs(Hypergraph.from_lists([[0, 1], [1, 2]], 3), 1).tolist() == [1]


def test_d8_a_part_keeps_the_rows_under_which_sentences_are_found(library):
    snapshot = build_snapshot(library)
    part = snapshot.graph.where(years=(2020, None))
    second = snapshot.row(entity_id("task", "ranking"))
    found = shortest_paths(part, snapshot.row(entity_id(*LONG)), second).paths
    (step,) = explain(library, snapshot, found[0])
    assert step.evidence.quote == "GAN beats all."
    assert edge_components(part).tolist() == [-1, 1]
