"""A team over the hypergraph: mechanism, critic, experiments, each on numbered statements.

Paths, what is known, and doubts are found by rule (`answers.hypothesis`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from paperflow.agents.prompting import prompt
from paperflow.agents.reasoning.checks import attacks_on, deciding
from paperflow.agents.reasoning.records import Criticism, Draft, Plan
from paperflow.agents.reasoning.shown import drafted, held, paths_of, sentences_of, statement
from paperflow.agents.team import Line, Run, Team, TeamState, run_team
from paperflow.answers import ask
from paperflow.answers.support import borne
from paperflow.records import fingerprint
from paperflow.reports.files import write_text_atomically
from paperflow.reports.hypothesis import Attack, Experiment, Hypothesis, Source
from paperflow.reports.prose import Removed, Sentence

if TYPE_CHECKING:
    from paperflow.agents.model import Model
    from paperflow.workspace import Workspace

Record = TypeVar("Record", bound=BaseModel)

NEAREST = 3  # sentences of the library that are shown beside the claim
DRAFTS = 2  # of the mechanism: the second knows what the critic broke


class State(TeamState, total=False):
    """The request and what came of each turn, as plain values."""

    ends: list[str]
    statements: str  # hash of all statements: with others it is another run
    drafts: int
    claim: str
    nearest: list[dict[str, str]]
    mechanism: list[dict[str, Any]]
    attacks: list[dict[str, Any]]
    experiments: list[dict[str, Any]]
    removed: list[dict[str, str]]


_START: dict[str, Any] = {
    "drafts": 0, "claim": "", "nearest": [], "mechanism": [], "attacks": [], "experiments": [],
    "removed": [],
}  # fmt: skip


def reason(
    workspace: "Workspace",
    found: Hypothesis,
    model: "Model",
    *,
    out: Path | None = None,
    told: Callable[[Line], object] | None = None,
) -> tuple[Hypothesis, Run | None]:
    """Return the hypothesis with a claim, its mechanism, attacks, and experiments; and the run.

    Without a path there is nothing to reason about: no model is asked, and there is no run. A
    run that was killed goes on where it was, as long as the statements are the same.
    """
    if not found.steps:
        return found, None
    reasoners = _Reasoners(workspace, found, model)
    request = {
        "ends": [end.label for end in found.connection.ends],
        "statements": fingerprint(reasoners.paths, *(step.id for step in found.steps)),
    }
    run = run_team(
        workspace, reasoners.team(), request, title=found.title, model=model.name,
        meter=model.meter, out=out, told=told,
    )  # fmt: skip
    return reasoners.written(run.state), run


class _Reasoners:
    """The agents, with what they all read: the statements, and the model."""

    def __init__(self, workspace: "Workspace", found: Hypothesis, model: "Model") -> None:
        self._workspace, self._found, self._model = workspace, found, model
        self._quotes = [step.quote for step in found.steps]
        self.paths = paths_of(found)

    def team(self) -> Team:
        """Return the agents in the order of their turns."""
        return Team(
            name="hypothesis",
            state=State,
            start=_START,
            agents={
                "mechanism": self.mechanism,
                "critic": self.critic,
                "experiments": self.experiments,
                "conclusion": self.conclusion,
            },
            after={
                "mechanism": lambda state: "critic" if state["mechanism"] else "conclusion",
                "critic": lambda state: "mechanism" if _to_mend(state) else "experiments",
            },
            prompts=("mechanism", "critic", "experiments"),
            write=self.write,
        )

    def mechanism(self, state: State) -> dict[str, Any]:
        """Draft the claim and its mechanism; sentences that no statement bears are removed."""
        draft = self._asked("mechanism", Draft, [self.paths, *held(state)])
        said = [Sentence(text=item.text, cites=item.statements) for item in draft.sentences]
        encoder = self._workspace.encoder if self._workspace.is_embedded else None
        kept, removed = borne(said, self._quotes, encoder)
        return {
            "drafts": state["drafts"] + 1,
            "claim": draft.claim if kept else "",
            "mechanism": [asdict(item) for item in kept],
            "attacks": [],
            "removed": _removed(state, removed),
            "told": {"claim": draft.claim, "sentences": len(kept), "removed": len(removed)},
        }

    def critic(self, state: State) -> dict[str, Any]:
        """Attack every statement that the mechanism cites."""
        found = self._asked("critic", Criticism, [drafted(state)])
        kept, removed = attacks_on(_cited(state), found.attacks, self._quotes)
        return {
            "attacks": [asdict(item) for item in kept],
            "removed": _removed(state, removed),
            "told": {"verdicts": {item.step: item.verdict for item in kept},
                     "removed": len(removed)},
        }  # fmt: skip

    def experiments(self, state: State) -> dict[str, Any]:
        """Name what would decide between the hypothesis and its critic."""
        plan = self._asked("experiments", Plan, [drafted(state), *held(state)])
        kept, removed = deciding(plan.experiments, len(self._quotes))
        return {
            "experiments": [asdict(item) for item in kept],
            "removed": _removed(state, removed),
            "told": {"experiments": len(kept), "removed": len(removed)},
        }

    def conclusion(self, state: State) -> dict[str, Any]:
        """Look for the claim in the library, and tell how much of the mechanism stands."""
        near = ask(self._workspace, state["claim"], limit=NEAREST).quotes if state["claim"] else ()
        mechanism = self.written(state).mechanism
        doubted = sum(1 for item in mechanism if item.doubt)
        return {
            "nearest": [asdict(Source(quote=q.text, paper_id=q.paper_id, key=q.key)) for q in near],
            "told": {"sentences": len(mechanism), "doubted": doubted, "nearest": len(near)},
        }

    def written(self, state: Mapping[str, Any]) -> Hypothesis:
        """Return the hypothesis with what the state holds."""
        attacks = tuple(Attack(**item) for item in state["attacks"])
        broken = {item.step for item in attacks if item.verdict == "breaks"}
        return replace(
            self._found,
            model=self._model.name,
            claim=state["claim"],
            nearest=tuple(Source(**item) for item in state["nearest"]),
            mechanism=tuple(_doubted(item, broken) for item in sentences_of(state)),
            attacks=attacks,
            experiments=tuple(_experiment(item) for item in state["experiments"]),
            removed=tuple(Removed(**item) for item in state["removed"]),
        )

    def write(self, folder: Path, state: Mapping[str, Any]) -> list[str]:
        """Write what there is as JSON, Markdown, and HTML; return the files' names."""
        files = hypothesis_files(self._workspace, self.written(state))
        for name, text in files.items():
            _write(folder / name, text)
        return list(files)

    def _asked(self, name: str, schema: type[Record], parts: Iterable[str]) -> Record:
        told = [statement(number, step) for number, step in enumerate(self._found.steps, start=1)]
        return self._model.record(prompt(name).text, "\n\n".join([*told, *parts]), schema)


