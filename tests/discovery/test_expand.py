"""Following citations: within a budget, over the first source that answers."""

import json

from paperflow.analysis import analyze
from paperflow.discovery import expand
from paperflow.records import Context, entity_id
from paperflow.workspace import find_workspace
from tests.sources.loopback import Reply
from tests.sources.world import papers, world

SEED, *OTHERS = papers(40)
CITED, CITING = OTHERS[:15], OTHERS[15:]


def cites(query):
    """Everything cites the first and is cited by the rest, whoever asks."""
    return {"references": CITED, "citations": CITING}.get(query, [SEED])


def library(tmp_path):
    workspace = find_workspace(tmp_path / "library", create=True)
    workspace.store.papers.add([SEED])
    return workspace


def test_references_and_citations_are_added_with_who_cites_whom(tmp_path):
    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}) as there:
        done = expand(workspace, [SEED.doi], web=there.web)
    assert (done.followed, done.added) == (1, 39)
    assert done.answers["semantic_scholar"].status == "ok"
    seed = workspace.store.papers.named([f"doi:{SEED.doi}"])[0]
    assert set(seed.references) == {f"doi:{paper.doi}" for paper in CITED}
    citing = workspace.store.papers.named([f"doi:{CITING[0].doi}"])[0]
    assert citing.references == (f"doi:{SEED.doi}",)
    assert citing.abstract == CITING[0].abstract


def test_the_sentences_that_cite_a_work_are_kept_and_quoted_by_the_analysis(tmp_path):
    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}) as there:
        expand(workspace, [SEED.doi], web=there.web)
    (seed,) = workspace.store.papers.named([f"doi:{SEED.doi}"])
    cited = f"doi:{CITED[0].doi}"
    assert [item for item in seed.contexts if item.work == cited] == [
        Context(cited, "It is known.", "background"),
        Context(cited, "We build on it.", "methodology"),
    ]
    analyze(workspace)
    node = entity_id("paper", seed.id)
    told = {item.target: item for item in workspace.store.facts.relations("cites")
            if item.source == node}[entity_id("paper", cited)]  # fmt: skip
    assert {"We build on it.", "It is known."} <= {item.quote for item in told.evidence}
    assert told.properties["intent"] == "background"
    assert told.properties["mentions"] == "2"
    citing = workspace.store.papers.named([f"doi:{CITING[0].doi}"])[0]
    assert {item.work for item in citing.contexts} == {f"doi:{SEED.doi}"}


def test_intents_are_kept_where_the_sentences_are_hidden(tmp_path):
    def hidden(number, seen, reply):
        rows = json.loads(reply.body)
        for row in rows.get("data", []):
            row.update(contexts=[], contextsWithIntent=None)
        return reply.but(body=json.dumps(rows).encode())

    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}, hidden) as there:
        expand(workspace, [SEED.doi], web=there.web)
    (seed,) = workspace.store.papers.named([f"doi:{SEED.doi}"])
    assert seed.contexts[0] == Context(seed.references[0], "", "methodology, background")
    analyze(workspace)
    told = [edge.properties for edge in workspace.store.facts.relations("cites")]
    assert {"intent": "background"} in told


def test_papers_alike_come_when_they_are_asked_for(tmp_path):
    def alone(query):
        return {"recommended": OTHERS[:3], "references": [], "citations": []}.get(query, [SEED])

    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": alone, "openalex": lambda query: []}) as there:
        assert expand(workspace, [SEED.doi], web=there.web).papers == []
        done = expand(workspace, [SEED.doi], alike=True, web=there.web)
    assert [paper.doi for paper in done.papers] == [paper.doi for paper in OTHERS[:3]]
    assert done.added == 3


def test_the_budget_is_kept_and_the_first_papers_come(tmp_path):
    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}) as there:
        done = expand(workspace, budget=10, depth=2, web=there.web)
    assert [paper.doi for paper in done.papers] == [paper.doi for paper in CITED[:10]]
    assert workspace.store.papers.count() == 11


def test_a_second_level_goes_on_from_the_first(tmp_path):
    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}) as there:
        done = expand(workspace, depth=2, web=there.web)
    assert done.followed == 40
    assert workspace.store.papers.count() == 40


def test_the_next_source_takes_over_and_what_came_stays(tmp_path):
    def spoil(number, seen, reply):
        limited = "/citations" in seen.path
        return Reply(429, headers={"Retry-After": "900"}) if limited else reply

    workspace = library(tmp_path)
    services = {"semantic_scholar": cites, "openalex": lambda query: [SEED]}
    with world(tmp_path, services, spoil) as there:
        done = expand(workspace, depth=2, web=there.web)
    assert done.answers["semantic_scholar"].status == "rate_limited"
    assert done.answers["openalex"].status == "ok"
    assert {paper.doi for paper in done.papers} == {paper.doi for paper in CITED}


def test_expanding_twice_adds_nothing(tmp_path):
    workspace = library(tmp_path)
    with world(tmp_path, {"semantic_scholar": cites}) as there:
        expand(workspace, [SEED.doi], web=there.web)
        state = workspace.store.papers.state()
        again = expand(workspace, [SEED.doi], web=there.web)
    assert again.added == 0
    assert workspace.store.papers.state() == state


def test_when_no_source_answers_it_says_so_and_stops(tmp_path):
    workspace = library(tmp_path)
    services = {"semantic_scholar": cites, "openalex": cites}
    with world(tmp_path, services, lambda *_: Reply(500)) as there:
        done = expand(workspace, depth=2, web=there.web)
    assert done.dead
    assert {answer.status for answer in done.answers.values()} == {"failed"}
    assert workspace.store.papers.count() == 1
