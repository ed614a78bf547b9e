"""Candidate terms: every part of every stretch of words, with its counts and its places."""

from dataclasses import dataclass, field

from paperflow.extract.phrases import LONGEST, stretches
from paperflow.extract.words import Word, key_parts

Stretch = tuple[tuple[Word, bool], ...]


@dataclass(slots=True)
class Candidate:
    """A phrase with its places: stretches that it fills, and that go on before or after it.

    `verbal` says of its first place whether a verb or participle is its first word, inside it,
    its last word, before it, or after it.
    """

    key: str
    surface: str
    first: int
    count: int = 0
    whole: int = 0
    begins: int = 0
    ends: int = 0
    spelled: tuple[str, ...] = field(default=())
    verbal: tuple[bool, ...] = field(default=())


def candidates_of(text: str) -> list[Candidate]:
    """Return every part of every stretch that says something, by key, first place first."""
    found: dict[str, Candidate] = {}
    for stretch in stretches(text):
        for start in range(len(stretch)):
            for end in range(start + 1, min(len(stretch), start + LONGEST) + 1):
                _add(found, text, stretch, start, end)
    return list(found.values())


def _add(found: dict[str, Candidate], text: str, run: Stretch, start: int, end: int) -> None:
    spelled = tuple(word.lower for word, _ in run[start:end])
    key = " ".join(key_parts(spelled))
    if len(key) < 3 or not any(char.isalpha() for char in key):
        return
    known = found.get(key)
    if known is None:
        first, last = run[start][0].start, run[end - 1][0].end
        known = Candidate(key, text[first:last], first, spelled=spelled)
        known.verbal = _verbal(run, start, end)
        found[key] = known
    known.count += 1
    known.whole += start == 0 and end == len(run)
    known.begins += start == 0 and end < len(run)
    known.ends += start > 0 and end == len(run)


def _verbal(run: Stretch, start: int, end: int) -> tuple[bool, ...]:
    return (
        run[start][1],
        any(ends for _, ends in run[start + 1 : end - 1]),
        run[end - 1][1],
        start > 0 and run[start - 1][1],
        end < len(run) and run[end][1],
    )