def hypothesis_files(workspace: "Workspace", found: Hypothesis) -> dict[str, str]:
    """Return a hypothesis as JSON, Markdown, and a page, by the files' names."""
    from paperflow.analysis import library_report
    from paperflow.reports.html import render

    return {
        "hypothesis.json": found.as_json(),
        "hypothesis.md": found.as_markdown(),
        "hypothesis.html": render(library_report(workspace, title=found.title, hypothesis=found)),
    }


def _write(path: Path, text: str) -> None:
    write_text_atomically(path, lambda out: out.write(text))


def _to_mend(state: State) -> bool:
    """Tell whether the critic broke a step, and there may be another draft."""
    broken = any(item["verdict"] == "breaks" for item in state["attacks"])
    return broken and state["drafts"] < DRAFTS


def _cited(state: State) -> list[int]:
    return sorted({number for item in sentences_of(state) for number in item.cites})


def _doubted(item: Sentence, broken: set[int]) -> Sentence:
    """Return a sentence with the doubt that its critic left, where one did."""
    steps = ", ".join(str(number) for number in item.cites if number in broken)
    return replace(item, doubt=f"its critic holds that it breaks at {steps}") if steps else item


def _experiment(item: Mapping[str, Any]) -> Experiment:
    return Experiment(**{**item, "decides": tuple(item["decides"])})


def _removed(state: State, more: Iterable[Removed]) -> list[dict[str, str]]:
    """Return what was removed so far, each once."""
    found = [*state["removed"], *(asdict(item) for item in more)]
    return [item for place, item in enumerate(found) if item not in found[:place]]
