"""Which nodes are one: by spelling, ending, type and vectors; and how a join is taken back."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from paperflow.cli import app
from paperflow.errors import UnknownName
from paperflow.graphs.joins import find_join, list_joins, similar_joins
from paperflow.graphs.knowledge import knowledge_graph
from paperflow.graphs.similar import Term, may_be_one, similar_terms
from paperflow.records import Paper, entity_id
from paperflow.store.merges import Decision
from tests.graphs.library import say

METHOD = ("method", "message passing network")


def library_of(store, *terms):
    for number, term in enumerate(terms):
        say(store, Paper(title=f"Paper number {number}"), "It says so.", {term: {}})


def reasons(store):
    return {(join.dropped, join.kept): join.reason for join in list_joins(store)}


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (METHOD, ("method", "messagepassing network"), "spelling"),
        (METHOD, ("method", "message passed network"), "inflection"),
        (METHOD, ("concept", "message passing network"), "type"),
    ],
)
def test_variants_of_a_term_are_one_node(store, first, second, reason):
    library_of(store, first, first, second)
    (join,) = list_joins(store)
    assert join.decision == Decision(entity_id(*second), entity_id(*first), reason)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (METHOD, ("task", "message passing network")),
        (("method", "gat"), ("method", "g a t")),
        (("method", "gate"), ("method", "gating")),
        (("method", "transform attention"), ("method", "transformer attention")),
    ],
)
def test_terms_of_two_types_and_short_words_stay_apart(store, first, second):
    library_of(store, first, second)
    assert list_joins(store) == []


def test_a_term_without_a_type_stays_alone_where_two_types_claim_it(store):
    key = "message passing network"
    library_of(store, ("method", key), ("task", key), ("concept", key))
    assert list_joins(store) == []


def test_a_join_that_is_taken_back_gives_both_nodes_again(store):
    other = ("method", "messagepassing network")
    library_of(store, METHOD, METHOD, other)
    (join,) = list_joins(store)
    before = store.revision
    store.merges.undo(join.decision)
    assert store.revision > before
    ids = knowledge_graph(store).node_ids
    assert {entity_id(*METHOD), entity_id(*other)} <= set(ids)
    assert [join.undone for join in list_joins(store)] == [True]
    store.merges.undo(join.decision, undone=False)
    assert entity_id(*other) not in knowledge_graph(store).node_ids


def test_joins_are_found_by_label_and_by_id(store):
    library_of(store, METHOD, METHOD, ("method", "messagepassing network"))
    joins = list_joins(store)
    assert find_join(joins, joins[0].dropped) == find_join(joins, joins[0].decision.dropped)
    with pytest.raises(UnknownName, match="no node 'nothing'"):
        find_join(joins, "nothing")


def test_similar_terms_are_joined_once_kept_and_stay_undone(store):
    terms = [("method", "conv net"), ("method", "convolutional network"), ("method", "tree")]
    library_of(store, *terms)
    vectors = {"tree": [0.0, 1.0]}

    def encode(labels):
        return np.array([vectors.get(label, [1.0, 0.0]) for label in labels], dtype=np.float32)

    found = similar_joins(store, encode)
    assert [decision.reason for decision in found] == ["similar"]
    store.merges.put(found)
    assert list(reasons(store).values()) == ["similar"]
    assert similar_joins(store, encode) == []
    store.merges.undo(found[0])
    store.merges.put(found)
    assert [join.undone for join in list_joins(store)] == [True]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("gpt 3 model", "gpt 4 system"),
        ("graph transformer", "sparse graph transformer"),
        ("supervised learning", "unsupervised learning"),
        ("top layer", "bottom layer"),
        ("world war ii", "world war iii"),
    ],
)
def test_numbers_opposites_and_kinds_of_a_thing_are_never_the_same(left, right):
    assert not may_be_one(left, right)


def test_only_each_other_s_nearest_of_one_type_are_similar():
    terms = [
        Term("a", "method", "conv net", 1),
        Term("b", "method", "convolution model", 3),
        Term("c", "method", "filter bank", 1),
        Term("d", "task", "convolving", 1),
    ]
    vectors = np.array([[1, 0], [0.99, 0.141], [0.95, 0.312], [1, 0]], dtype=np.float32)
    assert similar_terms(terms, vectors, 0.9) == [Decision("a", "b", "similar")]
    assert similar_terms(terms, vectors, 0.999) == []


def test_the_command_lists_joins_and_takes_one_back(tmp_path, monkeypatch):
    from paperflow.workspace import find_workspace

    workspace = find_workspace(tmp_path, create=True)
    library_of(workspace.store, METHOD, METHOD, ("method", "messagepassing network"))
    monkeypatch.setenv("PAPERFLOW_WORKSPACE", str(tmp_path))
    listed = json.loads(CliRunner().invoke(app, ["graph", "merges", "--json"]).stdout)
    assert [join["reason"] for join in listed] == ["spelling"]
    undone = ["graph", "merges", "--undo", listed[0]["dropped"], "--json"]
    assert json.loads(CliRunner().invoke(app, undone).stdout)[0]["undone"]
    wrong = CliRunner().invoke(app, ["graph", "merges", "--undo", "nothing"])
    assert wrong.exit_code == 1
    assert "no node 'nothing'" in wrong.stderr
