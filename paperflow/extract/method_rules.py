"""How terms relate to one another, told by the words between them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from paperflow.extract.context import Mention, Sentence
from paperflow.extract.patterns import LISTED, OTHERS, governed_by

_NOTHING: dict[str, str] = {}
_BETTER = {"outcome": "better"}
_INSTANCE = {"kind": "instance"}


class Found(NamedTuple):
    """An edge between two nodes, by their ids."""

    type: str
    source: str
    target: str
    properties: dict[str, str]


class _Rule(NamedTuple):
    """An edge that the text before its target tells; its source stands before the cue."""

    type: str
    pattern: re.Pattern[str]
    properties: dict[str, str] = _NOTHING
    near: bool = False  # the source must stand right before the cue


_RULES = (
    _Rule(
        "compares_to",
        governed_by(
            r"outperform\w*(?:\s+(?:both|even))?|surpass\w*|exceeds?|exceeding|beats?|superior\s+to"
            r"|better\s+than|faster\s+than|improv\w+\b[^.;]{0,60}\bover|gains?\b[^.;]{0,40}\bover"
            r"|(?:better|faster|higher|lower|fewer|more)\b[^.;]{0,50}\bthan"
        ),
        _BETTER,
    ),
    _Rule(
        "compares_to",
        governed_by(
            r"compar(?:es?|ed|ing|able)\s+(?:it\s+|them\s+|this\s+)?(?:to|with|against)"
            r"|competitive\s+with|on\s+par\s+with|relative\s+to|versus|vs\.?|in\s+contrast\s+to|unlike"
            r"|as\s+opposed\s+to|rather\s+than|replac\w+|takes?\s+the\s+place\s+of|instead\s+of"
        ),
    ),
    _Rule(
        "extends",
        governed_by(
            r"extend(?:s|ed|ing)?|generali[sz](?:es?|ing)|bui(?:lds?|lt|lding)\s+(?:up)?on"
            r"|adapts?|modif(?:y|ies)|reformulat\w+|improv(?:es?|ing)\s+(?:up)?on"
            r"|an?\s+(?:[\w-]+\s+){0,2}(?:generali[sz]ation|extension|variant|reformulation"
            r"|adaptation|modification|special\s+case)s?\s+of"
        ),
    ),
    _Rule(
        "extends",
        governed_by(r"based\s+(?:up)?on|inspired\s+by|derived\s+from|adapted\s+from"),
        near=True,
    ),
)
_PRONOUN = re.compile(
    r"\b(?:it|they|we|(?:this|our|the)\s+(?:method|model|approach|paper))\b", re.I
)
_RIGHT_BEFORE = re.compile(
    r"\s*(?:\([^()]*\))?,?\s*(?:(?:that|which)?\s*(?:is|are)\s+)?(?:\w+\s+)?"
)
_HAS_PART = governed_by(
    r"consists?\s+of|compris\w+|composed\s+of|contains?|made\s+up\s+of|includes"
)
_PARTS = frozenset(
    "head layer block module component weight matrix token encoder decoder attention embedding "
    "encoding kernel gate mechanism pooling normalization convolution network codebook".split()
)
_OF = re.compile(r"(?:\s*\([^()]*\))?\s+(?:of|in|inside|within)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+)?")
_SUCH_AS = re.compile(
    r",?\s+(?:such\s+as|including|like|e\.g\.,?|for\s+example|for\s+instance|namely|especially)\s+"
    r"(?:the\s+|an?\s+)?"
)
_AND_OTHER = re.compile(r",?\s+(?:and|or)\s+other\s+(?:[\w-]+\s+)?")
_IS_A = re.compile(r"(?:\s*\([^()]*\))?,?\s+(?:(?:is|are)\s+)?an?\s+(?:[\w-]+\s+){0,3}")


def between_terms(sentence: Sentence, proposed: Sequence[str], paper_id: str) -> Iterator[Found]:
    """Yield the edges that a sentence tells between its terms.

    Where the sentence names no subject, it is what the paper proposes, or the paper.
    """
    subject = proposed[0] if len(proposed) == 1 else paper_id
    for rule in _RULES:
        yield from _by_rule(sentence, rule, subject)
    yield from _by_pair(sentence)


def _by_rule(sentence: Sentence, rule: _Rule, subject: str) -> Iterator[Found]:
    """Apply a rule to every method of the sentence, and to the list that it begins."""
    source = ""
    before: Mention | None = None
    for mention in sentence.mentions:
        text = sentence.before(mention)
        match = rule.pattern.search(text) if mention.entity.type == "method" else None
        if match:
            place = mention.start - len(text) + match.start()
            source = _source(sentence, mention, place, subject, rule.near)
        elif not (source and before and _goes_on(sentence, before, mention)):
            source = ""
        if source and source != mention.entity.id:
            yield Found(rule.type, source, mention.entity.id, rule.properties)
        before = mention


def _goes_on(sentence: Sentence, before: Mention, mention: Mention) -> bool:
    listed = LISTED.fullmatch(sentence.between(before, mention))
    return bool(listed) and before.entity.type == mention.entity.type


def _source(sentence: Sentence, target: Mention, cue: int, subject: str, near: bool = False) -> str:
    """Return the last method before the place of the cue, or the subject that is left out."""
    earlier = [
        mention
        for mention in sentence.mentions
        if mention.entity.type == "method" and mention.end <= cue
    ]
    between = sentence.passage.text[earlier[-1].end : cue] if earlier else ""
    if earlier and not _PRONOUN.search(between):
        right_before = not near or _RIGHT_BEFORE.fullmatch(between)
        other = earlier[-1].entity.id != target.entity.id
        return earlier[-1].entity.id if right_before and other else ""
    return "" if near or OTHERS.match(sentence.text) else subject


def _by_pair(sentence: Sentence) -> Iterator[Found]:
    """Yield parts, examples and kinds, told by the words between two neighbors."""
    upper: Mention | None = None
    for left, right in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        between = sentence.between(left, right)
        listed = bool(LISTED.fullmatch(between))
        upper = left if _SUCH_AS.fullmatch(between) else upper if listed else None
        if upper:
            yield Found("related_to", right.entity.id, upper.entity.id, _INSTANCE)
        elif _AND_OTHER.fullmatch(between) or _is_kind(left, right, between):
            yield Found("related_to", left.entity.id, right.entity.id, _INSTANCE)
        elif _is_part(left, right, between):
            yield Found("part_of", left.entity.id, right.entity.id, _NOTHING)
    yield from _parts(sentence)


def _is_kind(left: Mention, right: Mention, between: str) -> bool:
    return left.entity.type == right.entity.type and bool(_IS_A.fullmatch(between))


def _is_part(left: Mention, right: Mention, between: str) -> bool:
    part = left.entity.key.split()[-1] in _PARTS and left.entity.type in ("method", "concept")
    return part and right.entity.type == "method" and bool(_OF.fullmatch(between))


def _parts(sentence: Sentence) -> Iterator[Found]:
    """Yield what a method is said to consist of."""
    whole = ""
    before: Mention | None = None
    for mention in sentence.mentions:
        text = sentence.before(mention)
        match = _HAS_PART.search(text)
        if match:
            whole = _source(sentence, mention, mention.start - len(text) + match.start(), "")
        elif not (before and LISTED.fullmatch(sentence.between(before, mention))):
            whole = ""
        if whole and mention.entity.type in ("method", "concept") and whole != mention.entity.id:
            yield Found("part_of", mention.entity.id, whole, _NOTHING)
        before = mention
