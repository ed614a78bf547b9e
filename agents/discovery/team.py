"""The discovery team: planner, searcher, ranker, judge, refiner, reporter.

They add judgement: what to ask, what is on the topic, what is missing. Each does by rule
what it can't ask a model. To search, score, and write is `paperflow.discovery`'s work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from paperflow.agents.discovery.judgement import Judge, gaps_in
from paperflow.agents.discovery.listing import listed, merged, notes_of
from paperflow.agents.discovery.records import RELEVANT, START, DiscoveryState, Plan, Queries
from paperflow.agents.discovery.rules import (
    MOST_PARTS,
    distinct,
    first_queries,
    more_queries,
    parts_of,
)
from paperflow.agents.meter import Budget, Meter
from paperflow.agents.model import Model
from paperflow.agents.prompting import fenced
from paperflow.agents.team import Line, Team, run_team
from paperflow.discovery import Choices, Ranking, look_elsewhere, rank
from paperflow.discovery.plan import planned
from paperflow.errors import BadInput, BudgetSpent
from paperflow.reports.report import Report
from paperflow.reports.run import FILES, write_papers
from paperflow.sources import Answer
from paperflow.workspace import Workspace

BUDGET = Budget(steps=40)
ROUNDS = 4  # of asking, ranking, and judging
MOST_QUERIES = 6  # in one round, besides the question itself
PROMPTS = ("discovery_plan", "discovery_judge", "discovery_refine")


@dataclass(frozen=True, slots=True)
class TeamDiscovery:
    """The list that a team made, its folder and manifest, and the steps taken before a kill."""

    report: Report
    folder: Path
    manifest: dict[str, Any]
    resumed: int


def discover_by_team(
    workspace: Workspace,
    question: str,
    choices: Choices | None = None,
    *,
    model: Model | None = None,
    budget: Budget = BUDGET,
    out: Path | None = None,
    told: Callable[[Line], object] | None = None,
    answered: Callable[[Answer], object] | None = None,
) -> TeamDiscovery:
    """Ask in several ways, judge what is missing, and ask again, until nothing is or a budget ends.

    With a model its own meter and budget count. `told` gets each step's line, `answered` each
    source's answer. A run that was killed goes on where it was.
    """
    choices = choices or Choices()
    if not question.strip():
        raise BadInput("there is no question", hint="say what you look for, in quotation marks")
    planned(workspace, question, choices)  # refuses at once what can't be looked for
    meter = model.meter if model else Meter(budget)
    agents = _Agents(workspace, question, choices, Judge(model), meter, answered)
    stated = {name: value for name, value in asdict(choices).items() if value is not None}
    request = {"question": question, "choices": stated}
    name = model.name if model else ""
    run = run_team(
        workspace, agents.team(), request, title=question, model=name, meter=meter, out=out,
        told=told,
    )  # fmt: skip
    return TeamDiscovery(agents.report(run.state), run.folder, run.manifest, run.resumed)


@dataclass(slots=True)
class _Agents:
    """The agents; all that they know is in the state, all that they keep can be made again."""

    workspace: Workspace
    question: str
    choices: Choices
    judgement: Judge
    meter: Meter
    answered: Callable[[Answer], object] | None
    last: tuple[tuple[Sequence[str], Sequence[str]], Ranking] | None = None
    written: Report | None = None

    def team(self) -> Team:
        """Return the agents in the order of their turns."""
        return Team(
            name="discovery",
            state=DiscoveryState,
            agents={
                "planner": self.plan, "searcher": self.search, "ranker": self.rank,
                "judge": self.judge, "refiner": self.refine, "reporter": self.conclude,
            },
            after={
                "judge": lambda state: "reporter" if state["ended"] else "refiner",
                "refiner": lambda state: "reporter" if state["ended"] else "searcher",
            },
            prompts=PROMPTS,
            write=self.write,
            manifest=self.manifest,
            start=START,
        )  # fmt: skip

    def plan(self, state: DiscoveryState) -> dict[str, Any]:
        """Take the question apart, and say what to ask first."""
        topic = planned(self.workspace, self.question, self.choices).intent.topic
        parts = parts_of(topic) if topic else []
        queries = parts
        if plan := self.judgement.asked("discovery_plan", fenced("question", self.question), Plan):
            parts = distinct(item.part for item in plan.parts)[:MOST_PARTS] or parts
            queries = _by_turns([item.queries for item in plan.parts]) or parts
        waiting = first_queries(topic, queries)[: MOST_QUERIES + 1]
        told = self._told(parts=parts, queries=waiting)
        return {"topic": topic, "parts": parts, "waiting": waiting, **told}

    def search(self, state: DiscoveryState) -> dict[str, Any]:
        """Ask the sources what waits to be asked, as far as the budget goes."""
        asked, answers, stopped = [], [], ""
        for query in state["waiting"]:
            try:
                self.meter.check()
            except BudgetSpent as error:
                stopped = error.message
                break
            found = look_elsewhere(
                self.workspace, self.question, self.choices, wording=query, told=self.answered
            )
            asked.append(query)
            answers += [{"query": query, **_row(answer)} for answer in found]
        told = self._told(queries=asked, sources=answers)
        return {"waiting": [], "asked": asked, "answers": answers, "stopped": stopped, **told}

    def rank(self, state: DiscoveryState) -> dict[str, Any]:
        """Rank what the library has for all that was asked."""
        verdicts = state["verdicts"]
        kept = sorted(name for name in verdicts if verdicts[name]["grade"] >= RELEVANT)
        basis = {"ranked": state["asked"], "kept": kept, "rounds": state["rounds"] + 1}
        found = [item.paper.id for item in self._ranking({**state, **basis}).report.papers]
        new = len(set(found) - set(state["found"]))
        return {**basis, "found": found, "new": new, **self._told(papers=len(found), new=new)}

    def judge(self, state: DiscoveryState) -> dict[str, Any]:
        """Judge the first papers, say which parts none of the list covers, and whether to end."""
        papers = self._ranking(state).report.papers
        verdicts, counts = self.judgement.verdicts(self.question, papers, state)
        gaps = gaps_in(papers, state["parts"], verdicts)
        ended = _end(gaps, state)
        told = self._told(**counts, gaps=gaps, **({"ended": ended} if ended else {}))
        return {"verdicts": verdicts, "gaps": gaps, "ended": ended, **told}

    def refine(self, state: DiscoveryState) -> dict[str, Any]:
        """Say what to ask for what is missing."""
        asked, gaps = state["asked"], state["gaps"]
        titles = [item.paper.title for item in self._ranking(state).report.papers[:20]]
        text = "\n\n".join(
            fenced(name, "\n".join(lines))
            for name, lines in [
                ("question", [self.question]), ("missing parts", gaps),
                ("queries asked", asked), ("titles found", titles),
            ]
        )  # fmt: skip
        told = self.judgement.asked("discovery_refine", text, Queries)
        queries = told.queries if told else more_queries(gaps, state["parts"], asked)
        waiting = distinct(queries, asked)[:MOST_QUERIES]
        ended = "" if waiting else "nothing is left to ask"
        return {"waiting": waiting, "ended": ended, **self._told(queries=waiting)}

    def conclude(self, state: DiscoveryState) -> dict[str, Any]:
        """Say how it ended, with the list of all that was asked, also where a budget ended it."""
        changed: dict[str, Any] = {}
        if not state["rounds"] or state["ranked"] != state["asked"]:
            changed = self.rank(state)
        if changed or state["stopped"]:  # nobody has looked for gaps since
            papers = self._ranking({**state, **changed}).report.papers
            changed["gaps"] = gaps_in(papers, state["parts"], state["verdicts"])
        now = {**state, **changed}
        ended = now["ended"] or now["stopped"]
        told = {"papers": len(now["found"]), "gaps": now["gaps"], "ended": ended}
        return {**changed, "told": told}

    def write(self, folder: Path, state: DiscoveryState) -> Sequence[str]:
        """Write the list as it stands, in every format."""
        report = self.report(state)
        if report != self.written:
            write_papers(folder, report)
            self.written = report
        return FILES

    def report(self, state: Mapping[str, Any]) -> Report:
        """Return the list as it stands, in the order of the verdicts, with what is missing."""
        if not state["rounds"]:
            return Report(title=self.question, query=self.question)
        report = self._ranking(state).report
        others = "; ".join(self._besides(state))
        reading = (*report.reading, *((("also asked", others),) if others else ()))
        return replace(
            report,
            reading=reading,
            papers=listed(report.papers, state["verdicts"]),
            sources=(*merged(state["answers"]), *report.sources),
            notes=(*report.notes, *notes_of(state)),
        )

    def manifest(self, state: DiscoveryState) -> dict[str, Any]:
        """Return what the list depends on, and how it came about."""
        ranking = dict(self._ranking(state).manifest) if state["rounds"] else {}
        elsewhere = [asdict(item) for item in merged(state["answers"])]
        ranking["sources"] = [*elsewhere, *ranking.get("sources", [])]
        names = ("parts", "asked", "answers", "verdicts", "gaps", "rounds", "ended", "troubles")
        return ranking | {name: state[name] for name in names}  # type: ignore[literal-required]

    def _ranking(self, state: Mapping[str, Any]) -> Ranking:
        """Return the ranking that the state stands on; it is made once a round."""
        basis = (state["ranked"], state["kept"])
        if not self.last or self.last[0] != basis:
            also, kept = self._besides(state), state["kept"]
            made = rank(self.workspace, self.question, self.choices, also=also, keep=kept)
            self.last = (basis, made)
        return self.last[1]

    def _besides(self, state: Mapping[str, Any]) -> list[str]:
        """Return the queries of the list other than the question itself."""
        return distinct(state["ranked"], [state["topic"]])

    def _told(self, **line: Any) -> dict[str, Any]:
        """Return an agent's line, with what the model failed at."""
        troubles = self.judgement.troubles()
        return {
            "troubles": troubles,
            "told": {**line, **({"troubles": troubles} if troubles else {})},
        }


def _row(answer: Answer) -> dict[str, Any]:
    return {
        "source": answer.name,
        "status": answer.status,
        "papers": len(answer.papers),
        "note": answer.note,
    }


def _by_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return the first of each list, then the second of each, and so on."""
    longest = max(map(len, lists), default=0)
    return [items[place] for place in range(longest) for items in lists if place < len(items)]


def _end(gaps: Sequence[str], state: DiscoveryState) -> str:
    """Return why there is no more to ask for; "" where there is."""
    if not gaps:
        return "every part of the question is covered"
    if state["rounds"] > 1 and not state["new"]:
        return "the last queries brought nothing new"
    return f"{ROUNDS} rounds of asking are enough" if state["rounds"] >= ROUNDS else ""
