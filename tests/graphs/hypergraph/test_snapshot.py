"""The library's hypergraph follows the store, whatever happens to either."""

import json
import shutil

import numpy as np
import pytest

from paperflow.graphs.hypergraph import (
    build_snapshot,
    edge_components,
    explain,
    follow,
    hypergraph,
    load_snapshot,
    open_hypergraph,
    save_snapshot,
    shortest_paths,
    statements,
    surroundings,
)
from paperflow.graphs.hypergraph.files import MANIFEST, is_intact
from paperflow.graphs.resolve import find_merges, read_library
from paperflow.records import Facts, Paper, entity_id
from paperflow.store import open_store
from paperflow.store.merges import Decision
from tests.graphs.library import say

pytestmark = pytest.mark.usefixtures("both")
A, B, C, D, LONG, SHORT = (
    ("method", name) for name in ("a", "b", "c", "d", "graph attention network", "gan")
)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.sqlite") as opened:
        yield opened


def tell(store, title, *groups, year=2020, relation="uses", **properties):
    """Add a paper that states each of the groups of concepts."""
    terms = {term: properties.get(term[1], {}) for group in groups for term in group}
    parts = [(relation, [(term, "subject") for term in group]) for group in groups]
    return say(store, Paper(title=title, year=year), f"{title} says so.", terms, (), parts)


def filled(store):
    tell(store, "one", (A, B), (A, B, C), year=2001)
    tell(store, "two", (C, D), year=2010, relation="extends")


def content(snapshot):
    """Return what a snapshot says, by ids: the statements that count, with all that is known."""
    h = snapshot.graph
    return {
        snapshot.edges[edge]: (
            sorted(snapshot.nodes[node] for node in h.members(edge).tolist()),
            int(h.edge_year[edge]),
            h.relation_names[h.edge_relation[edge]],
            snapshot.papers[snapshot.edge_paper[edge]],
            sorted(h.node_type_names[h.node_type[node]] for node in h.members(edge).tolist()),
        )
        for edge in range(h.num_hyperedges)
        if h.edge_ok is None or h.edge_ok[edge]
    }


def arrays(snapshot):
    h = snapshot.graph
    inc = h.incidence
    found = [inc.edge_pointers, inc.edge_nodes, inc.node_pointers, inc.node_edges]
    return [*found, h.edge_year, h.edge_relation, h.node_type, snapshot.edge_paper]


def same_arrays(one, other):
    pairs = zip(arrays(one), arrays(other), strict=True)
    return all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in pairs)


def test_a_snapshot_says_what_the_store_says(store):
    filled(store)
    data = hypergraph(store)
    wanted = {
        item.id: (
            sorted({part.entity_id for part in item.participants}),
            item.year,
            item.relation,
            item.evidence.paper_id,
        )
        for item in data.statements()
    }
    found = content(build_snapshot(store))
    assert {id: values[:4] for id, values in found.items()} == wanted


def test_adding_paper_by_paper_gives_the_arrays_of_building_at_once(store, monkeypatch):
    monkeypatch.setattr("paperflow.graphs.hypergraph.upkeep.STALE", 100)
    tell(store, "zero", (A, B))
    snapshot = build_snapshot(store)
    for title, groups in (("nine", [(B, C), (A,)]), ("eight", [(D, A, A)]), ("seven", [(B, C)])):
        tell(store, title, *groups, year=len(title) + 1990, relation=title)
        snapshot = follow(store, snapshot)
    whole = build_snapshot(store)
    assert same_arrays(snapshot, whole)
    assert content(snapshot) == content(whole)
    for rows, all_rows in ((snapshot.nodes, whole.nodes), (snapshot.edges, whole.edges)):
        assert [rows[i] for i in range(len(rows))] == [all_rows[i] for i in range(len(all_rows))]
        assert all(rows.row(rows[i]) == i for i in range(len(rows)))
    assert snapshot.graph.lift(2).sets.tolist() == whole.graph.lift(2).sets.tolist()
    assert snapshot.row("nobody") is None


def test_a_paper_that_is_read_again_takes_back_what_it_said(store, monkeypatch):
    monkeypatch.setattr("paperflow.graphs.hypergraph.upkeep.STALE", 100)
    filled(store)
    before = build_snapshot(store)
    (passage,) = store.facts.passages(before.papers[0])
    store.facts.put(before.papers[0], "read again", [passage], Facts())
    after = follow(store, before)
    assert content(after) == content(build_snapshot(store))
    assert len(content(before)) == 3
    assert [values[2] for values in content(after).values()] == ["extends"]
    assert after.graph.degrees.sum() == 2
    tell(store, "three", (A, D))
    assert content(follow(store, after)) == content(build_snapshot(store))
    assert content(follow(store, before)) == content(build_snapshot(store))


def test_files_are_mapped_and_as_good_as_what_was_built(store, tmp_path):
    filled(store)
    built = open_hypergraph(store, tmp_path / "graph")
    found = load_snapshot(tmp_path / "graph")
    assert same_arrays(built, found)
    assert content(found) == content(built)
    assert found.joins == built.joins
    assert found.graph.lift(2).sets.tolist() == built.graph.lift(2).sets.tolist()
    assert not found.graph.incidence.edge_nodes.flags.owndata
    assert is_intact(tmp_path / "graph")
    assert json.loads((tmp_path / "graph" / MANIFEST).read_text())["revision"] == store.revision


