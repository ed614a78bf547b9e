"""The analysis team plays whole sessions: it reads, checks, and asks about what is not covered."""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from paperflow import analysis
from paperflow.agents.analysis import analyse, coverage_table
from paperflow.cli import app
from paperflow.errors import ModelError
from paperflow.workspace import find_workspace
from tests.agents.scripted import ScriptedServer, refuses, says
from tests.extract.full_text import DOCUMENT, PAPER

BARE = {
    4: "We use the graph convolutional network of Kipf [1].",
    6: "Figure 1: Here it whispers.",
    12: "It whispers so.",
}
GAPPY = dataclasses.replace(
    DOCUMENT,
    blocks=tuple(
        dataclasses.replace(block, text=BARE.get(number, block.text))
        for number, block in enumerate(DOCUMENT.blocks)
    ),
    links=tuple(link for link in DOCUMENT.links if link.kind == "reference"),
)
NOTHING = says({"terms": []})


@pytest.fixture
def library(tmp_path):
    """A full text whose figure and last section the rules link to nothing."""
    workspace = find_workspace(tmp_path, create=True)
    workspace.store.papers.add([PAPER])
    workspace.store.documents.put_many([GAPPY])
    return workspace


def whisper(asked):
    """Play a model that names one term in every text in which it stands."""
    text = asked["messages"][-1]["content"]
    said = [line for line in text.splitlines() if "whispers" in line]
    terms = [{"name": "whispers", "type": "concept", "quote": said[0]}] if said else []
    return says({"terms": [*terms, {"name": "shouts", "type": "task", "quote": "It shouts."}]})


def only_parts(asked):
    """Play a model that finds nothing until it is asked about a part."""
    return whisper(asked) if "You read one" in asked["messages"][0]["content"] else NOTHING


def play(library, script, **options):
    with ScriptedServer(otherwise=script) as server:
        run = analyse(library, server.open(), out=library.folder / "out", **options)
    return run, server.requests


def linked(counts, *kinds):
    return [counts[kind][0] for kind in kinds]


def test_the_loop_covers_what_reading_did_not(library):
    run, _ = play(library, only_parts)
    before, read, first = run.state["coverage"][:3]
    assert linked(before, "section", "figure") == linked(read, "section", "figure") == [4, 0]
    assert linked(first, "section", "figure") == [5, 1]
    assert list(library.store.checks.problems()) == []


def test_a_term_is_related_to_its_figure_by_a_quote_of_the_text(library):
    play(library, only_parts)
    store = library.store.facts
    (term,) = [e for e in store.entities("concept") if e.key == "whisper"]
    (figure,) = store.entities("figure")
    (edge,) = [r for r in store.relations("related_to") if r.target == figure.id]
    assert (edge.source, edge.evidence[0].quote) == (term.id, "Figure 1: Here it whispers.")
    assert edge.properties["model"] == "alone"


def test_facts_without_a_quote_are_dropped_and_counted_by_reason(library):
    run, requests = play(library, only_parts)
    parts = [item for item in requests if "You read one" in item["messages"][0]["content"]]
    assert run.state["dropped"] == {"its quote is not in the passage": len(parts)}
    assert run.state["facts"] > 0


def test_a_second_round_shows_more_of_the_text(library):
    """The figure's section has five paragraphs after it; the fourth one is shown later."""
    more = [dataclasses.replace(DOCUMENT.blocks[4], text=f"It was so {n} times.") for n in range(5)]
    far = dataclasses.replace(GAPPY, blocks=(*GAPPY.blocks, *more))
    library.store.documents.put_many([far])

    def second_round(asked):
        first = asked["messages"][0]["content"]
        shown = asked["messages"][-1]["content"]
        return only_parts(asked) if "section" in first or "4 times" in shown else NOTHING

    run, _ = play(library, second_round)
    figures = [counts["figure"][0] for counts in run.state["coverage"]]
    assert figures == [0, 0, 0, 1]


def test_the_loop_ends_when_a_round_brings_nothing(library):
    run, _ = play(library, NOTHING)
    assert [line["agent"] for line in run.state["steps"]] == [
        "survey", "reader", "analyst", "checker", "prober", "analyst", "checker", "conclusion",
    ]  # fmt: skip


def test_what_is_covered_is_not_asked_about(library):
    library.store.documents.put_many([DOCUMENT])
    run, requests = play(library, NOTHING)
    assert not any("You read one" in item["messages"][0]["content"] for item in requests)
    assert run.state["done"] <= 1


def test_nothing_is_asked_twice_and_the_graph_stays(library):
    play(library, only_parts)
    facts = list(library.store.facts.relations())
    run, requests = play(library, only_parts)
    assert requests == []
    assert run.state["coverage"][0] == run.state["coverage"][-1]
    library.store.checks.repair()
    analysis.analyze(library)
    assert list(library.store.facts.relations()) == facts


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_run_that_was_stopped_goes_on_and_ends_the_same(library, tmp_path, answers):
    whole = find_workspace(tmp_path / "whole", create=True)
    whole.store.papers.add([PAPER])
    whole.store.documents.put_many([GAPPY])
    expected, _ = play(whole, only_parts)
    with (
        ScriptedServer(*[only_parts] * answers, otherwise=refuses(401, "revoked")) as server,
        pytest.raises(ModelError),
    ):
        analyse(library, server.open(), out=library.folder / "out")
    run, _ = play(library, only_parts)
    for name in ("coverage", "facts", "dropped", "failed"):
        assert run.state[name] == expected.state[name], name


def test_a_spent_budget_keeps_what_was_read(library):
    with ScriptedServer(otherwise=only_parts) as server:
        run = analyse(library, server.open(steps=4), out=library.folder / "out")
    assert run.state["stopped"]
    assert run.state["coverage"]


def test_the_coverage_is_written_as_a_table(library):
    run, _ = play(library, only_parts)
    text = (run.folder / "coverage.md").read_text()
    assert text == coverage_table(run.state["coverage"])
    assert text.startswith("| part | before | read | round 1 |")
    assert "| figure | 0 / 1 | 0 / 1 | 1 / 1 |" in text
    assert coverage_table([]) == "| part |  |\n|---|\n"


def test_the_command_runs_in_rounds(library):
    with ScriptedServer(otherwise=only_parts) as server:
        arguments = ["analyze", "--model", "scripted", "--model-url", server.address]
        place = ["--rounds", "2", "-w", str(library.folder)]
        result = CliRunner().invoke(app, [*arguments, *place])
        again = CliRunner().invoke(app, [*arguments, *place, "--json"])
    assert result.exit_code == 0, result.output
    assert "| figure | 0 / 1 | 0 / 1 | 1 / 1 |" in result.stdout
    assert json.loads(again.stdout)["coverage"][-1]["figure"] == [1, 1]


def test_rounds_need_a_model(library):
    result = CliRunner().invoke(app, ["analyze", "--rounds", "1", "-w", str(library.folder)])
    assert result.exit_code == 1
    assert "no model to ask" in result.stderr
