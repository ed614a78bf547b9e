"""Candidate terms: runs of words that may stand in a noun phrase, between those that may not."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from paperflow.extract.lexicon import Term, generic, heads, verbs, word_list
from paperflow.extract.words import PASSAGES, Word, adjoining, key_parts, singular, words

LONGEST = 5
_NUMBER = re.compile(r"[\d.,%+x×-]+(?:st|nd|rd|th|s|d|k|m|b|x)?")
_SUBJECT_BEFORE_VERB = frozenset(
    "we they i you it he she to can could may might will would should must cannot not who "
    "which".split()
)
_BEFORE_GERUND = frozenset(
    "by for of in on without toward towards from when while via and or after before about at "
    "to".split()
)
_ADVERB_IN_TERM = frozenset(
    "supervised observable observed connected distributed labeled annotated informed aware based "
    "convex correct approximate private optimal grounded guided autoregressive".split()
)
_LY_NOUNS = frozenset(
    "family assembly anomaly supply reply butterfly monopoly fly poly belly early daily".split()
)
_AFTER_VERB = frozenset("a an the its their our".split())
_MAY_FOLLOW_VERB = frozenset("each every all both how this these those what".split())
_BETWEEN = frozenset("therefore thus then also often still even only further always not".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term at one place: its span, its words in lower case, its key, and what lists say of it."""

    start: int
    end: int
    spelled: tuple[str, ...]
    key: str
    term: Term | None = None


@lru_cache(maxsize=65536)
def _kind(lower: str) -> str:
    """Return "break", "leading" (cut off at the start), or "noun" for a word out of context."""
    if _is_no_word(lower):
        return "break"
    if lower in word_list("nominal.txt"):
        return "noun"
    if lower.endswith("ly") and "-" not in lower and lower not in _LY_NOUNS:
        return "adverb"
    if lower in generic("leading"):
        return "leading"
    if verb := verbs().get(lower):
        return "noun" if verb.noun and verb.form in ("base", "s") else "break"
    if lower.endswith("ed") and "-" not in lower and len(lower) > 4 and lower[-3] != "e":
        return "break"
    return "noun"


def _in_context(text: str, found: Sequence[Word], at: int) -> str:
    """Return the kind of the word at `at`, given its neighbors."""
    word, kind = found[at], _kind(found[at].lower)
    follows = at + 1 < len(found) and adjoining(text, word, found[at + 1])
    after = found[at + 1].lower if follows else ""
    before = _before(text, found, at)
    if kind == "adverb":
        return "noun" if after in _ADVERB_IN_TERM else "break"
    if kind == "noun" and word.lower in verbs() and _is_verb_here(word.lower, before, after):
        return "break"
    return kind


def _before(text: str, found: Sequence[Word], at: int) -> str:
    """Return the word before, past one such as "therefore"; "" where punctuation stands there."""
    step = 2 if at > 1 and found[at - 1].lower in _BETWEEN else 1
    near = range(at - step, at)
    joined = at >= step and all(adjoining(text, found[i], found[i + 1]) for i in near)
    return found[at - step].lower if joined else ""


def ends_phrase(text: str, at: int) -> bool:
    """Tell whether the word of this number, counted from 0, can't be in a noun phrase."""
    return _in_context(text, words(text), at) == "break"


def _is_verb_here(lower: str, before: str, after: str) -> bool:
    """Tell whether a word that is noun or verb is a verb between these neighbors."""
    form = verbs()[lower].form
    goes_on = bool(after) and _kind(after) != "break"
    if form in ("base", "s"):
        if before in _SUBJECT_BEFORE_VERB or (before == "that" and form == "s"):
            return True
        if after in _AFTER_VERB:
            return before not in word_list("stopwords.txt")
        if not before or _kind(before) == "break":
            return False
        agrees = (form == "s") == (singular(before) == before)
        counts = bool(after and _NUMBER.fullmatch(after))
        follows = goes_on or after in _MAY_FOLLOW_VERB
        return counts or _kind(before) == "adverb" or (follows and agrees)
    head = singular(after) in heads() or singular(after) in generic("plain")
    title = not before and singular(after) != after
    return form == "ing" and goes_on and (title or not head) and _may_lead_gerund(before)


def _may_lead_gerund(before: str) -> bool:
    return not before or before in _BEFORE_GERUND


