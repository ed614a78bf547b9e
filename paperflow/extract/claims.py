"""What a paper claims, achieves, leaves open, and plans: one node a sentence or clause."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from paperflow.extract.context import Sentence, paper_node, sentences_of
from paperflow.extract.gather import Gathering
from paperflow.extract.passages import TITLE
from paperflow.extract.reading import Reading
from paperflow.extract.sections import section_kind
from paperflow.extract.sentence_results import told_of
from paperflow.extract.structure import paper_key
from paperflow.records import Evidence, Facts, fingerprint, quote

_LABEL = 100  # characters
# Sections in which a limitation is the paper's own only where the sentence says so.
_OF_OTHERS = ("related", "result", "")

_FUTURE = re.compile(
    r"\bfuture\s+(?:work|research|stud(?:y|ies)|directions?|investigations?)\b"
    r"|\b(?:in|for)\s+the\s+future\b|\bfurther\s+(?:research|investigation)\b"
    r"|\bopen\s+(?:questions?|problems?)\b|\broom\s+(?:to|for)\b",
    re.IGNORECASE,
)
_OWNS_UP = re.compile(r"\b(?:limitations?|drawbacks?|shortcomings?)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:our|we|this|proposed|main|its)\b", re.IGNORECASE)
_LIMITATION = re.compile(
    r"\b(?:suffer(?:s|ed)?\s+from|fail(?:s|ed)?\s+to|cannot"
    r"|limited\s+(?:to|by|in)|struggles?|falls?\s+short|prohibitive|prohibitively|at\s+the\s+cost\s+of"
    r"|lacks?|hinders?|neglects?|overlooks?|too\s+(?:costly|expensive|coarse|slow)"
    r"|remains?\s+(?:challenging|difficult|hard|unclear|limited|elusive|far\s+below|(?:under-?)?explored"
    r"|an?\s+(?:challeng|open|difficult)\w*)|(?:is|are|has\s+been)\s+(?:often\s+)?limited)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|current|traditional|conventional|earlier|most|many|standard"
    r"|state-of-the-art|recent|other|these|such|they)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\d+(?:\.\d+)?(?:\s?\\?%|\s?percent\b|\s(?:percentage\s+)?points?\b|x\b|\s?×|\s?times\b|-fold\b)"
    r"|(?<=of\s)\d+\.\d+\b|(?<=reaches\s)\d+\.\d+\b|(?<=achieves\s)\d+\.\d+\b"
)
_ACHIEVES = re.compile(
    r"\b(?:achiev|improv|reduc|outperform|surpass|increas|decreas|reach|obtain|gain|attain|exceed|yield"
    r"|drop|rise|accelerat|boost|lower|higher|faster|better|accura|cut|show|perform|score|rank)\w*",
    re.IGNORECASE,
)
_WINS = re.compile(
    r"\b(?:outperform|surpass)\w*|\bstate[- ]of[- ]the[- ]art\s+(?:results?|performance|accuracy)"
    r"|\b(?:superior|competitive|comparable|better|strong(?:er)?|best)\s+(?:\w+\s+){0,2}?"
    r"(?:results?|performance|accuracy|than)\b|\bperforms?\s+(?:strongly|better|well)\b",
    re.IGNORECASE,
)
ONCE = re.compile(r"\bha(?:s|ve)\s+(?:\w+\s+)?(?:achieved|shown|demonstrated|become|been)\b")
_SAYS = re.compile(
    r"\b(?P<verb>show(?:s|ed|n)?|find|found|finds|prov(?:es?|ed)|demonstrat(?:es?|ed)|argues?|argued"
    r"|suggests?|suggested|indicat(?:es?|ed)|observ(?:es?|ed)|reveal(?:s|ed)?|concludes?|establish(?:es)?"
    r"|predicts?|hypothesi[sz]es?|posits?|conjectures?|highlights?)\s+that\s+",
    re.IGNORECASE,
)
_CONTRIBUTES = re.compile(
    r"^\W*(?:\(?\w{1,3}[.)]\s*)?(?:(?:first|second|third|finally|also|in this (?:paper|work)),?\s+"
    r"|(?:to (?:this|that) end|specifically),?\s+)?(?:(?:we|this (?:paper|work))"
    r"\s+(?:also\s+|then\s+|further\s+|first\s+)?(?:propose|introduce|present|develop|design|contribute|release|provide"
    r"|formulate|establish|derive|prove)s?\b|(?:our|the) (?:main |key |primary )?contributions?\b)",
    re.IGNORECASE,
)
_HARDSHIP = re.compile(
    r"\b(?:limit\w*|only|not|cannot|unable|lack\w*|fail\w*|require\w*|expensive|costly|restrict\w*"
    r"|however|while|although|small|bias\w*|assum\w*|depend\w*|difficult\w*)\b",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:(?:we|i)\s+(?:will|plan|intend|hope|aim|leave|expect)|it\s+would\s+be|next\s+steps?"
    r"|(?:could|would|should|may|can|to)\s+(?:also\s+|further\s+)?(?:be\s+)?(?:explor|investigat|exten"
    r"|stud|improv|interest|examin|incorporat|enhanc|generali[sz])\w*"
    r"|(?:promising|interesting|possible)\s+(?:directions?|avenues?|extensions?))\b",
    re.IGNORECASE,
)
_VIEW = (
    r"(?:\s+(?:the\s+|this\s+|our\s+|a\s+)?(?:[\w-]+\s+){0,3}?"
    r"(?:view|hypothesis|claim|idea|belief|assumption|conjecture|notion|intuition|theory|thesis"
    r"|conclusion|finding|understanding|wisdom))"
)
_SUPPORTS = re.compile(
    rf"\b(?:supports?|confirm(?:s|ed|ing)?|corroborat\w+|validat\w+|verif\w+|substantiat\w+|"
    rf"(?:consistent|in\s+line|in\s+agreement)\s+with){_VIEW}?\s+that\s+|\bevidence\s+that\s+",
    re.IGNORECASE,
)
_CONTRADICTS = re.compile(
    rf"\b(?:contradict\w*|refut\w+|disprov\w+|dispel\w*|challeng(?:es?|ed|ing)|questions?"
    rf"|(?:contrary|counter)\s+to|inconsistent\s+with){_VIEW}\s+that\s+",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    """A node to be: its type, how the paper relates to it, its quote, and what is known of it."""

    type: str
    relation: str
    evidence: Evidence
    properties: dict[str, str]


def extract(reading: Reading, facts: Facts) -> Facts:
    """Return claims, results, limitations and future work, each linked to the paper."""
    gathering = Gathering()
    node = paper_node(facts, paper_key(reading.paper))
    for sentence in sentences_of(reading.prose, facts) if node else ():
        if sentence.passage.section == TITLE:
            continue
        for said in (*_clauses(sentence), *_whole(sentence)):
            key = f"{paper_key(reading.paper)}#{fingerprint(said.type, said.evidence.quote)[:12]}"
            label = shortened(said.evidence.quote)
            id = gathering.entity(said.type, key, label, [said.evidence], said.properties)
            if node:
                gathering.relation(said.relation, node.id, id, [sentence.evidence])
    return gathering.facts()


def _clauses(sentence: Sentence) -> Iterator[_Said]:
    """Yield the claim after "that", which the paper supports, contradicts, or reports."""
    for pattern, relation in (
        (_SUPPORTS, "supports"),
        (_CONTRADICTS, "contradicts"),
        (_SAYS, "reports"),
    ):
        match = pattern.search(sentence.text)
        if match and (clause := _clause(sentence, match.end())):
            yield _Said("claim", relation, clause, {})
            return


def _clause(sentence: Sentence, start: int) -> Evidence | None:
    """Return what follows `start` in the sentence, without its full stop; at least three words."""
    body = sentence.text[start:].rstrip(" .!?\n\t")
    begin = sentence.start + start
    return quote(sentence.passage, begin, begin + len(body)) if len(body.split()) > 2 else None


def _whole(sentence: Sentence) -> Iterator[_Said]:
    """Yield the sentence as future work, limitation, contribution or result, the first it is."""
    text, section = sentence.text, section_kind(sentence.passage.section)
    if _FUTURE.search(text) or (section == "future_work" and _PLANS.search(text)):
        yield _Said("future_work", "reports", sentence.evidence, {})
    elif _is_limitation(text, section):
        yield _Said("limitation", "reports", sentence.evidence, _whose(text, section))
    elif _is_contribution(text, section):
        yield _Said("claim", "reports", sentence.evidence, {"kind": "contribution"})
    elif is_result(text) and section != "related":
        yield _Said("result", "reports", sentence.evidence, _measured(sentence))


def _is_limitation(text: str, section: str) -> bool:
    if section == "limitation" and _HARDSHIP.search(text):
        return True
    if section in _OF_OTHERS and not _OURS.search(text):
        return False
    return bool(_OWNS_UP.search(text) or (_LIMITATION.search(text) and not is_result(text)))


def _is_contribution(text: str, section: str) -> bool:
    """Tell whether a sentence of the introduction, or a list of contributions, names one."""
    where = section in ("introduction", "contribution")
    told = where and bool(_CONTRIBUTES.search(text))
    return told and len(text.split()) > 4 and not text.endswith(":")


def _measured(sentence: Sentence) -> dict[str, str]:
    """Return the values of a result, and what else the sentence tells of the measurement."""
    values = [" ".join(match.group().split()) for match in _VALUE.finditer(sentence.text)]
    return {"values": "; ".join(values), **told_of(sentence)} if values else {}


def _whose(text: str, section: str) -> dict[str, str]:
    """Return whose limitation it is, where the sentence or its section tells."""
    if section == "related" or (_OTHERS.search(text) and section != "limitation"):
        return {"of": "other work"}
    ours = section == "limitation" or _OURS.search(text)
    return {"of": "this paper"} if ours else {}


@lru_cache(maxsize=64)
def is_result(text: str) -> bool:
    """Tell whether the sentence tells what was achieved here, not what others once achieved."""
    achieved = _VALUE.search(text) and _ACHIEVES.search(text)
    return bool(achieved or _WINS.search(text)) and not ONCE.search(text)


def shortened(text: str) -> str:
    """Return `text` cut at a word."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LABEL else plain[:_LABEL].rsplit(" ", 1)[0] + "…"
