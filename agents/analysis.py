"""A team that reads with a model, checks what the graph covers, and asks about the rest.

The reader tells facts, each with a quote; the analyst makes the graph of those that hold; the
checker finds parts of the full texts to which nothing is linked; the prober asks about each of
these. What a model answered is kept by content, so a run that was killed asks nothing twice.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperflow import analysis
from paperflow.agents.team import Line, Run, Team, TeamState, run_team
from paperflow.extract.model.gaps import NEAR, Place
from paperflow.reports.files import write_text_atomically

if TYPE_CHECKING:
    from paperflow.agents.model import Model
    from paperflow.extract.model.asking import Asked
    from paperflow.workspace import Workspace

ROUNDS = len(NEAR)

Counts = dict[str, list[int]]
"""How many parts of each kind are linked, and how many there are."""


class State(TeamState, total=False):
    """What is asked for, and what came of each turn, as plain values."""

    rounds: int  # of asking about parts, at most
    papers: str  # what tells this library from another
    done: int  # rounds so far
    coverage: list[Counts]  # after each analysis, the first before the model was asked
    facts: int
    dropped: dict[str, int]  # by reason
    failed: list[str]


_START: dict[str, Any] = {
    "done": 0, "coverage": [], "facts": 0, "dropped": {}, "failed": [],
}  # fmt: skip


def analyse(
    workspace: "Workspace",
    model: "Model",
    *,
    rounds: int = ROUNDS,
    out: Path | None = None,
    told: Callable[[Line], object] | None = None,
) -> Run:
    """Let a model read the library, then ask at most `rounds` times about what is not covered.

    A round shows more of the text around each part than the one before. It ends early when all
    is covered, or a round covered nothing more.
    """
    workspace.require_papers()
    request = {"rounds": min(rounds, ROUNDS), "papers": workspace.store.papers.state()}
    team = _Analysts(workspace, model).team()
    return run_team(
        workspace, team, request, title="analysis", model=model.name, meter=model.meter,
        out=out, told=told,
    )  # fmt: skip


def total(counts: Mapping[str, Iterable[int]]) -> tuple[int, int]:
    """Return how many parts of all kinds are linked, and how many there are."""
    linked, parts = zip(*counts.values(), strict=True) if counts else ((), ())
    return sum(linked), sum(parts)


class _Analysts:
    """The agents, with the library that they work on and the model."""

    def __init__(self, workspace: "Workspace", model: "Model") -> None:
        self._workspace, self._model = workspace, model

    def team(self) -> Team:
        """Return the agents in the order of their turns."""
        return Team(
            name="analysis",
            state=State,
            start=_START,
            agents={
                "survey": self.survey,
                "reader": self.reader,
                "analyst": self.analyst,
                "checker": self.checker,
                "prober": self.prober,
                "conclusion": self.conclusion,
            },
            after={
                "checker": lambda state: "prober" if _goes_on(state) else "conclusion",
                "prober": lambda state: "analyst" if state["steps"][-1]["parts"] else "conclusion",
            },
            write=_write,
        )

    def survey(self, state: State) -> dict[str, Any]:
        """Analyse by what is known already, and count what that covers."""
        analysis.analyze(self._workspace)
        return self.checker(state)

    def reader(self, state: State) -> dict[str, Any]:
        """Let the model read every text that it has not read."""
        asked = analysis.ask_model(self._workspace, self._model.language_model)
        return _added(state, asked, texts=asked.chunks)

    def analyst(self, state: State) -> dict[str, Any]:
        """Make the graph anew of papers of which more is known."""
        summary = analysis.analyze(self._workspace)
        failed = [f"{item.item}: {item.reason}" for item in summary.failures]
        told = {"analysed": summary.done, "failed": len(failed)}
        return {"failed": [*state["failed"], *failed], "told": told}

    def checker(self, state: State) -> dict[str, Any]:
        """Count what the graph covers."""
        found = analysis.coverage(self._workspace, most=0)
        counts = {item.name: [item.value, item.of or 0] for item in found.parts}
        linked, parts = total(counts)
        return {"coverage": [*state["coverage"], counts], "told": {"linked": linked, "of": parts}}

    def prober(self, state: State) -> dict[str, Any]:
        """Ask the model about every part that is not covered and was not asked about yet."""
        gaps: dict[str, list[Place]] = {}
        for paper, kind, number in analysis.open_parts(self._workspace):
            gaps.setdefault(paper, []).append((kind, number, state["done"]))
        asked = analysis.ask_model(self._workspace, self._model.language_model, gaps=gaps)
        return {"done": state["done"] + 1, **_added(state, asked, parts=asked.chunks)}

    def conclusion(self, state: State) -> dict[str, Any]:
        """Tell what the model brought."""
        first, last = total(state["coverage"][0]), total(state["coverage"][-1])
        told = {"linked": last[0], "before": first[0], "of": last[1], "facts": state["facts"]}
        return {"told": {**told, "dropped": sum(state["dropped"].values())}}


def _goes_on(state: State) -> bool:
    """Tell whether there is a round left, something to ask, and the last one was of use."""
    *_, before, now = [total(counts)[0] for counts in state["coverage"]]
    is_open = now < total(state["coverage"][-1])[1]
    return is_open and state["done"] < state["rounds"] and (now > before or not state["done"])


def _added(state: State, asked: "Asked", **told: int) -> dict[str, Any]:
    """Return the state with what came of asking."""
    dropped = Counter(state["dropped"]) + Counter(asked.reasons)
    failed = [f"{item.item}: {item.reason}" for item in asked.failures]
    return {
        "facts": state["facts"] + asked.facts,
        "dropped": dict(sorted(dropped.items())),
        "failed": [*state["failed"], *failed],
        "told": {**told, "facts": asked.facts, "dropped": asked.reasons, "failed": len(failed)},
    }


def _write(folder: Path, state: Mapping[str, Any]) -> list[str]:
    """Write the coverage after each analysis as JSON and Markdown; return the files' names."""
    text = json.dumps(state["coverage"], indent=2) + "\n"
    write_text_atomically(folder / "coverage.json", lambda out: out.write(text))
    write_text_atomically(
        folder / "coverage.md", lambda out: out.write(coverage_table(state["coverage"]))
    )
    return ["coverage.json", "coverage.md"]


def coverage_table(coverage: Iterable[Counts]) -> str:
    """Return the coverage after each analysis as a table in Markdown, a column for each."""
    columns = [{**counts, "all": list(total(counts))} for counts in coverage]
    names = ["before", "read", *(f"round {n}" for n in range(1, len(columns)))]
    heads = [name for name, _ in zip(names, columns, strict=False)]
    lines = [f"| part | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for kind in columns[-1] if columns else ():
        cells = (f"{linked} / {of}" for linked, of in (column[kind] for column in columns))
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
