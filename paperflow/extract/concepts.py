"""Concepts of a paper: its terms, by phrase shape, statistics, lists, acronyms, and keywords.

The score is the C-value of Frantzi, Ananiadou and Mima (2000) over one paper, with
what the title, keywords, acronyms, the lists, and the term head add.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2, pow

from paperflow.extract.known import known_terms
from paperflow.extract.lexicon import types_by_key
from paperflow.extract.own import Own, own_terms
from paperflow.extract.passages import ABSTRACT, TITLE
from paperflow.extract.phrases import Candidate, candidates
from paperflow.extract.reading import Reading
from paperflow.extract.sentences import sentence_starts
from paperflow.extract.shapes import is_term, label_of, reduced
from paperflow.extract.terms import ranked_terms
from paperflow.extract.types import CONCEPT_TYPES, is_name, type_of
from paperflow.extract.words import words
from paperflow.records import Entity, Facts, Passage, entity_id, quote

MOST = 15
_LEAST = 6
_WORDS_PER_CONCEPT = 7
_ABSTRACT = 400  # words; what goes beyond is a full text
_WORDS_PER_LATER_CONCEPT = 100
_LEAST_SCORE = 1.0
_TRUST = 2.0  # score of a term that the term head is sure of
_RANKED, _MOST_RANKED = 40, 5_000  # terms, and characters in which they are looked for
_BEFORE, _AFTER = 120, 60  # characters around a mention that tell its type


@dataclass(slots=True)
class _Group:
    """All mentions of one key in a paper."""

    key: str
    mentions: list[tuple[Passage, Candidate]] = field(default_factory=list)
    nested: int = 0  # mentions inside a longer term
    told: str = ""  # the type that a last word told, which was cut off
    tail: bool = False  # goes on after a known term
    head: bool = False  # ends with a known term

    def add(self, passage: Passage, candidate: Candidate) -> None:
        self.mentions.append((passage, candidate))

    def sorted_mentions(self) -> list[tuple[Passage, Candidate]]:
        return sorted(self.mentions, key=lambda m: (m[0].ordinal, m[1].start, m[1].end))


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return the concepts of a paper as entities whose evidence are their mentions."""
    texts = reading.prose
    own = own_terms(reading.paper, texts)
    groups = _grouped(texts, own)
    length = sum(len(words(passage.text)) for passage in texts)
    chosen = _chosen(groups, own, _likely(texts), length)
    learned = {e.key: e.type for e in facts.entities if e.type in CONCEPT_TYPES}
    return Facts(entities=tuple(_entity(group, own, learned) for group in chosen))


def _grouped(passages: Sequence[Passage], own: Own) -> dict[str, _Group]:
    """Return every candidate of the paper by its key."""
    groups: dict[str, _Group] = {}
    for passage in passages:
        known = known_terms(passage.text, own.names, title=passage.section == TITLE)
        spans = [(candidate.start, candidate.end) for candidate in known]
        for candidate in known:
            groups.setdefault(candidate.key, _Group(candidate.key)).add(passage, candidate)
        for candidate in candidates(passage.text, spans):
            _add(groups, passage, candidate, own, spans)
    _count_nested(groups.values())
    return groups


def _add(
    groups: dict[str, _Group],
    passage: Passage,
    phrase: Candidate,
    own: Own,
    known: Sequence[tuple[int, int]],
) -> None:
    """Add a phrase to its group, unless it lies in a known term."""
    candidate, told = reduced(phrase, passage.text, own.type_of)
    span = (candidate.start, candidate.end)
    surface = passage.text[slice(*span)]
    near = known[max(0, bisect_left(known, span) - 1) : bisect_left(known, (span[1],))]
    if any(s <= span[0] and span[1] <= e for s, e in near) or not is_term(candidate, surface):
        return
    inner = [(s, e) for s, e in near if span[0] <= s and e <= span[1]]
    key = own.expanded(candidate, surface)
    group = groups.setdefault(key, _Group(key))
    group.add(passage, candidate)
    group.told = group.told or told
    group.tail = group.tail or any(s == span[0] for s, _ in inner)
    group.head = group.head or any(e == span[1] for _, e in inner)


