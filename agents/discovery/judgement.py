"""What is on the topic and what is missing: asked of a model, and by rule where there is none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from paperflow.agents.discovery.records import (
    RELEVANT,
    DiscoveryState,
    Judged,
    Verdict,
    Verdicts,
)
from paperflow.agents.discovery.rules import covers, quoted
from paperflow.agents.model import Model
from paperflow.agents.prompting import fenced, prompt
from paperflow.engine import batched
from paperflow.errors import BudgetSpent, ModelError, NoAnswer, TooLong
from paperflow.records import Paper
from paperflow.reports.report import ScoredPaper

T = TypeVar("T", bound=BaseModel)
_MOST = 40  # papers that are judged in one turn
_AT_ONCE = 10  # papers in one request
_SHOWN = 1500  # characters of an abstract


@dataclass(slots=True)
class Judge:
    """Asks a model where there is one; what it fails at is done by rule and told."""

    model: Model | None
    _troubles: list[str] = field(default_factory=list)

    def asked(self, name: str, text: str, schema: type[T]) -> T | None:
        """Return what the model answers to a prompt; None where the rule has to do."""
        try:
            return self._record(name, text, schema)
        except TooLong as error:
            self._fail(error)
            return None

    def troubles(self) -> list[str]:
        """Return what went wrong since the last time, each once."""
        told, self._troubles = list(dict.fromkeys(self._troubles)), []
        return told

    def verdicts(
        self, question: str, papers: Sequence[ScoredPaper], state: DiscoveryState
    ) -> tuple[dict[str, Judged], dict[str, int]]:
        """Return the verdicts so far with those on papers that had none, and counts."""
        verdicts = dict(state["verdicts"])
        counts = {"judged": 0, "dropped": 0}
        new = [item for item in papers if item.paper.id not in verdicts][:_MOST]
        with suppress(BudgetSpent):  # what was judged before counts; the next turn notices
            for batch in batched(new, _AT_ONCE):
                for item, verdict in self._judged(question, state["parts"], batch):
                    checked = _checked(verdict, item.paper, state["parts"])
                    counts["judged" if checked else "dropped"] += 1
                    if checked:
                        verdicts[item.paper.id] = checked
        return verdicts, counts if any(counts.values()) else {}

    def _judged(
        self, question: str, parts: Sequence[str], batch: Sequence[ScoredPaper]
    ) -> Iterator[tuple[ScoredPaper, Verdict]]:
        """Yield the model's verdicts on papers; too many for one request go in two."""
        try:
            reply = self._record("discovery_judge", _shown(question, parts, batch), Verdicts)
        except TooLong as error:
            if len(batch) == 1:
                self._fail(error)
                return
            half = len(batch) // 2
            yield from self._judged(question, parts, batch[:half])
            yield from self._judged(question, parts, batch[half:])
            return
        waiting = {item.key: item for item in batch}
        for verdict in reply.verdicts if reply else ():
            if verdict.paper in waiting:
                yield waiting.pop(verdict.paper), verdict

    def _record(self, name: str, text: str, schema: type[T]) -> T | None:
        if self.model is None:
            return None
        try:
            return self.model.record(prompt(name).text, text, schema)
        except TooLong:
            raise
        except ModelError as error:
            self._fail(error)
            return None

    def _fail(self, error: ModelError) -> None:
        """Note what went wrong; a service that refuses is not asked again."""
        self._troubles.append(f"by rule, since {error.message}")
        if not isinstance(error, NoAnswer):
            self.model = None


def gaps_in(
    papers: Sequence[ScoredPaper], parts: Sequence[str], verdicts: Mapping[str, Judged]
) -> list[str]:
    """Return the parts of a question that no paper of the list covers.

    What a verdict says of a paper counts; where there is none, whether the words are there.
    """

    def covered(part: str, item: ScoredPaper) -> bool:
        verdict = verdicts.get(item.paper.id)
        return part in verdict["parts"] if verdict else covers(item.paper, part)

    return [part for part in parts if not any(covered(part, item) for item in papers)]


def _shown(question: str, parts: Sequence[str], batch: Sequence[ScoredPaper]) -> str:
    """Return the question, its numbered parts, and the papers, all of it fenced as data."""
    numbered = "\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1))
    papers = [
        fenced(item.key, f"{item.paper.title}\n\n{item.paper.abstract[:_SHOWN]}") for item in batch
    ]
    return "\n\n".join([fenced("question", question), fenced("parts", numbered), *papers])


def _checked(verdict: Verdict, paper: Paper, parts: Sequence[str]) -> Judged | None:
    """Return a verdict that holds; None where it praises without words of the paper."""
    holds = quoted(verdict.quote, paper)
    quote = " ".join(verdict.quote.split()) if holds else ""
    if verdict.grade < RELEVANT:
        return {"grade": verdict.grade, "parts": [], "quote": quote}
    covered = [part for number, part in enumerate(parts, start=1) if number in verdict.parts]
    return {"grade": verdict.grade, "parts": covered, "quote": quote} if holds else None
