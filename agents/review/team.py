"""The roles of a review played by a language model, as one team; every quote is checked."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from paperflow.agents.model import Model
from paperflow.agents.prompting import fenced, prompt
from paperflow.agents.review import rules
from paperflow.agents.review.checks import CRITIC, REPRODUCIBILITY
from paperflow.agents.review.material import Material
from paperflow.agents.review.rules import LITERATURE, READER, SUMMARISER
from paperflow.agents.review.verify import Checked, Library, checked
from paperflow.agents.team import Team, TeamState
from paperflow.errors import NoAnswer, TooLong
from paperflow.extract.passages import RECORD
from paperflow.reports.report import Quote
from paperflow.reports.review import Near, Point

MOST = 48_000  # characters of the paper that a model is shown: some 13,000 tokens
_LEAST = 400  # characters; less is no paper
PROMPTS = tuple(f"review_{role}" for role in rules.ROLES)


class Statement(BaseModel):
    """A point of a role, with quotes of what it is about."""

    model_config = ConfigDict(str_strip_whitespace=True)

    text: str = Field(min_length=1)
    quotes: list[str] = []


class Statements(BaseModel):
    """What a role says."""

    summary: list[Statement] = []
    strengths: list[Statement] = []
    weaknesses: list[Statement] = []
    questions: list[Statement] = []


class Reasons(BaseModel):
    """Why each score is what it is."""

    soundness: str = ""
    presentation: str = ""
    contribution: str = ""
    rating: str = ""
    confidence: str = ""


class Verdict(BaseModel):
    """The scores that close a review."""

    soundness: int = Field(ge=1, le=4)
    presentation: int = Field(ge=1, le=4)
    contribution: int = Field(ge=1, le=4)
    rating: int = Field(ge=1, le=10)
    confidence: int = Field(ge=1, le=5)
    reasons: Reasons = Reasons()


class ReviewState(TeamState):
    """Points by role and list, what was dropped, what to note, and the verdict."""

    paper: str
    text: str  # a fingerprint: another text is another run
    said: Annotated[dict[str, dict[str, list[dict[str, Any]]]], operator.or_]
    dropped: Annotated[list[str], operator.add]
    notes: Annotated[list[str], operator.add]
    verdict: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """What the team sits around: the paper, the nearest works, and the model."""

    material: Material
    nearest: tuple[Near, ...]
    library: Library
    model: Model

    def team(self) -> Team:
        """Return the team; its last turn, the verdict, is left out where a budget is spent."""
        by_rule: dict[str, Callable[[], rules.Said]] = {
            READER: lambda: rules.reader(self.material),
            CRITIC: lambda: rules.critic(self.material),
            LITERATURE: lambda: rules.literature(self.material, self.nearest),
            REPRODUCIBILITY: lambda: rules.reproducibility(self.material),
        }
        return Team(
            name="review",
            state=ReviewState,
            agents={
                **{role: self._role(role, instead) for role, instead in by_rule.items()},
                SUMMARISER: self._summarise,
            },
            prompts=PROMPTS,
            start={"said": {}, "dropped": [], "notes": [], "verdict": {}},
        )

    def _role(
        self, role: str, instead: Callable[[], rules.Said]
    ) -> Callable[[Any], Mapping[str, Any]]:
        def act(state: ReviewState) -> dict[str, Any]:
            try:
                found = self._asked(role)
            except NoAnswer as error:
                note = f"{role}: {error.message}; what follows is by rule"
                points = _plain(instead())
                return {"said": {role: points}, "notes": [note], "told": {"failed": error.message}}
            told = {"points": found.count, "dropped": len(found.dropped)}
            return {"said": {role: found.points}, "dropped": found.dropped, "told": told}

        return act

    def _asked(self, role: str) -> Checked:
        """Return what the model says in a role; a text too long for it is halved until it fits."""
        text = self._text()[:MOST]
        while True:
            shown = "\n\n".join([fenced("paper", text), *self._beside(role)])
            try:
                said = self.model.record(prompt(f"review_{role}").text, shown, Statements)
            except TooLong:
                text = text[: len(text) // 2]
                if len(text) < _LEAST:
                    raise
            else:
                return checked(role, said.model_dump(), self.library)

    def _text(self) -> str:
        """Return title, abstract, and text."""
        kept = (p for p in self.material.passages if p.kind != "reference" and p.section != RECORD)
        return "\n\n".join(passage.text for passage in kept)

    def _beside(self, role: str) -> list[str]:
        if role != LITERATURE:
            return []
        return [
            fenced(f"{near.key}, {'cited' if near.cited else 'not cited'} by the paper", text)
            for near in self.nearest
            if (text := self.library.text(near.paper_id))
        ]

    def _summarise(self, state: ReviewState) -> dict[str, Any]:
        if state["stopped"]:
            note = f"{state['stopped']}: the scores are by rule"
            return {"notes": [note], "told": {"stopped": state["stopped"]}}
        try:
            verdict = self.model.record(prompt("review_summariser").text, _listed(state), Verdict)
        except NoAnswer as error:
            note = f"summariser: {error.message}; the scores are by rule"
            return {"notes": [note], "told": {"failed": error.message}}
        return {"verdict": verdict.model_dump(), "told": {"rating": verdict.rating}}


def _listed(state: ReviewState) -> str:
    """Return the points that were kept, as data."""
    lines = [
        " ".join(
            [f"{name} ({role}): {point['text']}", *(f"“{q['text']}”" for q in point["quotes"])]
        )
        for role, lists in state["said"].items()
        for name, points in lists.items()
        for point in points
    ]
    return fenced("points of the team", "\n".join(lines))


def _plain(said: rules.Said) -> dict[str, list[dict[str, Any]]]:
    """Return what a role says by rule as the state holds it."""
    names = ("summary", "strengths", "weaknesses", "questions")
    return {name: [asdict(point) for point in getattr(said, name)] for name in names}


def points_of(state: Mapping[str, Any], name: str) -> tuple[Point, ...]:
    """Return a list of points, role by role, from a team's state."""
    return tuple(
        Point(**{**point, "quotes": tuple(Quote(**quote) for quote in point["quotes"])})
        for role in rules.ROLES
        for point in state["said"].get(role, {}).get(name, ())
    )
