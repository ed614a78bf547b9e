"""The reasoning team plays whole sessions by script: drafts, attacks, experiments, checks."""

import json

import pytest
from typer.testing import CliRunner

from paperflow.agents.reasoning import reason
from paperflow.answers.connect import Route
from paperflow.answers.hypothesis import hypothesis
from paperflow.answers.support import FAR
from paperflow.cli import app
from paperflow.errors import NoAnswer
from tests.agents.scripted import ScriptedServer, says, scripted_model

ENDS = ("link prediction", "graph transformer")
DRAFT = {
    "claim": "Top-m attention would let graph transformers predict links in large graphs.",
    "sentences": [
        {"text": "TANGNN outperforms existing methods in link prediction.", "statements": [1]},
        {"text": "TANGNN combines Top-m attention with neighborhood aggregation [2].",
         "statements": []},
        {"text": "It cures every disease of silkworms.", "statements": [3]},
    ],
}  # fmt: skip
CRITIC = {
    "attacks": [
        {"step": 2, "attack": "It “combines Top-m attention”, and says nothing of its share.",
         "verdict": "weak"},
        {"step": 1, "attack": "It says “wins in every task”.", "verdict": "breaks"},
        {"step": 9, "attack": "There is no such step.", "verdict": "breaks"},
    ],
}  # fmt: skip
BROKEN = {"attacks": [{"step": 2, "attack": "Another model.", "verdict": "breaks"}]}
PLAN = {
    "experiments": [
        {"test": "Link prediction with and without Top-m attention.", "decides": [2, 77],
         "if_true": "It is better with it.", "if_false": "It is no better."},
        {"test": "Look.", "decides": [1], "if_true": "Yes.", "if_false": "yes"},
    ],
}  # fmt: skip
SESSION = (says(DRAFT), says(CRITIC), says(PLAN))


@pytest.fixture
def found(demo):
    return hypothesis(demo, *ENDS, Route(k=2))[0]


def play(demo, found, out, *script, **limits):
    """Let the team reason with a server that plays a script; return all that came of it."""
    with ScriptedServer(*script) as server:
        told, run = reason(demo, found, server.open(**limits), out=out)
    return told, run, server.requests


def asked(request):
    return request["messages"][-1]["content"]


def test_every_sentence_of_the_mechanism_cites_statements_that_bear_it(demo, found, tmp_path):
    told, _, _ = play(demo, found, tmp_path, *SESSION)
    assert [(item.text, item.cites) for item in told.mechanism] == [
        ("TANGNN outperforms existing methods in link prediction.", (1,)),
        ("TANGNN combines Top-m attention with neighborhood aggregation.", (2,)),
    ]
    assert told.claim == DRAFT["claim"]
    assert ("It cures every disease of silkworms.", FAR) in [
        (item.text, item.reason) for item in told.removed
    ]


def test_the_library_s_nearest_sentences_stand_beside_the_claim(demo, found, tmp_path):
    told, _, _ = play(demo, found, tmp_path, *SESSION)
    texts = [passage.text for passage in demo.store.facts.passages()]
    assert 1 <= len(told.nearest) <= 3
    assert all(any(item.quote in text for text in texts) for item in told.nearest)
    assert {item.paper_id for item in told.nearest} <= set(told.papers)
    assert told.nearest[0].quote in (tmp_path / "hypothesis.md").read_text().replace("\\", "")


def test_the_critic_attacks_each_cited_step_in_that_step_s_own_words(demo, found, tmp_path):
    told, _, _ = play(demo, found, tmp_path, *SESSION)
    assert [(item.step, item.verdict, item.text) for item in told.attacks] == [
        (1, "", "the critic said nothing of it"),
        (2, "weak", CRITIC["attacks"][0]["attack"]),
    ]
    reasons = [item.reason for item in told.removed]
    assert "its statement does not say “wins in every task”" in reasons
    assert "it names no statement of the mechanism" in reasons


def test_experiments_decide_known_statements_and_have_two_outcomes(demo, found, tmp_path):
    told, _, _ = play(demo, found, tmp_path, *SESSION)
    assert [item.decides for item in told.experiments] == [(2,)]
    assert ("Look.", "both outcomes are the same") in [
        (item.text, item.reason) for item in told.removed
    ]


