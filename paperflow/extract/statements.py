"""Statements: each sentence with two terms or more as one hyperedge, never split into pairs."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from paperflow.extract.context import Mention, Sentence, sentences_of
from paperflow.extract.gather import Gathering
from paperflow.extract.lexicon import Verb, verbs
from paperflow.extract.phrases import ends_phrase
from paperflow.extract.reading import Reading
from paperflow.extract.words import Word, words, words_between
from paperflow.records import Facts, Hyperedge, Participant, fingerprint

TOGETHER = "mention_together"  # the relation where no verb links the terms
SUBJECT, OBJECT, CONTEXT = "subject", "object", "context"

_WEAK = frozenset(
    "show demonstrate present propose introduce find suggest indicate argue make give take provide "
    "consider study investigate explore examine report describe discuss address review aim be "
    "become have do motivate conduct perform need require allow call name observe note see "
    "understand know reveal establish highlight illustrate observe seek help lead".split()
)
_STRONG = frozenset(
    "outperform surpass exceed improve reduce increase decrease extend generalize replace combine "
    "integrate enable cause prevent compare contradict support confirm refute evaluate predict "
    "approximate scale match beat unify join link merge fuse distill prune accelerate "
    "enhance".split()
)
_BE = frozenset("is are was were be been being".split())
_ARTICLES = frozenset("a an the our its this their".split())
_PRONOUNS = frozenset("we they it have has had also who".split())
_TO_CONTEXT = re.compile(
    r"\b(?:on|in|for|at|under|across|during|when|while|because|although|whereas|where|as|by|if"
    r"|through|via|using|without|so|thus|thereby)\b"
)
_LED_IN = re.compile(
    r"^\W*(?:on|in|for|with|by|under|at|across|unlike|given|using|although|while|when|because|as"
    r"|despite|besides|after|before|from|through|via|to)\b",
    re.IGNORECASE,
)
_NEW_SUBJECT = re.compile(r",|\b(?:it|they|we)\b")


class _Cue(NamedTuple):
    """The verb of a statement: its lemma, its span, and whether it is passive."""

    lemma: str
    start: int
    end: int
    passive: bool
    bare: bool  # a participle without "to be", perhaps no main verb


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return one hyperedge for each sentence that mentions at least two different terms."""
    gathering = Gathering()
    for sentence in sentences_of(reading.prose, facts):
        if len({mention.entity.id for mention in sentence.mentions}) > 1:
            gathering.hyperedge(_statement(sentence))
    return gathering.facts()


def _statement(sentence: Sentence) -> Hyperedge:
    cue = _main_verb(sentence)
    roles: dict[str, str] = {}
    for mention in sentence.mentions:
        role = _role(sentence, mention, cue) if cue else CONTEXT
        roles.setdefault(mention.entity.id, role)
    told = cue is not None and set(roles.values()) != {CONTEXT}
    return Hyperedge(
        id=f"statement:{fingerprint(sentence.passage.id, str(sentence.start))[:20]}",
        relation=cue.lemma if cue and told else TOGETHER,
        participants=tuple(Participant(entity_id=id, role=role) for id, role in roles.items()),
        evidence=sentence.evidence,
    )


def _main_verb(sentence: Sentence) -> _Cue | None:
    """Return the verb that links most terms: with terms on both sides, then telling, then first."""
    cues = list(_cues(sentence))
    if not cues:
        return None

    def rank(cue: _Cue) -> tuple[int, int, int]:
        before = any(mention.end <= cue.start for mention in sentence.mentions)
        after = any(mention.start >= cue.end for mention in sentence.mentions)
        strength = (cue.lemma in _STRONG) - (cue.lemma in _WEAK) - cue.bare
        return (-(before + after), -strength, cue.start)

    return min(cues, key=rank)


def _cues(sentence: Sentence) -> Iterator[_Cue]:
    """Yield the finite verbs of a sentence that stand in none of its terms."""
    text = sentence.passage.text
    found = words(text)
    for at in words_between(text, sentence.start, sentence.end):
        word = found[at]
        if any(m.start <= word.start and word.end <= m.end for m in sentence.mentions):
            continue
        before = found[at - 1].lower if at else ""
        if word.lower in ("is", "are") and at + 1 < len(found):
            if found[at + 1].lower in _ARTICLES:
                yield _Cue("be", word.start, word.end, False, False)
        elif (verb := _finite(word.lower, before)) and ends_phrase(text, at):
            passive = _is_passive(verb, found, at)
            bare = verb.form == "ed" and not passive and before not in _PRONOUNS
            yield _Cue(verb.lemma, word.start, word.end, passive, bare)


def _finite(lower: str, before: str) -> Verb | None:
    """Return the verb of which the word is a finite form or a participle that is no adjective."""
    verb = verbs().get(lower)
    if verb is None or verb.form == "ing" or (verb.form == "ed" and before in _ARTICLES):
        return None
    return verb


def _is_passive(verb: Verb, found: Sequence[Word], at: int) -> bool:
    return verb.form == "ed" and any(word.lower in _BE for word in found[max(0, at - 2) : at])


def _role(sentence: Sentence, mention: Mention, cue: _Cue) -> str:
    """Return the part that a term takes, by where it stands around the verb."""
    text = sentence.passage.text
    if mention.start < cue.start:
        lead = text[sentence.start : cue.start]
        if _LED_IN.match(lead) and _NEW_SUBJECT.search(text[mention.end : cue.start]):
            return CONTEXT
        return OBJECT if cue.passive else SUBJECT
    between = text[cue.end : mention.start]
    if cue.passive:
        return SUBJECT if re.search(r"\bby\b", between) else CONTEXT
    return CONTEXT if _TO_CONTEXT.search(between) else OBJECT
