"""Sentences that a language model wrote, each with the quotes that bear it, and those removed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and the numbers, from 1, of its quotes; `doubt` is what speaks against it."""

    text: str
    cites: tuple[int, ...] = ()
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a model wrote and a check did not let through, and why."""

    text: str
    reason: str


def cited(sentence: Sentence) -> str:
    """Return the sentence with the numbers of its quotes after it: "It scales. [1, 3]"."""
    numbers = ", ".join(map(str, sentence.cites))
    return f"{sentence.text} [{numbers}]" if numbers else sentence.text