def test_a_broken_step_brings_a_second_draft_that_knows_why(demo, found, tmp_path):
    script = (says(DRAFT), says(BROKEN), says(DRAFT), says(BROKEN), says(PLAN))
    told, run, requests = play(demo, found, tmp_path, *script)
    assert "2: breaks: Another model." in asked(requests[2])
    assert [line["agent"] for line in run.state["steps"]] == [
        "mechanism", "critic", "mechanism", "critic", "experiments", "conclusion",
    ]  # fmt: skip
    assert [item.doubt for item in told.mechanism] == ["", "its critic holds that it breaks at 2"]


def test_the_statements_are_shown_as_data(demo, found, tmp_path):
    _, _, requests = play(demo, found, tmp_path, *SESSION)
    for request in requests:
        for number, step in enumerate(found.steps, start=1):
            assert f'<data name="statement {number}">\n{step.quote}' in asked(request)
    assert '<data name="paths">' in asked(requests[0])


def test_the_run_leaves_the_same_hypothesis_in_three_forms(demo, found, tmp_path):
    told, run, _ = play(demo, found, tmp_path, *SESSION)
    assert json.loads((tmp_path / "hypothesis.json").read_text()) == json.loads(told.as_json())
    assert (tmp_path / "hypothesis.md").read_text() == told.as_markdown()
    page = (tmp_path / "hypothesis.html").read_text()
    assert all(text in page for text in ("Mechanism", "What would decide", told.claim))
    assert {item["name"] for item in run.manifest["prompts"]} == {
        "mechanism", "critic", "experiments",
    }  # fmt: skip


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_run_that_was_killed_goes_on_where_it_was_and_ends_the_same(demo, found, tmp_path, turn):
    whole, _, _ = play(demo, found, tmp_path / "whole", *SESSION)
    out = tmp_path / "killed"
    with pytest.raises(NoAnswer):
        play(demo, found, out, *SESSION[:turn], says("no JSON"), says("no JSON"))
    told, run, requests = play(demo, found, out, *SESSION[turn:])
    assert (run.resumed, len(requests)) == (turn, 3 - turn)
    assert told == whole


def test_a_spent_budget_ends_the_run_with_what_there_is(demo, found, tmp_path):
    told, run, requests = play(demo, found, tmp_path, *SESSION, steps=1)
    assert (len(requests), len(told.mechanism), told.attacks) == (1, 2, ())
    assert "1" in run.state["stopped"]


def test_a_mechanism_of_which_nothing_holds_claims_nothing(demo, found, tmp_path):
    empty = {**DRAFT, "sentences": DRAFT["sentences"][2:]}
    told, _, requests = play(demo, found, tmp_path, says(empty))
    assert (told.claim, told.mechanism, len(requests)) == ("", (), 1)


def test_without_a_path_no_model_is_asked(demo):
    found, _ = hypothesis(demo, *ENDS, Route(s=9))
    model = scripted_model()
    assert reason(demo, found, model) == (found, None)
    assert model.meter.steps == 0


def test_the_command_reasons_and_tells_each_step(demo, tmp_path):
    with ScriptedServer(*SESSION) as server:
        arguments = ["--model", "scripted", "--model-url", server.address, "-k", "2"]
        result = CliRunner().invoke(app, ["hypothesize", *ENDS, *arguments, "-w", str(demo.folder)])
    assert result.exit_code == 0, result.output
    assert "## Mechanism" in result.stdout
    assert "step 2 critic: " in result.stderr


def test_a_model_that_refuses_leaves_what_was_found_by_rule(demo):
    with ScriptedServer(otherwise=says("I can't.")) as server:
        arguments = ["--model", "mute", "--model-url", server.address, "-k", "2"]
        result = CliRunner().invoke(app, ["hypothesize", *ENDS, *arguments, "-w", str(demo.folder)])
    assert result.exit_code == 1
    assert "## Path 1" in result.stdout
    assert "mute gave no answer of the form asked for" in result.stderr