def test_readers_keep_what_they_have_while_files_are_replaced(store, tmp_path):
    filled(store)
    old = open_hypergraph(store, tmp_path)
    mapped = load_snapshot(tmp_path)
    before = content(mapped)
    tell(store, "three", (A, D))
    new = open_hypergraph(store, tmp_path)
    assert len(content(new)) == len(before) + 1
    assert content(mapped) == before == content(old)
    assert len(list(tmp_path.glob("arrays-*"))) == 1


def test_few_changes_are_added_and_many_build_the_files_again(store, tmp_path, monkeypatch):
    filled(store)
    open_hypergraph(store, tmp_path)
    tell(store, "three", (A, D))
    assert open_hypergraph(store, tmp_path).added == 0
    assert load_snapshot(tmp_path).revision == store.revision
    monkeypatch.setattr("paperflow.graphs.hypergraph.upkeep.STALE", 0.5)
    tell(store, "four", (B, D))
    assert open_hypergraph(store, tmp_path).added == 1
    assert load_snapshot(tmp_path).revision < store.revision


@pytest.mark.parametrize("damage", ["missing", "cut", "garbage", "manifest", "format", "key"])
def test_damaged_files_are_made_again(store, tmp_path, damage):
    filled(store)
    wanted = content(open_hypergraph(store, tmp_path))
    (inside,) = tmp_path.glob("arrays-*")
    file, manifest = inside / "edge_nodes.npy", tmp_path / MANIFEST
    if damage == "missing":
        shutil.rmtree(inside)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-4])
    elif damage == "garbage":
        file.write_bytes(b"x" * file.stat().st_size)
    elif damage == "manifest":
        manifest.write_text("{")
    elif damage == "format":
        manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 0'))
    else:
        manifest.write_text(manifest.read_text().replace('"first_links"', '"others"'))
    assert load_snapshot(tmp_path) is None
    assert content(open_hypergraph(store, tmp_path)) == wanted
    assert is_intact(tmp_path)


def test_a_bit_that_fell_over_is_found_by_the_hash(store, tmp_path):
    filled(store)
    open_hypergraph(store, tmp_path)
    (file,) = tmp_path.glob("arrays-*/edge_nodes.npy")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    assert not is_intact(tmp_path)
    assert not is_intact(tmp_path / "nowhere")


def test_a_kill_while_writing_leaves_the_old_files(store, tmp_path, monkeypatch):
    filled(store)
    open_hypergraph(store, tmp_path)
    before = load_snapshot(tmp_path)

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("paperflow.graphs.hypergraph.files.os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        save_snapshot(build_snapshot(store), tmp_path)
    monkeypatch.undo()
    assert same_arrays(before, load_snapshot(tmp_path))
    assert is_intact(tmp_path)


def test_a_join_is_applied_when_built_and_gone_when_built_without(store):
    tell(store, "one", (LONG, A), **{"graph attention network": {"acronym": "GAN"}})
    tell(store, "two", (SHORT, A), gan={"label": "GAN"})
    (merge,) = find_merges(store.facts.entities(), read_library(store.papers.all()))
    joined, apart = build_snapshot(store), build_snapshot(store, [])
    assert len(joined.nodes) == 2
    assert len(apart.nodes) == 3
    assert joined.row(entity_id(*SHORT)) == joined.row(entity_id(*LONG))
    assert same_arrays(build_snapshot(store, [merge]), joined)
    raw = {id: values[0] for id, values in content(apart).items()}
    said = {
        item.id: sorted({p.entity_id for p in item.participants})
        for item in store.facts.hyperedges()
    }
    assert raw == said


def test_a_decision_to_join_or_to_undo_is_followed_at_once(store, tmp_path):
    tell(store, "one", (A, B), (C, D))
    whole = open_hypergraph(store, tmp_path)
    decision = Decision(entity_id(*B), entity_id(*C), "similar")
    store.merges.put([decision])
    joined = open_hypergraph(store, tmp_path)
    assert joined.row(entity_id(*B)) == joined.row(entity_id(*C))
    assert edge_components(joined.graph).tolist() == [0, 0]
    assert content(load_snapshot(tmp_path)) == content(joined)
    store.merges.undo(decision)
    assert same_arrays(open_hypergraph(store, tmp_path), whole)


def test_a_path_is_told_with_roles_quotes_and_what_is_shared(store):
    filled(store)
    snapshot = open_hypergraph(store)
    ends = (snapshot.row(entity_id(*term)) for term in (A, D))
    (path,) = shortest_paths(snapshot.graph, *ends).paths
    first, second = explain(store, snapshot, path)
    assert [concept.label for concept, _ in first.participants] == ["a", "b", "c"]
    assert {role for _, role in first.participants} == {"subject"}
    assert (first.relation, first.year, first.evidence.quote) == ("uses", 2001, "one says so.")
    assert [concept.id for concept in first.shared] == [entity_id(*C)]
    assert (second.relation, second.year, second.shared) == ("extends", 2010, ())
    around = surroundings(snapshot.graph, [snapshot.row(entity_id(*D))])
    steps = statements(store, snapshot, around.edges.tolist())
    assert [step.evidence.quote for step in steps] == ["two says so.", "one says so."]


def test_an_empty_library_has_an_empty_hypergraph(store, tmp_path):
    snapshot = open_hypergraph(store, tmp_path)
    assert content(snapshot) == content(open_hypergraph(store, tmp_path)) == {}
