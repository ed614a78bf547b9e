"""Teams: agents take turns as nodes of a graph; each turn is kept before the next one begins.

A team's state is a TypedDict of plain values (texts, numbers, lists, dicts), so that a
checkpoint gives back what was put in. A kill may come between an agent's work and its
checkpoint; the agent then acts again, so what it does outside of the state, such as adding
papers to the library, has to come out the same when it is done twice. The run's files are
written from the state alone.
"""

import json
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from paperflow import __version__
from paperflow.agents.meter import Meter
from paperflow.agents.prompting import named_by_hash, prompt
from paperflow.errors import BudgetSpent
from paperflow.records import fingerprint
from paperflow.reports.files import write_text_atomically
from paperflow.reports.records_json import writable
from paperflow.reports.run import check_folder, make_folder, write_manifest, write_times
from paperflow.reports.text import to_ascii
from paperflow.store.database import clear_errors
from paperflow.workspace import Workspace

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.types import StateSnapshot

STEPS = "steps.jsonl"
_CHECKPOINTS = "agents.sqlite"
_MOST_TURNS = 10_000  # a guard of LangGraph's; budgets and the agents end a run

Line = dict[str, Any]


class TeamState(TypedDict):
    """What every team's state holds; a team's own parts come beside it."""

    steps: Annotated[list[Line], operator.add]  # the lines of steps.jsonl
    spent: dict[str, float]  # so far, by an earlier process too
    stopped: str  # which budget ended the run, in words


Agent = Callable[[Any], Mapping[str, Any]]
"""Takes the state; returns the parts that it changes, and under "told" its line in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents by name, in the order of their turns, over a state of type `state`.

    `after` says who comes next where that is not the following one. The last agent lays out
    what there is; when a budget is spent it comes at once and finds `stopped` in the state.
    `prompts` are the names of those that a model is given. After each step `write` puts what
    the state says into the run's folder and returns the names of its files, and `manifest`
    returns what the manifest says beside what it says of every run.
    """

    name: str
    state: type
    agents: Mapping[str, Agent]
    after: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    prompts: Sequence[str] = ()
    write: Callable[[Path, Any], Iterable[str]] = lambda folder, state: ()
    manifest: Callable[[Any], Mapping[str, Any]] = lambda state: {}
    start: Mapping[str, Any] = field(default_factory=dict)  # the state besides the request


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder, its last state, its manifest, and the steps taken before."""

    folder: Path
    state: dict[str, Any]
    manifest: dict[str, Any]
    resumed: int


@contextmanager
def checkpoints(workspace: Workspace) -> Iterator["SqliteSaver"]:
    """Open the file in which the workspace keeps the states of agents, by thread id."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = workspace.home / _CHECKPOINTS
    with clear_errors(path), SqliteSaver.from_conn_string(str(path)) as saver:
        saver.setup()
        yield saver


def run_team(
    workspace: Workspace,
    team: Team,
    request: Mapping[str, Any],
    *,
    title: str,
    model: str = "",
    meter: Meter | None = None,
    out: Path | None = None,
    told: Callable[[Line], object] | None = None,
) -> Run:
    """Let a team take its turns from `request`, the first state, to its end.

    The same request to the same model, after a kill, goes on with the turn that was not
    finished, and comes to the same end; after a spent budget, it goes on with what a larger one
    allows. `told` gets the line of each step once it is kept.
    """
    check_folder(out)
    meter = meter or Meter()
    thread = fingerprint(
        __version__, team.name, json.dumps(request, sort_keys=True), model, str(out or "")
    )
    folder = make_folder(out or workspace.runs / f"{team.name}-{_slug(title)}-{thread[:8]}")
    files = _Files(folder, team, _header(team, request, model, meter))
    state: dict[str, Any] = {}
    resumed = 0
    with checkpoints(workspace) as saver:
        for state, new in _states(saver, team, request, meter, thread):
            files.write(state)
            resumed = resumed if new else len(state["steps"])
            if told and new:
                told(state["steps"][-1])
        if not state["stopped"]:
            saver.delete_thread(thread)
    write_times(folder, {"all": state["spent"]["seconds"]})
    return Run(folder, state, files.manifest, resumed)


