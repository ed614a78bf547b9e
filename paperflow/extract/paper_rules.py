"""What a paper does with a term, told by the words before it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from paperflow.extract.claims import ONCE, is_result
from paperflow.extract.context import Mention, Sentence
from paperflow.extract.lexicon import types_by_key
from paperflow.extract.passages import TITLE
from paperflow.extract.patterns import GAP, LISTED, OTHERS, governed_by
from paperflow.extract.types import is_name
from paperflow.records import Entity

LOOSEST = "related_to"

_NEW = (
    r"propos(?:es?|ed)|introduc(?:es?|ed)|present(?:s|ed)?|develop(?:s|ed)?|design(?:s|ed)?"
    r"|devis(?:es?|ed)|formulat(?:es?|ed)|puts?\s+forward|contribut(?:es?|ed)|constructs?|creat(?:es?|ed)"
)
_AUTHORS = r"we|it|they|authors?|paper|work|study|article|survey|i"
_PROPOSES = re.compile(rf"\b(?:{_AUTHORS})\b[^.;:]{{0,60}}?\b(?:{_NEW}){GAP}", re.IGNORECASE)
_NAMES = re.compile(
    rf"\b(?:{_NEW})\b.*\b(?:called|named|dubbed|termed|coined|namely|denoted\s+(?:as|by))\s+$",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:our|(?:the|a|an)\s+proposed)\s+(?:novel\s+|new\s+)?$", re.IGNORECASE)
_INSIDE = re.compile(r"\b(?:for|of|to|in|on|with|using|from|by)\s+(?:[\w-]+\s+){0,4}$")
_WHOLE = re.compile(
    r"\s*(?:\([^()]*\))?\s*(?:$|[,.;:]|(?:that|which|for|to|with|in|on|and|called|of|by|is)\b)"
)
_IS_PROPOSED = re.compile(
    r"(?:\s*\([^()]*\))?,?\s+(?:is|are)\s+(?:then\s+|also\s+)?(?:proposed|introduced|presented)\b"
)
_IS_A = re.compile(r"(?:\s*\([^()]*\))?\s+(?:is|are|forms?)\s+(?:an?|the)\s")
_USES = governed_by(
    r"us(?:es?|ed|ing)|employ\w*|leverag\w*|adopt\w*|appl(?:y|ies|ied|ying)|utili[sz]\w*|exploit\w*"
    r"|incorporat\w*|integrat\w*|combin\w*|via|by\s+means\s+of|with\s+the\s+help\s+of"
    r"|rel(?:y|ies|ying)\s+on|based\s+(?:up)?on|bui(?:lds?|lt)\s+(?:up)?on|equipped\s+with|powered\s+by"
    r"|trained\s+(?:with|by)|optimi[sz]ed\s+(?:with|by)"
)
_MEASURES = re.compile(
    r"\b(?:evaluat|experiment|benchmark|test|result|outperform|achiev|improv|accura|perform|validat"
    r"|compar|reach|train|surpass|show|demonstrat|state-of-the-art|scor|gain|reduc|measur|stud)",
    re.IGNORECASE,
)
_MEASURED_ON = re.compile(
    r"\b(?:evaluat\w+|experiments?|perform\w*|tested|validated|benchmarks?|results?|outperform\w*"
    r"|achiev\w*|improv\w*|effective\w*|success\w*)\b[^.;]{0,80}\b(?:on|in|for|across)\s+"
    r"(?:the\s+)?(?:[\w,-]+\s+){0,8}$",
    re.IGNORECASE,
)


def paper_relations(sentence: Sentence) -> Iterator[tuple[str, Entity]]:
    """Yield (type of edge, term) for the terms of a sentence that a rule links to the paper."""
    before: Mention | None = None
    kind = ""
    for mention in sentence.mentions:
        found = _relation(sentence, mention)
        if not found and before and kind and _goes_on(sentence, before, mention):
            found = kind
        if found:
            yield found, mention.entity
        before, kind = mention, found


def _goes_on(sentence: Sentence, before: Mention, mention: Mention) -> bool:
    """Tell whether the mention is the next item of the list that the one before is in."""
    same = before.entity.type == mention.entity.type
    return same and bool(LISTED.fullmatch(sentence.between(before, mention)))


def _relation(sentence: Sentence, mention: Mention) -> str:
    """Return what the paper does with the term, or ""."""
    kind, text = mention.entity.type, sentence.before(mention)
    if kind == "metric":
        return "reports" if is_result(sentence.text) else ""
    if _is_new(sentence, mention, text):
        part = mention.entity.key in types_by_key() and not _WHOLE.match(sentence.after(mention))
        return "uses" if part and kind != "task" else "proposes"
    if kind == "dataset":
        return "evaluates_on" if _is_about_measuring(sentence.text) else "uses"
    if kind == "task":
        return "evaluates_on" if _MEASURED_ON.search(text) and not ONCE.search(text) else ""
    return "uses" if _USES.search(text) and not OTHERS.match(sentence.text) else ""


@lru_cache(maxsize=64)
def _is_about_measuring(text: str) -> bool:
    return bool(_MEASURES.search(text))


def _is_new(sentence: Sentence, mention: Mention, before: str) -> bool:
    """Tell whether the sentence says that the paper brings the term."""
    after = sentence.after(mention)
    if _PROPOSES.search(before) or _NAMES.search(before) or _OURS.search(before):
        return True
    if _IS_PROPOSED.match(after) and not (_INSIDE.search(before) or OTHERS.match(sentence.text)):
        return True
    starts = not before.strip() and sentence.passage.section != TITLE
    return starts and _is_own(mention.entity) and bool(_IS_A.match(after))


def _is_own(entity: Entity) -> bool:
    """Tell whether the term is spelled as a name that no list knows, or has an acronym."""
    named = is_name(entity.label) and entity.key not in types_by_key()
    return named or "acronym" in entity.properties
