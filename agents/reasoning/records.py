"""What the model is asked for, turn by turn; numbers are those of the statements, from 1."""

from typing import Literal

from pydantic import BaseModel, Field


class SaidSentence(BaseModel):
    """A sentence of the mechanism, and the numbers of the statements that bear it."""

    text: str = Field(min_length=1)
    statements: tuple[int, ...]


class Draft(BaseModel):
    """A hypothesis and its mechanism."""

    claim: str = Field(min_length=1)
    sentences: tuple[SaidSentence, ...]


class SaidAttack(BaseModel):
    """What the critic holds against a statement as a step."""

    step: int
    attack: str = Field(min_length=1)
    verdict: Literal["holds", "weak", "breaks"]


class Criticism(BaseModel):
    """An attack on every statement that the mechanism cites."""

    attacks: tuple[SaidAttack, ...]


class SaidExperiment(BaseModel):
    """What is done, which statements it decides, and what is seen in either case."""

    test: str = Field(min_length=1)
    decides: tuple[int, ...]
    if_true: str = Field(min_length=1)
    if_false: str = Field(min_length=1)


class Plan(BaseModel):
    """Experiments that would decide a hypothesis."""

    experiments: tuple[SaidExperiment, ...]