@lru_cache(maxsize=PASSAGES)
def runs(text: str) -> tuple[tuple[Word, ...], ...]:
    """Return the longest stretches of adjoining words of which none ends a phrase."""
    found = words(text)
    runs: list[tuple[Word, ...]] = []
    run: list[Word] = []
    for at, word in enumerate(found):
        if run and not (adjoining(text, run[-1], word) and not _ends_noun(run[-1])):
            runs.append(tuple(run))
            run = []
        if _in_context(text, found, at) != "break":
            run.append(word)
        elif run:
            runs.append(tuple(run))
            run = []
    return (*runs, tuple(run)) if run else tuple(runs)


@lru_cache(maxsize=32)
def stretches(text: str) -> tuple[tuple[tuple[Word, bool], ...], ...]:
    """Return runs that go on over verbs and participles: each word, and whether it is such.

    They end at stop words, numbers, marks, and plurals.
    """
    found = words(text)
    result: list[tuple[tuple[Word, bool], ...]] = []
    run: list[tuple[Word, bool]] = []
    for at, word in enumerate(found):
        ends = _in_context(text, found, at) == "break"
        hard = ends and _is_no_word(word.lower)
        if run and (hard or _ends_noun(run[-1][0]) or not adjoining(text, run[-1][0], word)):
            result.append(tuple(run))
            run = []
        if not hard:
            run.append((word, ends))
    return (*result, tuple(run)) if run else tuple(result)


def _is_no_word(lower: str) -> bool:
    """Tell whether no term holds this: a stop word, a number, or a letter."""
    stop = lower in word_list("stopwords.txt")
    return stop or _NUMBER.fullmatch(lower) is not None or len(lower) < 2


def _ends_noun(word: Word) -> bool:
    """Tell whether the word is a plural, after which a noun phrase does not go on."""
    lower = word.lower.removesuffix("'s")
    return lower.endswith("s") and lower == word.lower and singular(lower) != lower


def candidates(text: str, protected: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield the phrases of `text`; words inside `protected`, sorted spans, are never cut off."""
    for run in runs(text):
        first = max(0, bisect_left(protected, (run[0].start,)) - 1)
        last = bisect_left(protected, (run[-1].end,))
        kept = _trimmed(run, protected[first:last])
        if kept and (phrase := _candidate(kept)) and is_specific(phrase.spelled):
            yield phrase


def _trimmed(run: tuple[Word, ...], protected: Sequence[tuple[int, int]]) -> tuple[Word, ...]:
    """Cut words that name nothing off both ends."""
    first, last = 0, len(run)
    while first < last and _cut_first(run[first].lower) and not _inside(run[first], protected):
        if run[first + 1 : last] and run[first + 1].lower in _ADVERB_IN_TERM:
            break
        first += 1
    while last > first and _cut_last(run[last - 1].lower) and not _inside(run[last - 1], protected):
        last -= 1
    return run[first:last]


def _inside(word: Word, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= word.start and word.end <= end for start, end in spans)


def _cut_first(lower: str) -> bool:
    return lower in generic("leading") or _kind(lower) in ("leading", "adverb")


def _cut_last(lower: str) -> bool:
    participle = lower.endswith("ed") and lower in verbs()
    return participle or singular(lower) in generic("trailing") or _cut_first(lower)


def _candidate(kept: Sequence[Word]) -> Candidate | None:
    """Return the phrase that the words make, if it is short enough to be a term."""
    spelled = tuple(word.lower for word in kept)
    if len(spelled) > LONGEST or sum(map(len, spelled)) > 80:
        return None
    return Candidate(kept[0].start, kept[-1].end, spelled, " ".join(key_parts(spelled)))


def is_specific(spelled: Sequence[str]) -> bool:
    """Tell whether a word of the phrase says more than the words of every paper do."""
    parts = [part for word in spelled for part in word.split("-")]
    return any(_is_telling(part) for part in parts) and sum(map(len, parts)) > 2


def _is_telling(part: str) -> bool:
    known = singular(part)
    return not (
        known in generic("plain")
        or known in generic("trailing")
        or part in generic("leading")
        or part in word_list("stopwords.txt")
        or (part in verbs() and part not in word_list("nominal.txt"))
        or not any(char.isalpha() for char in part)
    )
