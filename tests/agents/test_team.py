"""Teams: turns in order, checkpoints, budgets, and the same end after any kill."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from paperflow.agents.meter import Budget, Meter
from paperflow.agents.team import STEPS, Run, Team, TeamState, run_team
from paperflow.errors import BadInput
from paperflow.workspace import Workspace, find_workspace


class Counting(TeamState):
    number: int
    told_at: int


class Killed(BaseException):
    """What no handler of errors catches."""


def count(state: Mapping[str, Any]) -> dict[str, Any]:
    number = state["number"] + 1
    return {"number": number, "told": {"number": number}}


def write(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"told_at": state["number"], "told": {"because": state["stopped"] or "done"}}


COUNTERS = Team(
    name="counters",
    state=Counting,
    agents={"one": count, "other": count, "writer": write},
    after={"other": lambda state: "one" if state["number"] < 6 else "writer"},
    prompts=["data"],
)
TURNS = 7


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return find_workspace(tmp_path, create=True)


def play(workspace: Workspace, **options: Any) -> Run:
    return run_team(workspace, COUNTERS, {"number": 0}, title="Count!", **options)


def files(run: Run) -> dict[str, bytes]:
    """Return every file but that with the times."""
    return {p.name: p.read_bytes() for p in run.folder.iterdir() if p.name != "times.json"}


def test_agents_take_turns_and_leave_a_line_each(workspace):
    run = play(workspace)
    lines = [json.loads(line) for line in (run.folder / STEPS).read_text().splitlines()]
    assert [line["agent"] for line in lines] == ["one", "other"] * 3 + ["writer"]
    assert [line["step"] for line in lines] == list(range(1, TURNS + 1))
    assert lines[-1]["because"] == "done"
    assert run.state["told_at"] == 6
    assert run.folder.name.startswith("counters-count-")


@pytest.mark.parametrize("kill_at", range(1, TURNS + 1))
def test_a_run_that_is_killed_after_any_step_comes_to_the_same_end(tmp_path, kill_at):
    whole = play(find_workspace(tmp_path / "whole", create=True))
    workspace = find_workspace(tmp_path / "killed", create=True)

    def kill(line: Mapping[str, Any]) -> None:
        if line["step"] == kill_at:
            raise Killed

    with pytest.raises(Killed):
        play(workspace, told=kill)
    seen: list[int] = []
    run = play(workspace, told=lambda line: seen.append(line["step"]))
    assert run.resumed == kill_at
    assert seen == list(range(kill_at + 1, TURNS + 1))
    assert files(run) == files(whole)
    assert run.state["number"] == whole.state["number"]


def test_a_finished_run_begins_anew_and_leaves_the_same(workspace):
    first = play(workspace)
    before = files(first)
    second = play(workspace)
    assert second.resumed == 0
    assert second.folder == first.folder
    assert files(second) == before


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (Budget(steps=3), "3 steps"),
        (Budget(seconds=10), "10 seconds"),
        (Budget(tokens=1), "tokens"),
    ],
)
def test_a_spent_budget_lets_the_last_agent_lay_out_what_there_is(workspace, budget, words):
    meter = Meter(budget, clock=iter(range(0, 1000, 4)).__next__)
    meter.tokens = 1
    run = play(workspace, meter=meter)
    assert words in run.state["stopped"]
    assert run.manifest["stopped"] == run.state["stopped"]
    assert run.state["told_at"] == run.state["number"] < 6


@pytest.mark.parametrize("steps", [2, 5])
def test_a_run_that_a_budget_ended_goes_on_with_a_larger_one(tmp_path, steps):
    whole = play(find_workspace(tmp_path / "whole", create=True))
    workspace = find_workspace(tmp_path / "stopped", create=True)
    stopped = play(workspace, meter=Meter(Budget(steps=steps)))
    again = play(workspace, meter=Meter(Budget(steps=steps)))
    assert files(again) == files(stopped)
    run = play(workspace)
    assert run.resumed == steps
    assert files(run) == files(whole)


def test_what_a_model_writes_can_be_kept_and_written_whatever_it_is(workspace):
    odd = Team(
        name="odd", state=Counting, agents={"odd": lambda state: {"told": {"said": "\ud800\x00"}}}
    )
    run = run_team(workspace, odd, {"number": 0}, title="\ud800?")
    assert (run.folder / STEPS).read_text().count("\n") == 1


def test_what_a_killed_run_spent_counts_when_it_goes_on(workspace):
    def kill(line: Mapping[str, Any]) -> None:
        raise Killed

    meter = Meter(clock=iter(range(0, 1000, 4)).__next__)
    meter.tokens = 70
    with pytest.raises(Killed):
        play(workspace, meter=meter, told=kill)
    later = Meter(Budget(tokens=60), clock=iter(range(1000)).__next__)
    run = play(workspace, meter=later)
    assert "60 tokens" in run.state["stopped"]
    assert run.state["spent"]["seconds"] > 8


def test_the_manifest_names_files_and_prompts_by_hash(workspace):
    run = play(workspace, model="scripted")
    assert json.loads((run.folder / "manifest.json").read_text()) == run.manifest
    assert [item["name"] for item in run.manifest["prompts"]] == ["data"]
    assert list(run.manifest["files"]) == [STEPS]
    assert run.manifest["request"] == {"number": 0}


def test_another_model_or_another_request_is_another_run(workspace):
    assert play(workspace, model="a").folder != play(workspace, model="b").folder


def test_a_folder_with_files_of_the_users_is_refused(workspace, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(BadInput, match="other files"):
        play(workspace, out=tmp_path / "mine")