def _count_nested(groups: Iterable[_Group]) -> None:
    """Count for each group the mentions that lie inside a longer one."""
    spans = sorted(
        (passage.ordinal, candidate.start, -candidate.end, group.key, group)
        for group in groups
        for passage, candidate in group.mentions
    )
    reached = (-1, -1)  # passage and end of the mention that goes furthest
    for ordinal, _, end, _, group in spans:
        group.nested += reached >= (ordinal, -end)
        reached = max(reached, (ordinal, -end))


def _likely(passages: Sequence[Passage]) -> dict[str, float]:
    """Return the probability, by the term head, of each likely term of title and abstract."""
    parts = {p.section: p.text for p in passages if p.section in (TITLE, ABSTRACT)}
    title = parts.get(TITLE, "")
    text = f"{title}. {parts.get(ABSTRACT, '')}"[:_MOST_RANKED]
    found = ranked_terms(text, title=len(title), most=_RANKED)
    return {term.key: term.probability for term in found}


def _chosen(
    groups: dict[str, _Group], own: Own, likely: Mapping[str, float], length: int
) -> list[_Group]:
    """Return the groups with the best scores, no more than the text can bear."""
    scored = sorted(
        (-_score(group, own) - _TRUST * likely.get(group.key, 0.0), group.key)
        for group in groups.values()
    )
    most = max(_LEAST, min(MOST, length // _WORDS_PER_CONCEPT))
    most += max(0, length - _ABSTRACT) // _WORDS_PER_LATER_CONCEPT
    return [groups[key] for score, key in scored[:most] if -score >= _LEAST_SCORE]


def _score(group: _Group, own: Own) -> float:
    """Return how much the group is a term of this paper."""
    length, count = len(group.key.split()), len(group.mentions)
    listed = group.key in types_by_key()
    score = log2(1 + length) * pow(count - 0.5 * group.nested, 0.7)
    score += 1.5 * (group.key in own.keywords) + 1.5 * (group.key in own.labels) + 1.0 * listed
    score += 1.0 * any(passage.section == TITLE for passage, _ in group.mentions)
    named = is_name(_surface(group))
    score += 1.5 * named - 0.6 * (length == 1 and not listed and not named)
    if count > 1 or listed or group.key in own.keywords:
        return score
    # Said once: a known term with more words around it says little more than the term.
    score -= 2.0 * group.tail + 0.3 * group.head + 0.8 * (length > 3)
    return score


def _surface(group: _Group) -> str:
    """Return the spelling that stands for the group: from running text, longest, first by sort."""
    options = [
        (passage.section == TITLE, -len(candidate.spelled), spelled)
        for passage, candidate in group.mentions
        for spelled in [passage.text[candidate.start : candidate.end]]
    ]
    return min(options)[2]


def _entity(group: _Group, own: Own, learned: Mapping[str, str]) -> Entity:
    surface = _surface(group)
    listed = group.key in types_by_key()
    kind = group.told if group.told and not listed else _type(group, surface, own)
    kind = learned.get(group.key, kind)
    label = own.labels.get(group.key, surface)
    short = own.acronyms.get(group.key, "")
    return Entity(
        id=entity_id(kind, group.key),
        type=kind,
        label=label if own.is_name(group.key) else _label(group, label, surface, kind),
        key=group.key,
        evidence=tuple(quote(passage, c.start, c.end) for passage, c in group.sorted_mentions()),
        properties={"acronym": short} if short else {},
    )


def _label(group: _Group, label: str, surface: str, kind: str) -> str:
    in_title = all(passage.section == TITLE for passage, _ in group.mentions)
    named = kind == "dataset" and not in_title
    return label_of(label, group.key, in_title or _at_start(group, surface), named)


def _type(group: _Group, surface: str, own: Own) -> str:
    if told := own.type_of(group.key):
        return told
    around = [
        (passage.text[max(0, c.start - _BEFORE) : c.start], passage.text[c.end : c.end + _AFTER])
        for passage, c in group.sorted_mentions()
    ]
    kind = type_of(group.key, own.labels.get(group.key, surface), around)
    return "method" if own.is_name(group.key) and kind == "concept" else kind


def _at_start(group: _Group, surface: str) -> bool:
    """Tell whether the spelling stands nowhere but at starts of sentences."""
    return all(
        candidate.start in sentence_starts(passage.text)
        for passage, candidate in group.mentions
        if passage.text[candidate.start : candidate.end] == surface
    )