def _states(
    saver: "SqliteSaver", team: Team, request: Mapping[str, Any], meter: Meter, thread: str
) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield the state after each step and whether it is new: the first may be a killed run's."""
    graph = _graph(team, meter).compile(checkpointer=saver)
    config = {"configurable": {"thread_id": thread}, "recursion_limit": _MOST_TURNS}
    kept = _going_on(graph, config)
    done = len(kept.values["steps"]) if kept else 0
    if kept:
        meter.resume(**kept.values["spent"])
        yield kept.values, False
    else:
        saver.delete_thread(thread)
    first = None if kept else _first_state(team, request, meter)
    config = {**config, **kept.config} if kept else config
    for state in graph.stream(first, config, stream_mode="values", durability="sync"):
        if len(state["steps"]) > done:
            yield state, True


def _going_on(graph: Any, config: Mapping[str, Any]) -> "StateSnapshot | None":
    """Return the last state in which a step was taken and no budget was spent."""
    states = graph.get_state_history(config)
    return next((s for s in states if s.values.get("steps") and not s.values["stopped"]), None)


def _first_state(team: Team, request: Mapping[str, Any], meter: Meter) -> dict[str, Any]:
    return {**team.start, **request, "steps": [], "spent": meter.spent(), "stopped": ""}


def _graph(team: Team, meter: Meter) -> Any:
    """Return the agents as nodes, each with its edges to all that may come next."""
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(team.state)
    names = list(team.agents)
    graph.add_edge(START, names[0])
    for name, following in pairwise([*names, END]):
        graph.add_node(name, _turn(team, name, meter))
        graph.add_conditional_edges(name, _route(team, name, following), [*names, END])
    return graph


def _route(team: Team, name: str, following: str) -> Callable[[Any], str]:
    last = list(team.agents)[-1]

    def choose(state: Any) -> str:
        if state["stopped"] and name != last:
            return last
        return team.after[name](state) if name in team.after else following

    return choose


def _turn(team: Team, name: str, meter: Meter) -> Callable[[Any], dict[str, Any]]:
    def turn(state: Any) -> dict[str, Any]:
        before = meter.tokens
        changed = _acted(team, name, meter, state)
        line = {"step": len(state["steps"]) + 1, "agent": name, **changed.pop("told", {})}
        if meter.tokens > before:
            line["tokens"] = meter.tokens - before
        kept: dict[str, Any] = writable({**changed, "steps": [line]})
        return {**kept, "spent": meter.spent()}

    return turn


def _acted(team: Team, name: str, meter: Meter, state: Any) -> dict[str, Any]:
    """Return what an agent changes; where a budget is spent, that it is."""
    agent, last = team.agents[name], list(team.agents)[-1]
    try:
        if name != last:
            _check(meter, len(state["steps"]))
        return dict(agent(state))
    except BudgetSpent as error:
        stopped = {"stopped": error.message}
        if name != last:
            return {**stopped, "told": stopped}
        return {**agent({**state, **stopped}), **stopped}


def _check(meter: Meter, turns: int) -> None:
    """Raise BudgetSpent where nothing is left; turns count as steps too."""
    meter.check()
    if meter.budget.steps and turns >= meter.budget.steps:
        raise BudgetSpent(f"the budget of {meter.budget.steps} steps is spent")


def _header(team: Team, request: Mapping[str, Any], model: str, meter: Meter) -> dict[str, Any]:
    """Return what the manifest says before the first step."""
    return {
        "paperflow": __version__,
        "team": team.name,
        "request": dict(request),
        "model": model or None,
        "prompts": named_by_hash(map(prompt, team.prompts)) if model else [],
        "budget": asdict(meter.budget),
    }


@dataclass(slots=True)
class _Files:
    """Writes what a run leaves besides its agents' own files, after every step."""

    folder: Path
    team: Team
    header: Mapping[str, Any]
    manifest: dict[str, Any] = field(default_factory=dict)

    def write(self, state: Mapping[str, Any]) -> None:
        """Write the steps so far, and the manifest, which names every file by hash."""
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in state["steps"])
        write_text_atomically(self.folder / STEPS, lambda out: out.write(lines))
        spent = {name: value for name, value in state["spent"].items() if name != "seconds"}
        ended = {"steps": len(state["steps"]), "spent": spent, "stopped": state["stopped"]}
        names = [STEPS, *self.team.write(self.folder, state)]
        told = {**self.header, **self.team.manifest(state), **ended}
        self.manifest = write_manifest(self.folder, told, names)


def _slug(title: str) -> str:
    """Return a title as part of a folder's name."""
    words = re.sub(r"[^a-z0-9]+", "-", to_ascii(title).lower()).strip("-")
    return words[:48].strip("-") or "run"
