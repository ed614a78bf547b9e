"""What the discovery team's agents tell one another, and what a model answers."""

import operator
from typing import Annotated, Any, TypedDict

from pydantic import BaseModel, Field

from paperflow.agents.team import TeamState

RELEVANT = 2  # the grade from which a paper covers a part


class Part(BaseModel):
    """A part of the question, and queries that would find papers on it."""

    part: str
    queries: list[str] = []


class Plan(BaseModel):
    """The question in parts."""

    parts: list[Part]


class Verdict(BaseModel):
    """What a paper is worth for the question, with words of it that show so."""

    paper: str
    grade: int = Field(ge=0, le=3)
    parts: list[int] = []
    quote: str = ""


class Verdicts(BaseModel):
    """A verdict on each paper shown."""

    verdicts: list[Verdict]


class Queries(BaseModel):
    """Queries for what is missing."""

    queries: list[str]


class Judged(TypedDict):
    """A verdict that was checked; `parts` are those that the paper covers."""

    grade: int
    parts: list[str]
    quote: str


class DiscoveryState(TeamState):
    """What the discovery team knows."""

    question: str
    choices: dict[str, Any]
    topic: str
    parts: list[str]
    waiting: list[str]  # queries to be asked next
    asked: Annotated[list[str], operator.add]
    answers: Annotated[list[dict[str, Any]], operator.add]  # of each source to each query
    ranked: list[str]  # the queries that the list was made with
    kept: list[str]  # ids of the papers that were found relevant before it
    found: list[str]  # ids of the papers listed
    new: int  # how many of them the last queries brought
    verdicts: dict[str, Judged]  # by paper id
    gaps: list[str]
    rounds: int
    ended: str
    troubles: Annotated[list[str], operator.add]


START: dict[str, Any] = {
    "topic": "", "parts": [], "waiting": [], "asked": [], "answers": [], "ranked": [], "kept": [],
    "found": [], "new": 0, "verdicts": {}, "gaps": [], "rounds": 0, "ended": "", "troubles": [],
}  # fmt: skip
